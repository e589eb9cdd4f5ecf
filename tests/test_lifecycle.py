"""Lives of kernels that clients share, restart, put to sleep, and start by the dozen."""

from __future__ import annotations

import asyncio
import os
import signal
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psutil
import pytest
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.multikernelmanager import AsyncMultiKernelManager, MultiKernelManager

from tests.clients.console import Console
from tests.support import owner, processes, wire
from tests.support.environment import clean
from tests.support.gateway import Gateway
from tests.support.kernel import Kernel, started
from tests.support.specs import KERNEL_NAMES
from tests.support.waiting import eventually, seconds

BUSY = "print('busy', flush=True)\nwhile True: pass"
DEAF = (
    "import signal\nsignal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})\n"
    + BUSY
)
ASKING = "print('busy', flush=True)\ninput('name? ')"
STATES = {"idle": "print('busy', flush=True)", "busy": BUSY, "deaf": DEAF, "asking": ASKING}
MANY = 6
"""Kernels at the same time: enough for races, few enough for a small machine."""

RESTARTS = 20


@pytest.mark.parametrize("now", [True, False], ids=["now", "politely"])
@pytest.mark.parametrize("state", STATES)
def test_restart_in_each_state_keeps_ports_and_key(kernel: Kernel, state: str, now: bool) -> None:
    worker, before = kernel.worker_pid, kernel.manager.get_connection_info()
    kernel.send(STATES[state], allow_stdin=True).until_text("busy")
    kernel.manager.restart_kernel(now=now)
    # A launcher that was killed could not wait for it.
    eventually(lambda: not processes.alive(worker), 10, "the worker has ended")
    kernel.is_ready()
    kernel.assert_healthy()
    assert kernel.manager.get_connection_info() == before
    eventually(kernel.client.hb_channel.is_beating, 10, "the heart beats")


@pytest.mark.parametrize("state", STATES)
def test_shutdown_in_each_state(kernel: Kernel, state: str) -> None:
    worker = kernel.worker_pid
    kernel.send(STATES[state], allow_stdin=True).until_text("busy")
    kernel.manager.shutdown_kernel()
    # A launcher that was killed could not wait for it.
    eventually(lambda: not processes.alive(worker), 10, "the worker has ended")


def test_a_client_that_stays_misses_nothing_of_a_restarted_kernel(kernel: Kernel) -> None:
    for _ in range(5):
        kernel.manager.restart_kernel(now=True)
        cell = kernel.send("print('first', flush=True)\n6 * 7")
        # Reading makes the client's iopub connect anew: the cell may be over before that.
        cell.until(lambda it: it.idle, "idle").finish()
        assert cell.text() == "first\n"
        assert cell.result() == "42"


def test_each_client_gets_its_answers_and_all_see_the_output(kernel: Kernel) -> None:
    connection = dict(kernel.manager.get_connection_info())
    with wire.client(connection) as first, wire.client(connection) as second:
        asking = first.start("name = input('who? ')\nprint('hello', name)", allow_stdin=True)
        asking.until(lambda e: e.asked, "the question")
        waiting = second.start("print('behind', name)")
        second.settle("control")
        assert not any(m.channel == "stdin" for m in second.messages)
        first.answer(asking.asked[0], {"value": "Amaravathi"})
        asking.finish()
        waiting.finish()
        assert asking.text() == "hello Amaravathi\n"
        assert waiting.text() == "behind Amaravathi\n"
        for client, other in ((first, waiting), (second, asking)):
            seen = client.exchanges[other.msg_id]
            seen.until(lambda e: e.idle, "the other's cell")
            assert seen.types == other.types
            assert not seen.replies


def test_a_client_that_leaves_disturbs_nobody(kernel: Kernel) -> None:
    connection = dict(kernel.manager.get_connection_info())
    with wire.client(connection) as staying:
        with wire.client(connection) as leaving:
            left = leaving.start(
                "import time\nfor n in range(20): print(n, flush=True); time.sleep(0.02)"
            )
            left.until_text("3\n")
        behind = staying.start("'next'").finish()
        assert behind.value == "'next'"
        seen = staying.exchanges[left.msg_id]
        assert seen.text() == "".join(f"{n}\n" for n in range(20))
    kernel.assert_healthy()


def test_a_client_that_leaves_its_question_can_be_interrupted_by_another(kernel: Kernel) -> None:
    connection = dict(kernel.manager.get_connection_info())
    with wire.client(connection) as staying:
        with wire.client(connection) as leaving:
            left = leaving.start("input('who? ')", allow_stdin=True, stop_on_error=False)
            left.until(lambda e: e.asked, "the question")
        behind = staying.start("'next'")
        staying.request("interrupt_request", channel="control")
        assert behind.finish().value == "'next'"


def test_the_heart_beats_while_the_worker_sleeps(kernel: Kernel) -> None:
    worker = kernel.worker_pid
    connection = dict(kernel.manager.get_connection_info())
    with wire.client(connection) as client:
        counting = client.start("for n in range(1000): print(n)\nn")
        with processes.stopped(worker):
            assert client.heartbeat([b"awake?"]) == [b"awake?"]
            asked = client.send("kernel_info_request", channel="control").finish()
            assert asked.content["status"] == "ok"
            behind = client.start("'behind'")
            assert kernel.manager.is_alive()
        counting.finish()
        assert counting.text() == "".join(f"{n}\n" for n in range(1000))
        assert behind.finish().value == "'behind'"


@pytest.mark.parametrize("how", ["restart", "shutdown"])
def test_a_sleeping_worker_can_be_ended(kernel: Kernel, how: str) -> None:
    worker = kernel.worker_pid
    os.kill(worker, signal.SIGSTOP)
    if how == "restart":
        kernel.manager.restart_kernel()
        kernel.is_ready()
        kernel.assert_healthy()
    else:
        kernel.manager.shutdown_kernel()
    eventually(lambda: not processes.alive(worker), 10, "the worker has ended")


def test_an_interrupt_waits_for_a_sleeping_worker(kernel: Kernel) -> None:
    worker = kernel.worker_pid
    cell = kernel.send(BUSY).until_text("busy")
    with processes.stopped(worker):
        kernel.interrupt()
    assert cell.finish().ename == "KeyboardInterrupt"
    kernel.assert_healthy()


@pytest.mark.beyond_reference
def test_a_sleeping_client_keeps_its_kernel(via: str, own_gateway: Gateway) -> None:
    with owner.running(via) as client:
        with processes.stopped(client.pid), started(via) as another:
            another.assert_healthy()
            assert processes.alive(client.worker)
        assert processes.alive(client.worker)
        os.kill(client.pid, signal.SIGKILL)
        eventually(lambda: not processes.alive(client.worker), 5, "it ends with its client")


@pytest.mark.beyond_reference
def test_a_client_killed_asleep_loses_its_kernel(via: str, own_gateway: Gateway) -> None:
    with owner.running(via) as client:
        with processes.stopped(client.pid):
            os.kill(client.pid, signal.SIGKILL)
        eventually(lambda: not processes.alive(client.worker), 5, "it ends with its client")


def test_a_manager_of_asyncio(via: str, gateway: Gateway) -> None:
    async def live() -> None:
        manager: Any = AsyncKernelManager(kernel_name=KERNEL_NAMES[via])
        await manager.start_kernel(env=clean())
        client = manager.client()
        client.start_channels()
        try:
            await client.wait_for_ready(timeout=seconds(60))
            for _ in range(2):
                reply = await client.execute_interactive("6 * 7", timeout=seconds(30))
                assert reply["content"]["execution_count"] == 1
                await manager.restart_kernel()
                await client.wait_for_ready(timeout=seconds(60))
            client.execute(BUSY)
            await manager.interrupt_kernel()
            assert await manager.is_alive()
        finally:
            client.stop_channels()
            await manager.shutdown_kernel()
        assert not await manager.is_alive()

    asyncio.run(live())


def test_many_kernels_of_asyncio_at_once(via: str, gateway: Gateway) -> None:
    async def one(manager: Any) -> int:
        kernel = await manager.start_kernel(kernel_name=KERNEL_NAMES[via], env=clean())
        client = manager.get_kernel(kernel).client()
        client.start_channels()
        await client.wait_for_ready(timeout=seconds(60))
        await client.execute_interactive("1", timeout=seconds(60))
        await manager.restart_kernel(kernel)
        await client.wait_for_ready(timeout=seconds(60))
        reply = await client.execute_interactive("1", timeout=seconds(60))
        client.stop_channels()
        await manager.shutdown_kernel(kernel)
        return int(reply["content"]["execution_count"])

    async def live() -> None:
        manager = AsyncMultiKernelManager()
        assert await asyncio.gather(*(one(manager) for _ in range(MANY))) == [1] * MANY
        assert manager.list_kernel_ids() == []

    asyncio.run(live())


def test_many_kernels_of_threads_at_once(via: str, gateway: Gateway) -> None:
    def one(_: int) -> str:
        manager = MultiKernelManager()
        kernel = manager.start_kernel(kernel_name=KERNEL_NAMES[via], env=clean())
        client = manager.get_kernel(kernel).blocking_client()
        client.start_channels()
        client.wait_for_ready(timeout=seconds(60))
        result = Kernel(manager.get_kernel(kernel), client).run("6 * 7", within=60).result()
        client.stop_channels()
        manager.shutdown_kernel(kernel)
        return result

    with ThreadPoolExecutor(MANY) as pool:
        assert list(pool.map(one, range(MANY))) == ["42"] * MANY


@pytest.mark.beyond_reference
def test_a_kernel_of_nobody_in_two_consoles(own_gateway: Gateway, tmp_path: Path) -> None:
    kernel = own_gateway.ask("kernel", "start")
    existing = f"--existing={kernel['connection_file']}"
    first, second = Console(tmp_path / "1.png", existing), Console(tmp_path / "2.png", existing)
    first.enter("shared = 'Mula'")
    assert "Mula" in second.enter("shared")
    first.detach()
    assert "'Mula-Mutha'" in second.enter("shared + '-Mutha'")
    second.detach()
    assert processes.alive(kernel["worker_pid"])
    own_gateway.run("kernel", "stop", kernel["id"])
    assert not processes.alive(kernel["worker_pid"])
    assert not Path(kernel["connection_file"]).exists()


def politely(kernel: Kernel) -> None:
    """A restart that gives a launcher the time to clean up."""
    kernel.manager.restart_kernel()
    kernel.is_ready()


def held(process: psutil.Process) -> tuple[int, int]:
    """Open file descriptors and threads of a process."""
    return process.num_fds(), process.num_threads()


def fits(now: tuple[int, int], before: tuple[int, int]) -> bool:
    """Whether about as much is held as before: clients' sockets come back one by one, and the JVM
    makes and ends threads of its own, but what a restart leaks is there twenty times.
    """
    return all(n < b + RESTARTS for n, b in zip(now, before, strict=True))


@pytest.mark.beyond_reference
def test_restarts_leave_nothing_behind(via: str, own_gateway: Gateway) -> None:
    with started(via) as kernel:
        status = own_gateway.status()
        holders = [psutil.Process(status[name]) for name in ("pid", "keeper_pid")]
        politely(kernel)  # the first one loads classes, and makes threads that stay
        kernel.assert_healthy()
        before = [held(process) for process in holders]
        for _ in range(RESTARTS):
            politely(kernel)
        eventually(
            lambda: all(map(fits, map(held, holders), before)),
            10,
            f"descriptors are closed and threads have ended, as before: {before}",
        )
        assert len(own_gateway.kernels()) == 1
        (folder,) = own_gateway.runtime.glob("*/sessions")
        eventually(lambda: len(list(folder.iterdir())) == 1, 10, "one session's folder is left")
        kernel.assert_healthy()
