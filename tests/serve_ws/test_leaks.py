"""Ten thousand bad requests leave nothing: descriptors and threads are as before, to the last one.
Run with `-s` for the memory, whose figures are in docs/serve.md.
"""

from __future__ import annotations

import contextlib
import random
import re
import shutil
import socket
import struct
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import cycle
from pathlib import Path

import psutil
import pytest

from tests.serve_ws.client import Tab
from tests.serve_ws.server import TOKEN, Server
from tests.serve_ws.test_hostile import kinds
from tests.support.rfc6455 import TEXT, LostError, Wire, frame
from tests.support.waiting import eventually, seconds

REQUESTS = 10_000
WARM_UP = 1_000
KEPT_ALIVE = 50
"""Requests that go over one connection, where the server keeps it."""

JVM = re.compile(r"C[12] CompilerThre|GC Thread|G1 |VM |Sweeper|Common-Cleaner|Attach")
"""Threads that the JVM starts and ends as it likes: compilers and collectors."""

NOWHERE = "00000000-0000-0000-0000-000000000000"
CALLS = {
    404: ("GET", "/nowhere", ""),
    405: ("PUT", "/api/kernels", ""),
    403: ("GET", "/api/kernels", "Authorization: token wrong\r\n"),
    400: ("POST", "/api/sessions", "Content-Length: 3\r\n\r\n{{{"),
    500: ("POST", "/api/kernels", 'Content-Length: 16\r\n\r\n{"name": "none"}'),
}


@pytest.fixture(scope="module")
def patient(jupyter: Path) -> Iterator[Server]:
    """A server that does not wait long for the rest of a request."""
    folder = Path(tempfile.mkdtemp(prefix="pw-"))
    shared = Server(folder, "--request-timeout=2")
    yield shared
    shared.stop()
    shutil.rmtree(folder)


class Nuisance:
    """A client that does everything wrong."""

    def __init__(self, server: Server, kernel: str, seed: int) -> None:
        self.server, self.kernel = server, kernel
        self.dice = random.Random(seed)
        self.left: list[socket.socket] = []
        address, _, port = server.host.rpartition(":")
        self.address = (address, int(port))
        self.kinds: list[Callable[[], int]] = [
            *(self.calls, self.calls, self.refused, self.garbage),
            *(self.unfinished, self.reset, self.no_upgrade, self.noise),
        ]

    def annoy(self, count: int) -> None:
        """Sends so many requests, and leaves."""
        sent = 0
        for kind in cycle(self.kinds):
            sent += kind()
            if sent >= count:
                break
        for one in self.left:
            one.close()

    def connect(self) -> socket.socket:
        return socket.create_connection(self.address, seconds(20))

    def head(self, method: str, path: str, more: str) -> bytes:
        token = "" if "Authorization" in more else f"Authorization: token {TOKEN}\r\n"
        end = "" if "\r\n\r\n" in more else "\r\n"
        host = self.server.host
        return f"{method} {path} HTTP/1.1\r\nHost: {host}\r\n{token}{more}{end}".encode()

    def calls(self) -> int:
        """Errors of REST over one connection."""
        with self.connect() as tcp:
            answers = tcp.makefile("rb")
            for n in range(KEPT_ALIVE):
                status, call = list(CALLS.items())[n % len(CALLS)]
                tcp.sendall(self.head(*call))
                assert answers.readline().split()[1] == b"%d" % status
                length = 0
                while (line := answers.readline()) != b"\r\n":
                    if line.lower().startswith(b"content-length:"):
                        length = int(line.split(b":")[1])
                answers.read(length)
        return KEPT_ALIVE

    def refused(self) -> int:
        """Another Host, another origin, an unknown kernel."""
        path = f"/api/kernels/{NOWHERE}/channels"
        for more in ("Origin: http://evil.example\r\n", "Upgrade: websocket\r\n", ""):
            with self.connect() as tcp:
                tcp.sendall(self.head("GET", path, more + "Connection: close\r\n"))
                assert b" 40" in tcp.recv(1 << 16)
        return 3

    def garbage(self) -> int:
        """No HTTP at all, or headers without an end."""
        for data in (self.dice.randbytes(300), b"GET / HTTP/1.1\r\nX: " + b"x" * (80 << 10)):
            with self.connect() as tcp, contextlib.suppress(ConnectionError):
                tcp.sendall(data + b"\r\n\r\n")
                tcp.recv(1 << 16)
        return 2

    def unfinished(self) -> int:
        """Connections that are left open: a head or a body without its end, or nothing."""
        whole = self.head("POST", "/api/kernels", "Content-Length: 100\r\n\r\n{")
        tcp = self.connect()
        tcp.sendall(whole[: self.dice.randrange(len(whole) + 1)])
        self.left.append(tcp)
        return 1

    def reset(self) -> int:
        """Gone before the answer."""
        with self.connect() as tcp:
            tcp.sendall(self.head("GET", "/api/kernelspecs", ""))
            tcp.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        return 1

    def no_upgrade(self) -> int:
        """A handshake with something missing."""
        with self.connect() as tcp:
            more = "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 12\r\n"
            tcp.sendall(self.head("GET", f"/api/kernels/{self.kernel}/channels", more))
            assert b" 101 " not in tcp.recv(1 << 16)
        return 1

    def noise(self) -> int:
        """A WebSocket that breaks the protocol, or goes without a word."""
        with Wire(self.server.url, self.kernel, TOKEN) as wire, contextlib.suppress(LostError):
            assert wire.status == 101
            wire.send(frame(TEXT, b"{}") + self.dice.choice((b"", b"\xff\xff", frame(3))))
        return 1


def connected(process: psutil.Process) -> bool:
    """Whether clients are connected to it."""
    return any(one.status == psutil.CONN_ESTABLISHED for one in process.net_connections("tcp"))


def threads(pid: int) -> Counter[str]:
    """The process's threads by name, without those of the JVM's own."""
    names: Counter[str] = Counter()
    for task in Path(f"/proc/{pid}/task").iterdir():
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # ended while we look
            name = (task / "comm").read_text(encoding="utf-8").strip()
            if not JVM.match(name):
                names[re.sub(r"\d+", "", name)] += 1
    return names


def test_ten_thousand_bad_requests_leave_nothing(patient: Server) -> None:
    gateway = patient.gateway()
    with patient.kernel() as kernel:
        with Tab(patient, kernel) as tab:
            tab.run("pass")
        patient.connections(kernel, 0)
        eventually(lambda: not connected(gateway), 40, "no connection")
        fds = kinds(gateway)
        Nuisance(patient, kernel, 1).annoy(WARM_UP)  # pools have their size after that
        eventually(lambda: not kinds(gateway) - fds, 40, f"descriptors as before: {fds}")
        names, memory = threads(gateway.pid), gateway.memory_info().rss
        began = time.monotonic()
        Nuisance(patient, kernel, 2).annoy(REQUESTS)
        took = time.monotonic() - began
        with Tab(patient, kernel) as tab:
            assert tab.evaluate("6 * 7") == "42"
        patient.connections(kernel, 0)
        eventually(lambda: not kinds(gateway) - fds, 40, f"descriptors as before: {fds}")
        eventually(lambda: not threads(gateway.pid) - names, 60, f"threads as before: {names}")
        after = gateway.memory_info().rss
        print(f"{REQUESTS} bad requests in {took:.1f} s; memory {memory >> 20}", end=" ")
        print(f"-> {after >> 20} MiB, {fds.total()} descriptors, {names.total()} threads")


def instances(process: psutil.Process, jcmd: Path, package: str) -> Counter[str]:
    """Live objects of a package's classes in a JVM, after a collection."""
    told = subprocess.run(
        [jcmd, str(process.pid), "GC.class_histogram"],
        capture_output=True,
        text=True,
        check=True,
        timeout=seconds(60),
    )
    rows = (line.split() for line in told.stdout.splitlines())
    return Counter({row[3]: int(row[1]) for row in rows if len(row) > 3 and package in row[3]})


def test_a_kernel_that_lives_on_keeps_nothing_of_its_websockets(patient: Server) -> None:
    gateway = patient.gateway()
    jcmd = Path(gateway.exe()).with_name("jcmd")
    if not jcmd.exists():
        pytest.skip("this Java has no jcmd")
    kept = ("Feed", "ChannelsSocket", "Receipts", "RateLimiter")
    with patient.kernel() as kernel:
        for _ in range(100):
            with Wire(patient.url, kernel, TOKEN) as wire:
                assert wire.status == 101
        patient.connections(kernel, 0)

        def left() -> dict[str, int]:
            found = instances(gateway, jcmd, "dev.penstock.gateway.websocket.")
            named = {name.rpartition(".")[2]: count for name, count in found.items()}
            return {name: named[name] for name in kept if name in named}

        with Tab(patient, kernel) as tab:
            tab.run("pass")
            assert set(left()) == set(kept), "the names are right"
        # The pool's threads that wait may each have the last one that they served on their stacks.
        eventually(lambda: max(left().values(), default=0) < 10, 40, "the end of all but a few")
