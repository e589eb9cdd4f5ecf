"""Group LIFE: how a kernel lives and ends."""

from __future__ import annotations

import itertools
import os
import signal
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from jupyter_client.blocking.client import BlockingKernelClient

from tests.support import processes, wire
from tests.support.gates import Gate
from tests.support.gateway import Gateway
from tests.support.kernel import Kernel, started
from tests.support.waiting import eventually, seconds

pytestmark = pytest.mark.beyond_reference

BUSY = "print('busy', flush=True)\nwhile True: pass"


def signalled(number: int) -> Callable[[Kernel], None]:
    """A step of a shutdown: a signal through the manager."""
    return lambda kernel: kernel.manager.signal_kernel(number)


STEPS: dict[str, Callable[[Kernel], None]] = {
    "interrupt": lambda kernel: kernel.manager.interrupt_kernel(),
    "request": lambda kernel: kernel.manager.request_shutdown(),
    "terminate": signalled(signal.SIGTERM),
    "kill": signalled(signal.SIGKILL),
}
ORDERS = list(itertools.permutations(STEPS, 2))


@pytest.mark.parametrize("order", ORDERS, ids="-".join)
def test_steps_of_a_shutdown_in_any_order(
    way: str, gateway: Gateway, order: tuple[str, str]
) -> None:
    with started(way) as kernel:
        worker = kernel.worker_pid
        kernel.send(BUSY).until_text("busy")
        for step in order:
            STEPS[step](kernel)
        eventually(lambda: not kernel.manager.is_alive(), 5, "the kernel ends")
        assert not processes.alive(worker)
        assert kernel.exit_code() in (0, -signal.SIGTERM, -signal.SIGKILL)


def test_nothing_is_left_of_a_kernel(
    way: str, gateway: Gateway, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with started(way) as kernel:
        worker = kernel.worker_pid
        identity = gateway.kernel_of(worker)["id"]
        kernel.run("import subprocess; child = subprocess.Popen(['sleep', '600'])")
        child = int(kernel.value("child.pid"))
        file = Path(kernel.manager.connection_file)
        assert file.exists()
        (folder,) = gateway.runtime.glob(f"*/sessions/{identity}")
    assert not processes.alive(worker)
    eventually(lambda: not processes.alive(child), 5, "its child has ended")
    assert not file.exists()
    eventually(lambda: not folder.exists(), 5, "its lanes are gone")
    assert list(tmp_path.iterdir()) == []


def test_clients_come_and_go(way: str, gateway: Gateway) -> None:
    with started(way) as kernel:
        kernel.run("kept = 1")
        kernel.client.stop_channels()
        for _ in range(3):
            client = BlockingKernelClient(connection_file=kernel.manager.connection_file)
            client.load_connection_file()
            client.start_channels()
            client.wait_for_ready(timeout=seconds(60))
            assert Kernel(kernel.manager, client).run("kept").result() == "1"
            client.stop_channels()
        assert kernel.manager.is_alive()


def test_requests_at_a_death_are_not_answered_by_the_next_life(
    way: str, gateway: Gateway, gate: Gate
) -> None:
    with started(way) as kernel, wire.client(kernel.manager.get_connection_info()) as client:
        dying = client.start(gate.wait + "import os; os._exit(3)")
        behind = client.start("'never'")
        client.arrived()
        gate.open()
        dying.until_text("3", "stderr")
        eventually(lambda: not kernel.manager.is_alive(), 5, "the manager sees the death")
        assert kernel.exit_code() == 3
        kernel.restart()
        client.ready()
        client.settle()
        assert not dying.replies
        assert behind.content == {"status": "aborted"}
        assert behind.types == ["busy", "idle"]


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGQUIT, signal.SIGTERM, signal.SIGUSR1])
def test_signals_to_the_worker_end_all_of_it(way: str, gateway: Gateway, number: int) -> None:
    with started(way) as kernel:
        os.kill(kernel.worker_pid, number)
        eventually(lambda: not kernel.manager.is_alive(), 5, "the manager sees the death")
        assert kernel.exit_code() == -number
        kernel.restart()
        kernel.assert_healthy()


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGINT])
def test_the_gateway_survives_what_a_terminal_sends(
    way: str, own_gateway: Gateway, number: int
) -> None:
    with started(way) as kernel:
        status = own_gateway.status()
        os.kill(status["keeper_pid"], number)
        if number == signal.SIGINT:
            os.kill(status["zygotes"][0]["pid"], number)
        kernel.assert_healthy()
        with started(way) as another:
            another.assert_healthy()
        assert own_gateway.status()["pid"] == status["pid"]
