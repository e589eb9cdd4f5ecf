"""A command in a page: the browser's own EventSource resumes, and stops when all is told."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.support.commands import PATH, Commands
from tests.support.gateway import Gateway
from tests.support.served import Served, serving
from tests.support.waiting import eventually

OPEN = """path => {
  window.told = [];
  window.source = new EventSource(path);
  for (const name of ["open", "error", "message", "stderr", "exit"])
    source.addEventListener(name, event => told.push(
      [name, event.data ? JSON.parse(event.data) : source.readyState]));
}"""


class Proxy:
    """Passes connections on to a server, until they are cut."""

    def __init__(self, port: int) -> None:
        self._to = ("127.0.0.1", port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._open: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """Ends all connections."""
        while self._open:
            one = self._open.pop()
            with suppress(OSError):  # it was over
                one.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Takes no more."""
        self._listener.close()
        self.cut()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return  # closed
            far = socket.create_connection(self._to)
            self._open += [near, far]
            for pair in ((near, far), (far, near)):
                threading.Thread(target=self._pass, args=pair, daemon=True).start()

    @staticmethod
    def _pass(source: socket.socket, target: socket.socket) -> None:
        try:
            while data := source.recv(1 << 16):
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # cut


@contextmanager
def proxy(server: Served) -> Iterator[Proxy]:
    """A proxy before a server."""
    made = Proxy(server.port)
    try:
        yield made
    finally:
        made.close()


@pytest.fixture(scope="module")
def commands(gateway: Gateway, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Commands]:
    """Commands of a server that runs any."""
    root = tmp_path_factory.mktemp("root")
    with serving(f"--root-dir={root}", "--allow-commands=any", token="secret") as server:
        yield Commands(server)


def test_event_source_resumes_and_stops(commands: Commands, page: Page, tmp_path: Path) -> None:
    starts = tmp_path / "starts"
    code = f"import sys\nopen({str(starts)!r}, 'a').write('.')\n"
    code += "for line in sys.stdin: print(line, end='')\nsys.stderr.write('end\\n')"
    command = commands.python(code, stdin=True)

    def told(*names: str) -> list[Any]:
        return [data for name, data in page.evaluate("told") if name in names]

    def texts() -> list[Any]:
        return [data["text"] for data in told("message")]

    def seen(what: Callable[[], list[Any]], count: int) -> None:
        eventually(lambda: len(what()) == count, 20, f"{count} of them are in the page")

    with proxy(commands.server) as between:
        page.goto(f"http://127.0.0.1:{between.port}/?token=secret")
        page.evaluate(OPEN, f"/{PATH}/{command}/output")
        for number in range(3):
            commands.act(command, "stdin", f"before {number}\n".encode())
            seen(texts, number + 1)
            between.cut()
            seen(lambda: told("open"), number + 2)
        commands.act(command, "stdin?end=1", b"last\n")
        eventually(lambda: told("exit"), 20, "the exit is in the page")
        eventually(lambda: told("error")[-1] == 2, 20, "the browser does not come again")
    assert texts() == ["before 0\n", "before 1\n", "before 2\n", "last\n"]
    assert [data["text"] for data in told("stderr")] == ["end\n"]
    assert told("exit")[0]["code"] == 0
    assert starts.read_text() == "."
