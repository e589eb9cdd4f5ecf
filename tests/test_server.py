"""Kernels of a Jupyter server, as its pages see them: REST and WebSocket."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.pages.servers import Server, jupyter_server
from tests.support import processes, tab
from tests.support.gateway import Gateway
from tests.support.tab import Tab
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


def connection(page: Tab) -> dict[str, Any]:
    """The connection file that the server wrote."""
    file = Path(os.environ["JUPYTER_RUNTIME_DIR"], f"kernel-{page.kernel}.json")
    return dict(json.loads(file.read_text(encoding="utf-8")))


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
    tab.rest(server, "DELETE", f"kernels/{page.kernel}")
    assert not processes.alive(worker)
    assert page.kernel not in [kernel["id"] for kernel in tab.rest(server, "GET", "kernels")]


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
    eventually(lambda: page.model()["execution_state"] == "idle", 10, "the server says idle")
    cell = page.start(BUSY).until_text("busy")
    assert page.model()["execution_state"] == "busy"
    page.act("interrupt")
    cell.finish()
    eventually(lambda: page.model()["execution_state"] == "idle", 10, "the server says idle again")


def test_a_segfault_is_told_and_the_next_cell_runs(page: Tab) -> None:
    dying = page.start(SEGFAULT)
    queued = page.start("'never'")
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
