"""Limits of what one client may ask for: each is told in words, and others go on."""

from __future__ import annotations

import contextlib
import http.client
import json
import shutil
import socket
import tempfile
import threading
import urllib.error
from collections.abc import Iterator
from pathlib import Path

import pytest
import websocket

from tests.serve_ws.client import Tab
from tests.serve_ws.server import TOKEN, Server
from tests.support.rfc6455 import CONTINUATION, TEXT, Wire, frame
from tests.support.waiting import eventually, seconds

MESSAGE = 1 << 20
BODY = 100_000
CONNECTIONS = 12
AUTHORIZED = {"Authorization": f"token {TOKEN}"}


@pytest.fixture(scope="module")
def small(jupyter: Path) -> Iterator[Server]:
    """A server with low limits and short times."""
    folder = Path(tempfile.mkdtemp(prefix="pw-"))
    options = {
        "max-message-size": MESSAGE,
        "max-body-size": BODY,
        "max-connections": CONNECTIONS,
        "request-timeout": 2,
        "websocket-ping-interval": 3,
    }
    shared = Server(folder, *(f"--{name}={value}" for name, value in options.items()))
    yield shared
    shared.stop()
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def kernel(small: Server) -> Iterator[str]:
    """A kernel for all of these tests."""
    with small.kernel() as fresh:
        yield fresh


def connect(server: Server) -> socket.socket:
    """A TCP connection without a word."""
    address, _, port = server.host.rpartition(":")
    return socket.create_connection((address, int(port)), seconds(20))


def test_a_message_that_is_too_long(small: Server, kernel: str) -> None:
    with Tab(small, kernel) as tab:
        for size, fragments in ((MESSAGE + 1, 1), (MESSAGE // 2, 3)):
            with Wire(small.url, kernel, TOKEN) as wire:
                for n in range(fragments):
                    opcode = CONTINUATION if n else TEXT
                    with contextlib.suppress(ConnectionError):  # it does not read to the end
                        wire.send(frame(opcode, b" " * size, fin=n == fragments - 1))
                assert wire.closed() == 1009
        assert tab.evaluate("6 * 7") == "42"


def test_a_message_that_just_fits(small: Server, kernel: str) -> None:
    with Tab(small, kernel, protocol=None) as tab:
        message = tab.message("execute_request", {"code": "6 * 7", "silent": False})
        room = MESSAGE - len(json.dumps({**message, "metadata": {"x": ""}}))
        tab.send_frame(json.dumps({**message, "metadata": {"x": "x" * room}}))
        found = tab.results(message["header"]["msg_id"])
        assert [m for m in found if m["header"]["msg_type"] == "execute_result"]


def test_a_body_that_is_too_long(small: Server) -> None:
    with pytest.raises(urllib.error.HTTPError) as refusal:
        small.call("POST", "api/kernels", {"name": "x" * BODY})
    assert refusal.value.code == 413
    assert b"--max-body-size" in refusal.value.read()


def test_too_many_connections_are_told(small: Server, kernel: str) -> None:
    with contextlib.ExitStack() as open_ones:
        tab = open_ones.enter_context(Tab(small, kernel))

        def fill() -> None:
            """Comes in until there is no room; a connection that has just left may give some."""
            for _ in range(CONNECTIONS + 1):
                open_ones.enter_context(Tab(small, kernel))

        def call() -> tuple[http.client.HTTPResponse, bytes] | None:
            """A refused call, once there is no room."""
            with pytest.raises(websocket.WebSocketBadStatusException, match="503"):
                fill()
            address, _, port = small.host.rpartition(":")
            connection = http.client.HTTPConnection(address, int(port), timeout=seconds(20))
            with contextlib.closing(connection):
                connection.request("GET", "/api/kernels", headers=AUTHORIZED)
                answer = connection.getresponse()
                return (answer, answer.read()) if answer.status == 503 else None

        refused = eventually(call, 20, "a call is refused")
        assert refused
        answer, said = refused
        assert answer.headers["Connection"] == "close"
        body = json.loads(said)
        assert f"takes {CONNECTIONS} (--max-connections)" in body["message"]
        assert body["reason"] == "Service Unavailable"
        assert tab.evaluate("6 * 7") == "42", "who is in stays in"
    eventually(lambda: answers(small), 20, "others come in again")


def answers(server: Server) -> bool:
    """Whether a call is answered."""
    with contextlib.suppress(urllib.error.HTTPError, ConnectionError):
        server.call("GET", "api/kernels")
        return True
    return False


def test_far_too_many_connections_are_closed(small: Server) -> None:
    with contextlib.ExitStack() as open_ones:
        silent = [open_ones.enter_context(connect(small)) for _ in range(CONNECTIONS + 100)]
        assert silent[-1].recv(1) == b"", "closed at once"
        for one in silent[:CONNECTIONS]:
            assert one.recv(1000) == b"", "closed when its time is over"
    eventually(lambda: answers(small), 20, "others come in again")


def drip(tcp: socket.socket, over: threading.Event, stop: threading.Event) -> None:
    """Sends a byte of a header now and then."""
    with contextlib.suppress(OSError):
        while not stop.wait(0.1):
            tcp.sendall(b"x")
    over.set()


@pytest.mark.parametrize("sent", [b"", b"GET /api HTTP/1.1\r\n", b"GET /api HTTP/1.1\r\nX-Slow: "])
def test_headers_that_come_byte_by_byte(small: Server, sent: bytes) -> None:
    over, stop = threading.Event(), threading.Event()
    with connect(small) as tcp:
        tcp.sendall(sent)
        dripping = threading.Thread(target=drip, args=(tcp, over, stop))
        dripping.start()
        try:
            assert over.wait(seconds(20)), "the connection stays for ever"
        finally:
            stop.set()
            dripping.join()


def test_a_body_that_comes_byte_by_byte(small: Server) -> None:
    with connect(small) as tcp:
        head = f"POST /api/kernels HTTP/1.1\r\nHost: {small.host}\r\nAuthorization: token {TOKEN}"
        tcp.sendall(f"{head}\r\nContent-Length: 50000\r\n\r\n".encode())
        over, stop = threading.Event(), threading.Event()
        dripping = threading.Thread(target=drip, args=(tcp, over, stop))
        dripping.start()
        try:
            tcp.settimeout(seconds(20))
            answer = tcp.recv(10_000)
        finally:
            stop.set()
            dripping.join()
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b"less than 1024 bytes a second" in answer


def test_an_idle_connection_is_closed_and_a_new_one_serves(small: Server) -> None:
    address, _, port = small.host.rpartition(":")
    connection = http.client.HTTPConnection(address, int(port), timeout=seconds(20))
    with contextlib.closing(connection):
        for _ in range(3):  # kept alive in between
            connection.request("GET", "/api/kernels", headers=AUTHORIZED)
            assert connection.getresponse().read()
        assert connection.sock.recv(1) == b""


def test_a_call_may_take_longer_than_its_headers(small: Server) -> None:
    code = "import time; time.sleep(5)"
    with small.kernel() as busy, Tab(small, busy) as tab:
        cell = tab.execute(code)
        follow = f"api/kernels/{busy}/log?follow=1&parent={cell}&limit=4"
        address, _, port = small.host.rpartition(":")
        connection = http.client.HTTPConnection(address, int(port), timeout=seconds(20))
        with contextlib.closing(connection):
            accept = {**AUTHORIZED, "Accept": "application/x-ndjson"}
            connection.request("GET", f"/{follow}", headers=accept)
            lines = [line for line in connection.getresponse().read().splitlines() if line]
        assert len(lines) == 4, lines


def test_a_client_that_vanished_is_let_go(small: Server, kernel: str) -> None:
    small.connections(kernel, 0)
    with Tab(small, kernel) as tab, Wire(small.url, kernel, TOKEN) as vanished:
        assert vanished.status == 101
        small.connections(kernel, 2)
        # No FIN, no RST, no pong: as from a machine that lost its network.
        left = threading.Event()

        def reading() -> None:
            with contextlib.suppress(Exception):
                while not left.is_set():
                    tab.next()

        answering = threading.Thread(target=reading)
        answering.start()
        try:
            small.connections(kernel, 1)
        finally:
            left.set()
            tab.execute("pass")  # wakes the reader
            answering.join(seconds(20))
        assert vanished.closed() is None
    small.connections(kernel, 0)
