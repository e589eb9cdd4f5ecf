"""Uploads that the server does not take: too large, or too slow. Nothing of them is left."""

from __future__ import annotations

import http.client
import json
import select
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.served import Served, serving
from tests.support.v1 import Session
from tests.support.waiting import seconds

LARGEST = 100_000


@pytest.fixture(scope="module")
def server(root: Path) -> Iterator[Served]:
    """A server with low limits."""
    limits = (f"--max-body-size={LARGEST}", "--request-timeout=2")
    with serving(f"--root-dir={root}", *limits) as running:
        yield running


@pytest.fixture
def below(server: Served, root: Path, tmp_path: Path) -> Iterator[Session]:
    """A session in a folder of its own, in which there is a file."""
    (root / tmp_path.name).mkdir()
    session = Session.start(server, cwd=tmp_path.name)
    assert session.call("PUT", "/files/kept", b"x" * LARGEST).status == 201
    yield session
    assert session.value("__import__('os').listdir('.')") == ["kept"]
    assert session.value(f"open('kept').read() == 'x' * {LARGEST}")
    session.delete()


def put(session: Session, path: str, *headers: tuple[str, str]) -> http.client.HTTPConnection:
    """Begins an upload."""
    connection = session.server.connection()
    connection.putrequest("PUT", session.server.base + session.path(f"/files/{path}"))
    for header in (("Authorization", f"token {session.server.token}"), *headers):
        connection.putheader(*header)
    connection.endheaders()
    return connection


def refusal(connection: http.client.HTTPConnection) -> tuple[int, str]:
    """Status and message of the answer."""
    with connection.getresponse() as answer:
        return answer.status, json.loads(answer.read())["message"]


@pytest.mark.parametrize("path", ["kept", "new"])
def test_too_large(below: Session, path: str) -> None:
    for body in (b"y" * (LARGEST + 1), b"y" * 3_000_000):
        reply = below.call("PUT", f"/files/{path}", body)
        assert (reply.status, "--max-body-size" in reply.error()) == (413, True)
        connection = put(below, path, ("Transfer-Encoding", "chunked"))
        connection.send(b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body))
        status, message = refusal(connection)
        assert (status, "--max-body-size" in message) == (413, True)
        connection.close()


def test_who_asks_first_is_told_at_once(below: Session) -> None:
    length = ("Content-Length", str(LARGEST + 1))
    connection = put(below, "new", length, ("Expect", "100-continue"))
    status, message = refusal(connection)
    assert (status, "--max-body-size" in message) == (413, True)
    connection.close()


@pytest.mark.parametrize("pause", [0.2, 60])
@pytest.mark.parametrize("path", ["kept", "new"])
def test_too_slow(below: Session, path: str, pause: float) -> None:
    connection = put(below, path, ("Content-Length", str(LARGEST)))
    sock = connection.sock
    assert isinstance(sock, socket.socket)
    for _ in range(int(seconds(60) / pause)):
        sock.sendall(b"y")
        if select.select([sock], [], [], pause)[0]:
            break
    status, message = refusal(connection)
    assert (status, "bytes a second" in message) == (408, True)
    connection.close()
