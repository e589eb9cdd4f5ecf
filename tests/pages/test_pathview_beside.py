"""The same calls to PathView's own server and to this one: the same answers."""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.support.ports import free_port
from tests.support.served import Served, serving
from tests.support.waiting import eventually, seconds

STEP = (
    "it = iter([1, 2])\ndef step():\n    v = next(it, 0)\n    return {'done': not v, 'result': v}"
)

CALLS: tuple[tuple[str, str, object], ...] = (
    ("GET", "health", None),
    ("GET", "nowhere", None),
    ("GET", "exec", None),
    ("DELETE", "exec", None),
    ("POST", "stream/poll", None),
    ("POST", "stream/exec", {"code": "1"}),
    ("POST", "stream/stop", None),
    ("DELETE", "session", None),
    ("POST", "init", {"packages": []}),
    ("POST", "init", {}),
    ("POST", "init", None),
    ("POST", "exec", {"id": "a", "code": "x = 1\nprint('said')"}),
    ("POST", "exec", {"id": "a", "code": "import sys; sys.stderr.write('e')"}),
    ("POST", "exec", {"id": "a", "code": "raise KeyError('k')"}),
    ("POST", "exec", {"id": "", "code": "x"}),
    ("POST", "exec", {"id": None, "code": "x"}),
    ("POST", "exec", {"id": 3, "code": "x"}),
    ("POST", "exec", {"id": "a", "code": 5}),
    ("POST", "exec", {"id": "a"}),
    ("POST", "eval", {"id": "a", "expr": "  x + 1"}),
    ("POST", "eval", {"id": "a", "expr": "y"}),
    ("POST", "eval", {"id": "a", "expr": ["x"]}),
    ("POST", "eval", {"id": "a", "expr": "{1: 'é', None: (1, 2), True: set()}"}),
    ("POST", "eval", {"id": "a", "expr": "{(1, 2): 3}"}),
    ("POST", "exec", {"id": "a", "code": STEP}),
    ("POST", "stream/start", {"id": "s", "expr": "step()"}),
    ("READ", "stream/poll", None),
    ("POST", "stream/poll", None),
    ("POST", "stream/stop", None),
    ("DELETE", "session", None),
    ("POST", "stream/poll", None),
)


class Caller:
    """Calls of one session to one of the servers."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.session = str(uuid.uuid4())

    def call(self, method: str, path: str, body: object) -> tuple[int, Any]:
        """Status and body; of a body that is no JSON nothing."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=seconds(60))
        headers = {"X-Session-ID": self.session, "Content-Type": "application/json"}
        data = b"null" if body is None else json.dumps(body).encode()
        connection.request(method, f"/api/{path}", data, headers)
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        if answer.status == 405:
            return 405, None  # in words of its own
        said = json.loads(text)
        said.pop("traceback", None)
        return answer.status, said

    def read(self, path: str) -> list[Any]:
        """All messages of a stream."""
        messages: list[Any] = []

        def ended() -> bool:
            status, said = self.call("POST", path, None)
            assert status == 200
            messages.extend(said["messages"])
            return bool(said["done"])

        eventually(ended, 30, "the stream's end")
        return messages


@pytest.fixture
def ours(tmp_path: Path) -> Iterator[Served]:
    """A server without a token, as the other one."""
    (tmp_path / "index.html").write_text("<!doctype html>")
    options = (f"--static={tmp_path}", f"--packages-dir={tmp_path / 'packages'}")
    with serving("--api=pathview", *options, token="") as running:
        yield running


@pytest.fixture
def theirs() -> Iterator[int]:
    """The port of PathView's own server."""
    for _ in range(3):
        port = free_port()
        with pathview(port) as up:
            if up:
                yield port
                return
    pytest.fail("PathView's server ends at once, on any port")


@contextmanager
def pathview(port: int) -> Iterator[bool]:
    """PathView's own server, and whether it is up: it ends when somebody else has the port."""
    command = [sys.executable, "-m", "pathview", "serve", "--no-browser", "--port", str(port)]
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        eventually(lambda: process.poll() is not None or answers(port), 60, "PathView's server")
        yield process.poll() is None
    finally:
        process.terminate()
        process.wait(seconds(20))


def answers(port: int) -> bool:
    """Whether a server is up there."""
    try:
        return Caller(port).call("GET", "health", None)[0] == 200
    except OSError:
        return False


def test_the_same_answers(ours: Served, theirs: int) -> None:
    callers = Caller(ours.port), Caller(theirs)
    for method, path, body in CALLS:
        if method == "READ":
            mine, other = (caller.read(path) for caller in callers)
            assert mine == other
        else:
            here, there = (caller.call(method, path, body) for caller in callers)
            assert here == there, (method, path, body)
