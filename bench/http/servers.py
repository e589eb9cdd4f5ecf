"""The servers, each as a process, and a client that keeps its connection."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.aot import cache_made

LIMIT = 120.0
PENSTOCK = Path(sys.executable).with_name("penstock")
TOKEN = "of-the-bench"


class Session:
    """One session, over one connection."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.headers = {"X-Session-ID": str(uuid.uuid4()), "Content-Type": "application/json"}
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=LIMIT)

    def call(self, path: str, body: object = None, method: str = "POST") -> Any:
        """The JSON of an answer; a status other than 200 raises RuntimeError."""
        data = None if body is None else json.dumps(body).encode()
        self._connection.request(method, f"/api/{path}", data, self.headers)
        answer = self._connection.getresponse()
        text = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{path}: {answer.status} {text[:200]!r}")
        return json.loads(text)

    def end(self) -> None:
        """Ends the session and the connection."""
        self.call("session", method="DELETE")
        self._connection.close()


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def command(label: str, port: int, folder: Path, original: Path) -> list[str]:
    """How a contestant is started; `original` is the Python that has PathView's server."""
    if label == "PathView":
        return [str(original), "-m", "pathview", "serve", "--port", str(port), "--no-browser"]
    packages = folder / "packages"
    return [
        *(str(PENSTOCK), "serve", "--api=pathview", "--token=", f"--port={port}"),
        f"--packages-dir={packages}",
    ]


def make_cache(folder: Path) -> None:
    """Lets a first server make its AOT cache, which all later ones have, as on a user's machine."""
    cache = folder / "cache"
    os.environ["XDG_CACHE_HOME"] = str(cache)
    with served(folder / "first"):
        cache_made(cache)


@contextmanager
def running(label: str, folder: Path, original: Path) -> Iterator[tuple[int, int]]:
    """A server of sessions that answers; its port and its process id."""
    port = free_port()
    with process(command(label, port, folder, original), folder, port) as started:
        yield port, started.pid


@contextmanager
def flask(original: Path) -> Iterator[int]:
    """The Flask application that streams commands; its port."""
    port = free_port()
    script = Path(__file__).with_name("flask_stream.py")
    with process([str(original), str(script), str(port)], Path(), port):
        yield port


@contextmanager
def served(folder: Path) -> Iterator[int]:
    """A `penstock serve` that runs any command; its port."""
    port = free_port()
    argv = [str(PENSTOCK), "serve", "--allow-commands=any", f"--port={port}"]
    with process(argv, folder, port, PENSTOCK_TOKEN=TOKEN):
        yield port


@contextmanager
def process(
    argv: list[str], folder: Path, port: int, **more: str
) -> Iterator[subprocess.Popen[bytes]]:
    """A server until the end of the block, and all of its workers."""
    env = {
        **os.environ,
        "PENSTOCK_RUNTIME_DIR": str(folder / "run"),
        "XDG_STATE_HOME": str(folder / "state"),
        **more,
    }
    started = subprocess.Popen(
        argv,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        wait_for(port)
        yield started
    finally:
        # waitress and PathView's server end in good order by an interrupt.
        started.send_signal(signal.SIGTERM if argv[0] == str(PENSTOCK) else signal.SIGINT)
        try:
            started.wait(LIMIT)
        except subprocess.TimeoutExpired:
            os.killpg(started.pid, signal.SIGKILL)
            started.wait()


def wait_for(port: int) -> None:
    """Until it listens. Raises TimeoutError."""
    end = time.monotonic() + LIMIT
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError as error:
            if time.monotonic() > end:
                raise TimeoutError("the server does not answer") from error
            time.sleep(0.05)
        else:
            return
