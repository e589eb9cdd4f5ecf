"""Kernels of a Jupyter server, as its pages see them: REST and WebSocket."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.clients.console import Console
from tests.pages.servers import Server, jupyter_server
from tests.support import processes, tab
from tests.support.gates import Gate
from tests.support.gateway import Gateway
from tests.support.kernel import started
from tests.support.specs import KERNEL_NAMES
from tests.support.tab import Tab, rest
from tests.support.waiting import eventually

BUSY = "print('busy', flush=True)\nwhile True: pass"
DEAF = (
    "import signal\nsignal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})\n"
    + BUSY
)
STATES = {
    "idle": "print('busy', flush=True)",
    "busy": BUSY,
    "deaf": DEAF,
    "input": "print('busy', flush=True)\ninput('name? ')",
    "child": "print('busy', flush=True)\nimport subprocess; subprocess.run(['sleep', '600'])",
}
"""What a kernel may be doing when something happens to it."""

LOOKS_OFTEN = "--KernelRestarter.time_to_dead=0.1"
SEGFAULT = "print('before', flush=True)\nimport ctypes\nctypes.string_at(0)"
PID = "__import__('os').getpid()"


@pytest.fixture(scope="module")
def server(gateway: Gateway, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server for all tests that do not end it."""
    folder = tmp_path_factory.mktemp("server")
    with jupyter_server(folder, folder / "log", LOOKS_OFTEN) as running:
        yield running


@pytest.fixture
def page(server: Server, via: str) -> Iterator[Tab]:
    """A tab with a kernel of its own."""
    with tab.opened(server, via) as opened:
        yield opened


def connection_file(page: Tab) -> Path:
    """The connection file that the server wrote."""
    return Path(os.environ["JUPYTER_RUNTIME_DIR"], f"kernel-{page.kernel}.json")


def connection(page: Tab) -> dict[str, Any]:
    """Ports and key."""
    return dict(json.loads(connection_file(page).read_text(encoding="utf-8")))


def doing(page: Tab, state: str) -> int:
    """Brings the kernel into one of the states; the worker's pid."""
    worker = int(page.value(PID))
    cell = page.start(STATES[state]).until_text("busy")
    if state == "input":
        cell.question()
    if state == "idle":
        cell.finish()
    return worker


@pytest.mark.parametrize("state", STATES)
def test_restart(page: Tab, state: str) -> None:
    worker = doing(page, state)
    before = connection(page)
    page.act("restart")
    assert not processes.alive(worker)
    assert connection(page) == before
    after = page.run("6 * 7")
    assert after.value == "42"
    assert after.reply
    assert after.reply["execution_count"] == 1
    assert int(page.value(PID)) != worker


@pytest.mark.parametrize("state", STATES)
def test_shutdown(server: Server, page: Tab, state: str) -> None:
    worker = doing(page, state)
    rest(server, "DELETE", f"kernels/{page.kernel}")
    assert not processes.alive(worker)
    assert page.kernel not in [kernel["id"] for kernel in rest(server, "GET", "kernels")]


@pytest.mark.parametrize("state", ["busy", "input", "child"])
def test_interrupt(page: Tab, state: str) -> None:
    worker = int(page.value(PID))
    cell = page.start(STATES[state]).until_text("busy")
    if state == "input":
        cell.question()
    page.act("interrupt")
    cell.finish()
    assert cell.reply
    assert cell.reply["ename"] == "KeyboardInterrupt"
    assert int(page.value(PID)) == worker


def test_the_server_knows_what_the_kernel_does(page: Tab) -> None:
    page.run("1")
    eventually(lambda: page.model()["execution_state"] == "idle", 30, "the server says idle")
    cell = page.start(BUSY).until_text("busy")
    eventually(lambda: page.model()["execution_state"] == "busy", 30, "the server says busy")
    page.act("interrupt")
    cell.finish()
    eventually(lambda: page.model()["execution_state"] == "idle", 30, "the server says idle again")


def test_a_segfault_is_told_and_the_next_cell_runs(page: Tab, gate: Gate) -> None:
    dying = page.start(gate.wait + SEGFAULT)
    queued = page.start("'never'")
    page.arrived()
    gate.open()
    dying.until_text("SIGSEGV", "stderr")
    assert dying.text() == "before\n"
    queued.finish()
    assert queued.reply == {"status": "aborted"}
    page.until(lambda: "restarting" in page.states(), "the server says that it restarts")
    page.reconnect()
    after = page.run("6 * 7")
    assert after.value == "42"
    assert after.reply
    assert after.reply["execution_count"] == 1
    assert dying.reply is None


def test_two_tabs_of_one_kernel(page: Tab) -> None:
    another = page.another()
    asking = page.start("name = input('who? ')\nprint('hello', name)")
    question = asking.question()
    behind = another.start("print('behind', name)")
    page.answer(question, "Aliyar")
    asking.finish()
    behind.finish()
    assert not any(m["msg_type"] == "input_request" for m in another.messages)
    assert another.seen(asking).text() == asking.text() == "hello Aliyar\n"
    assert behind.text() == "behind Aliyar\n"
    page.until(lambda: page.seen(behind).idle, "the other tab's cell")
    assert page.seen(behind).text() == "behind Aliyar\n"
    assert page.seen(behind).reply is None
    another.close()
    assert page.value("name") == "'Aliyar'"


def test_an_existing_kernel_of_the_server_in_a_console(page: Tab, tmp_path: Path) -> None:
    page.run("shared = 'Bhavani'")
    console = Console(tmp_path / "picture.png", f"--existing={connection_file(page)}")
    assert "Bhavani" in console.enter("shared")
    console.enter("answer = 6 * 7")
    console.detach()
    assert page.value("answer") == "42"


def test_idle_kernels_are_culled_and_busy_ones_are_not(
    via: str, gateway: Gateway, tmp_path: Path
) -> None:
    cull = [f"--MappingKernelManager.cull_{name}" for name in ("idle_timeout=5", "interval=1")]
    with (
        jupyter_server(tmp_path, tmp_path / "log", *cull) as server,
        tab.opened(server, via) as idle,
        tab.opened(server, via) as busy,
    ):
        culled, kept = int(idle.value(PID)), doing(busy, "busy")
        idle.close()
        busy.close()
        eventually(
            lambda: [k["id"] for k in rest(server, "GET", "kernels")] == [busy.kernel],
            40,
            "the idle kernel is culled",
        )
        assert not processes.alive(culled)
        assert processes.alive(kept)


@pytest.mark.beyond_reference
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM], ids=["kill", "term"])
def test_kernels_end_with_their_server(
    via: str, own_gateway: Gateway, tmp_path: Path, number: int
) -> None:
    with jupyter_server(tmp_path, tmp_path / "log") as server:
        kernels = [
            rest(server, "POST", "kernels", {"name": KERNEL_NAMES[via]})["id"] for _ in range(2)
        ]
        first, second = (Tab(server, kernel) for kernel in kernels)
        first.run("import subprocess; child = subprocess.Popen(['sleep', '600'])")
        pids = [int(first.value(PID)), int(first.value("child.pid")), doing(second, "deaf")]
        os.kill(server.pid, number)
        eventually(
            lambda: not any(map(processes.alive, pids)), 60, "kernels and children have ended"
        )
    with started(via) as kernel:
        kernel.assert_healthy()


def test_a_server_that_slept_finds_its_kernel(page: Tab, tmp_path: Path) -> None:
    done = tmp_path / "done"
    cell = page.start(
        f"for n in range(2000): print(n)\nimport pathlib; pathlib.Path({str(done)!r}).touch()"
    )
    cell.until_text("0\n")
    with processes.stopped(page.server.pid):
        eventually(done.exists, 20, "the kernel goes on")
    cell.finish()
    assert cell.text() == "".join(f"{n}\n" for n in range(2000))
    assert page.value("n") == "1999"
