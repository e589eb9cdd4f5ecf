"""`penstock.client`: large files up and down, and sessions that are asked for twice."""

from __future__ import annotations

import io
import random
import tempfile
from pathlib import Path
from typing import Any

import pytest

from penstock.client import RefusedError, UnreachableError
from tests.support.cutting import cutting
from tests.support.served import Served
from tests.v1.test_python_client import Make, client, make, mine, portal

__all__ = ["client", "make", "mine", "portal"]  # fixtures
CONTENT = random.Random(3).randbytes(3 << 20)


class Pipe(io.RawIOBase):
    """What can be read once, or only be written."""

    def __init__(self, content: bytes = b"") -> None:
        self._content = io.BytesIO(content)
        self.written = bytearray()

    def readable(self) -> bool:
        return True

    def writable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        return self._content.readinto(buffer)

    def write(self, piece: Any) -> int:
        self.written += piece
        return len(piece)


def test_up_and_down(mine: Any, tmp_path: Path) -> None:
    here, back = tmp_path / "here", tmp_path / "back"
    here.write_bytes(CONTENT)
    mine.upload_file("ü #?.bin", here)
    mine.download_file("ü #?.bin", back)
    assert back.read_bytes() == CONTENT == mine.read_file("ü #?.bin")
    with here.open("rb") as opened, back.open("wb") as sink:
        opened.seek(1 << 20)
        mine.upload_file("part", opened)
        sink.write(b"before ")
        mine.download_file("part", sink)
        assert not opened.closed
        assert not sink.closed
    assert back.read_bytes() == b"before " + CONTENT[1 << 20 :]
    pipe = Pipe()
    mine.upload_file("once", Pipe(b"once"))
    mine.download_file("once", pipe)
    assert bytes(pipe.written) == b"once"
    mine.upload_file("empty", io.BytesIO())
    assert mine.read_file("empty") == b""


def test_what_fails_leaves_nothing(mine: Any, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.write_bytes(b"kept")
    with pytest.raises(RefusedError) as refused:
        mine.download_file("nothing", str(kept))
    assert refused.value.status == 404
    with pytest.raises(FileNotFoundError):
        mine.upload_file("new", tmp_path / "nothing")
    mine.write_file("file", b"1")
    with pytest.raises(FileNotFoundError):
        mine.download_file("file", tmp_path / "no folder" / "file")
    assert kept.read_bytes() == b"kept"
    assert list(tmp_path.iterdir()) == [kept]


def test_one_that_is_cut_begins_anew(server: Served, make: Make, tmp_path: Path) -> None:
    with cutting(server.port, lambda number: 1 << 20 if number < 4 else None) as way:
        with make(way.url, server.token) as made, made.start_session() as session:
            session.upload_file("cut", io.BytesIO(CONTENT))
            session.download_file("cut", tmp_path / "cut")
            assert (tmp_path / "cut").read_bytes() == CONTENT
            with tempfile.TemporaryFile() as sink:
                session.download_file("cut", sink)
                sink.seek(0)
                assert sink.read() == CONTENT
        assert way.connections > 2
    with (
        cutting(server.port, lambda _: 1 << 20) as way,
        make(way.url, server.token) as made,
        made.start_session() as session,
    ):
        session.write_file("cut", CONTENT)
        with pytest.raises(UnreachableError):
            session.download_file("cut", Pipe())


def test_a_session_is_started_once(server: Served, make: Make, client: Any) -> None:
    before = {told["id"] for told in client.sessions()}
    # The first answers bring the client's patience.
    with (
        cutting(server.port, lambda number: None if number else 4000) as way,
        make(way.url, server.token, patience=60) as made,
    ):
        while way.connections < 2:
            made.sessions()
        lost = [b"503 Service Unavailable"]
        way.instead = lambda: lost.pop() if lost else None
        with made.start_session() as session:
            assert {told["id"] for told in client.sessions()} - before == {session.id}
    with client.start_session(key=f"key of {session.id}") as first:
        assert client.start_session(key=f"key of {session.id}").id == first.id
