"""Kill -9 each of the processes in turn: nothing that depended on it survives, and the next kernel
starts.
"""

from __future__ import annotations

import os
import signal

import pytest

from tests.support import owner, processes
from tests.support.gateway import Gateway
from tests.support.kernel import Kernel, started
from tests.support.waiting import eventually

pytestmark = pytest.mark.beyond_reference

BACKGROUND_CHILD = "import subprocess; child = subprocess.Popen(['sleep', '600'])"


def kill(pid: int) -> None:
    """SIGKILL."""
    os.kill(pid, signal.SIGKILL)


def gone(*pids: int) -> bool:
    """Whether all of them have ended."""
    return not any(map(processes.alive, pids))


def with_child(kernel: Kernel) -> tuple[int, int]:
    """Pids of the worker and of a child that a cell left running."""
    kernel.run(BACKGROUND_CHILD)
    return kernel.worker_pid, int(kernel.value("child.pid"))


def assert_next_kernel_starts(via: str) -> None:
    """A new kernel works."""
    with started(via) as kernel:
        kernel.assert_healthy()


def test_client_killed(via: str, own_gateway: Gateway) -> None:
    with owner.running(via) as client:
        assert processes.alive(client.worker)
        kill(client.pid)
        eventually(lambda: gone(client.worker), 5, "the worker ends with its client")
        if client.launcher is not None:
            launcher = client.launcher
            eventually(lambda: gone(launcher), 5, "the launcher ends with its client")
    assert_next_kernel_starts(via)


def test_launcher_killed(own_gateway: Gateway) -> None:
    with owner.running("launcher") as client:
        assert client.launcher is not None
        kill(client.launcher)
        eventually(lambda: gone(client.worker), 5, "the worker ends with its launcher")
    assert_next_kernel_starts("launcher")


def test_worker_killed(via: str, own_gateway: Gateway) -> None:
    with owner.running(via) as client:
        kill(client.worker)
        eventually(lambda: gone(client.worker), 5, "the worker is reaped")
        if client.launcher is not None:
            launcher = client.launcher
            eventually(lambda: gone(launcher), 5, "the launcher ends with its worker")
        assert processes.alive(client.pid)


def test_children_of_a_killed_worker_end_with_it(via: str, own_gateway: Gateway) -> None:
    with started(via) as kernel:
        worker, child = with_child(kernel)
        kill(worker)
        eventually(lambda: gone(worker, child), 5, "worker and child have ended")


def test_children_end_at_shutdown(via: str, own_gateway: Gateway) -> None:
    with started(via) as kernel:
        worker, child = with_child(kernel)
    eventually(lambda: gone(worker, child), 5, "worker and child have ended")


def test_children_end_at_restart(via: str, own_gateway: Gateway) -> None:
    with started(via) as kernel:
        worker, child = with_child(kernel)
        kernel.restart()
        eventually(lambda: gone(worker, child), 5, "worker and child have ended")
        kernel.assert_healthy()


def test_zygote_killed(via: str, own_gateway: Gateway) -> None:
    with started(via) as kernel:
        zygote = own_gateway.status()["zygotes"][0]["pid"]
        kill(zygote)
        eventually(lambda: gone(zygote), 5, "the zygote is reaped")
        kernel.assert_healthy()
        assert_next_kernel_starts(via)
        kernel.assert_healthy()


@pytest.mark.parametrize("victim", ["keeper_pid", "pid"], ids=["keeper", "gateway"])
def test_keeper_or_gateway_killed(via: str, own_gateway: Gateway, victim: str) -> None:
    with started(via) as kernel:
        worker, child = with_child(kernel)
        kill(own_gateway.status()[victim])
        eventually(lambda: gone(worker, child), 10, "worker and child have ended")
        eventually(lambda: not kernel.manager.is_alive(), 10, "the client sees the death")
        assert kernel.exit_code() not in (None, 0)
    processes.assert_none_left(own_gateway.runtime)
    assert_next_kernel_starts(via)


def test_everything_leaves_when_told(via: str, own_gateway: Gateway) -> None:
    with started(via) as kernel:
        worker, child = with_child(kernel)
        own_gateway.stop()
        assert gone(worker, child)
