"""A real keeper with the test itself in the gateway's place; the "JVM" is a small process that only
lives.
"""

from __future__ import annotations

import fcntl
import json
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from penstock import __version__
from penstock.client.starter import run_keeper
from penstock.procstat import start_time

PATIENCE = 20.0
"""Seconds until a test gives up on something that must happen."""

STAND_IN_JVM = (
    "import signal, time; print('stand-in up', flush=True); signal.sigwait({signal.SIGTERM})"
)


def wait_until(condition: Callable[[], Any], what: str, patience: float = PATIENCE) -> Any:
    """Waits for a condition to hold and returns its value."""
    deadline = time.monotonic() + patience
    while not (value := condition()):
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {patience} s: {what}")
        time.sleep(0.01)
    return value


def alive(pid: int) -> bool:
    """True while a process runs; a zombie does not."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] not in "ZX"


class TestingKeeper:
    """Starts a keeper in `directory`, says hello to it, sends requests and collects events."""

    __test__ = False

    def __init__(self, directory: Path, **config: Any) -> None:
        self.directory = directory
        self.events: list[dict[str, Any]] = []
        self.received: list[dict[str, Any]] = []
        self._answers: dict[int, dict] = {}
        self._next = 0
        self._received = b""
        self.config = {
            "dir": str(directory),
            "version": __version__,
            "jvm": {
                "argv": [sys.executable, "-I", "-S", "-c", STAND_IN_JVM],
                "env": dict(os.environ),
            },
            "zygote": None,
            "aot": None,
            **config,
        }
        self.outcome: dict = {}
        lock = os.open(directory / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(lock, fcntl.LOCK_EX)

        def run() -> None:
            self.outcome = run_keeper(self.config, lock)
            os.close(lock)

        self._starting = threading.Thread(target=run)
        self._starting.start()

    def hello(self) -> TestingKeeper:
        self.connect()
        self.pid = self.ask("hello", version=1)["pid"]
        self.start = start_time(self.pid)
        self.started()
        self.jvm = self.log("started")[-1]["jvm"]
        return self

    def started(self) -> dict:
        """Outcome of the start."""
        self._starting.join(PATIENCE)
        assert not self._starting.is_alive(), "the keeper does not tell its starter"
        return self.outcome

    def connect(self) -> None:
        path = str(self.directory / "keeper.sock")
        wait_until(lambda: self._try_connect(path) or not self._starting.is_alive(), "keeper.sock")

    def _try_connect(self, path: str) -> bool:
        sock = socket.socket(socket.AF_UNIX)
        try:
            sock.connect(path)
        except OSError:
            sock.close()
            return False
        self.sock = sock
        return True

    def send(self, op: str, **fields: Any) -> int:
        self._next += 1
        self.sock.sendall(json.dumps({"op": op, "id": self._next, **fields}).encode() + b"\n")
        return self._next

    def ask(self, op: str, **fields: Any) -> dict:
        """Sends a request and returns its answer."""
        return self.answer(self.send(op, **fields))

    def answer(self, number: int) -> dict:
        self._read_until(lambda: number in self._answers, f"answer {number}")
        return self._answers.pop(number)

    def event(self, kind: str, **fields: Any) -> dict:
        """Waits for an event with these fields and takes it out."""

        def matches(event: dict) -> bool:
            return event["event"] == kind and all(event[k] == v for k, v in fields.items())

        self._read_until(
            lambda: any(map(matches, self.events)), f"event {kind} {fields} in {self.events}"
        )
        found = next(filter(matches, self.events))
        self.events.remove(found)
        return found

    def _read_until(self, done: Callable[[], bool], what: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while not done():
            self.sock.settimeout(max(0.01, deadline - time.monotonic()))
            data = self.sock.recv(65536)
            assert data, f"the keeper closed the connection while waiting for {what}"
            *lines, self._received = (self._received + data).split(b"\n")
            for message in map(json.loads, lines):
                self.received.append(message)
                if "event" in message:
                    self.events.append(message)
                else:
                    self._answers[message["id"]] = message

    def spec(self, session: str, **fields: Any) -> dict:
        folder = self.directory / "sessions" / session
        return {
            "session": session,
            "lanes": [str(folder / "out"), str(folder / "err")],
            "env": {"PATH": os.environ["PATH"], "ODD": "caf\udce9"},
            "cwd": "/",
            "args": [],
            **fields,
        }

    def spawn(self, session: str, code: str, **fields: Any) -> int:
        """A fresh start of a worker that runs some Python code; returns its pid."""
        argv = [sys.executable, "-I", "-S", "-c", code]
        answer = self.ask("spawn", argv=argv, spec=self.spec(session, **fields))
        assert answer["ok"], answer
        return answer["pid"]

    def lane(self, session: str, name: str = "out") -> int:
        return os.open(self.directory / "sessions" / session / name, os.O_RDONLY | os.O_NONBLOCK)

    def log(self, event: str) -> list[dict]:
        lines = (self.directory / "keeper.log").read_text().splitlines()
        return [line for line in map(json.loads, lines) if line["event"] == event]

    def exit_json(self, session: str) -> dict:
        path = self.directory / "sessions" / session / "exit.json"
        wait_until(path.exists, f"{path}")
        return json.loads(path.read_text())

    def end(self) -> None:
        """Ends the keeper and waits until it and its children are gone."""
        self._starting.join(PATIENCE)
        if hasattr(self, "sock"):
            self.sock.close()
        for line in self.log("started"):
            for pid in (line["pid"], line["jvm"]):
                with suppress(ProcessLookupError):  # it ends by itself
                    os.kill(pid, signal.SIGTERM)
            wait_until(lambda line=line: not alive(line["pid"]), "end of the keeper")


def read_lane(
    keeper: TestingKeeper, session: str, name: str = "out", until: bytes = b"\n"
) -> bytes:
    """What a worker wrote to a lane, read until it holds `until`."""
    fd = keeper.lane(session, name)
    data = b""

    def enough() -> bool:
        nonlocal data
        try:
            data += os.read(fd, 65536)
        except BlockingIOError:
            pass
        return until in data

    wait_until(enough, f"{until!r} on lane {name}")
    os.close(fd)
    return data
