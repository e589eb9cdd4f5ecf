"""RFC 6455 byte by byte, as the Autobahn test suite goes through it: what is allowed is served;
what is not ends its own connection with the code that the RFC names, and nobody else's.
"""

from __future__ import annotations

import json
import os
import random
from collections.abc import Iterator

import pytest

from tests.serve_ws.client import Tab
from tests.serve_ws.server import TOKEN, Server
from tests.support.rfc6455 import (
    BINARY,
    CLOSE,
    CONTINUATION,
    PING,
    PONG,
    TEXT,
    LostError,
    Wire,
    closing,
    frame,
)

PROTOCOL_ERROR, NOT_UTF8 = 1002, 1007
FUZZED = 300
SURROGATE = b"\xed\xa0\x80"
"""Half of a pair, as UTF-8 must not have it."""


@pytest.fixture(scope="module")
def kernel(server: Server) -> Iterator[str]:
    """A kernel for all of these tests."""
    with server.kernel() as fresh:
        yield fresh


@pytest.fixture
def neighbour(server: Server, kernel: str) -> Iterator[Tab]:
    """Another client of the same kernel, whom nothing of this concerns."""
    with Tab(server, kernel) as tab:
        yield tab


@pytest.fixture
def wire(server: Server, kernel: str, neighbour: Tab) -> Iterator[Wire]:
    """A fresh connection; at the end the neighbour is served as before."""
    with Wire(server.url, kernel, TOKEN) as opened:
        assert opened.status == 101
        yield opened
    assert neighbour.evaluate("6 * 7") == "42"


def request(kernel: str, code: str = "6 * 7") -> tuple[str, bytes]:
    """A cell, and its `msg_id`."""
    msg_id = os.urandom(8).hex()
    header = {
        "msg_id": msg_id,
        "session": "s",
        "username": "u",
        "version": "5.4",
        "date": "2026-01-01T00:00:00Z",
        "msg_type": "execute_request",
    }
    content = {"code": code, "silent": False, "user_expressions": {}, "allow_stdin": False}
    message = {"channel": "shell", "header": header, "parent_header": {}, "metadata": {}}
    return msg_id, json.dumps({**message, "content": content, "kernel": kernel}).encode()


def served(wire: Wire, msg_id: str, pongs: list[bytes] | None = None) -> bool:
    """Reads to the reply of a request; keeps what the pongs on the way carry."""
    while True:
        got = wire.next()
        if got.opcode == PING:
            wire.send(frame(PONG, got.payload))
        elif got.opcode == PONG and pongs is not None:
            pongs.append(got.payload)
        elif got.opcode == TEXT:
            message = json.loads(got.payload)
            mine = message["parent_header"].get("msg_id") == msg_id
            if mine and message["msg_type"] == "execute_reply":
                return bool(message["content"]["status"] == "ok")


def test_a_message_in_one_frame(wire: Wire, kernel: str) -> None:
    msg_id, data = request(kernel)
    wire.send(frame(TEXT, data))
    assert served(wire, msg_id)


@pytest.mark.parametrize("wide", [16, 64])
def test_lengths_that_are_wider_than_they_need(wire: Wire, kernel: str, wide: int) -> None:
    msg_id, data = request(kernel)
    wire.send(frame(TEXT, data, wide=wide))
    assert served(wire, msg_id)


@pytest.mark.parametrize("size", [125, 126, 127, 65_535, 65_536, 65_537, 1 << 20])
def test_lengths_of_each_kind(wire: Wire, size: int) -> None:
    wire.send(frame(BINARY, bytes(size)))  # no message of ours: it is dropped
    if size <= 125:
        wire.send(frame(PING, bytes(size)))
        while wire.until(PONG).payload != bytes(size):
            pass
    else:
        wire.send(frame(PING, b"after"))
        assert wire.until(PONG).payload == b"after"


def test_byte_by_byte(wire: Wire, kernel: str) -> None:
    msg_id, data = request(kernel)
    for byte in frame(PING, b"slow") + frame(TEXT, data):
        wire.send(bytes([byte]))
    pongs: list[bytes] = []
    assert served(wire, msg_id, pongs)
    assert b"slow" in pongs or wire.until(PONG).payload == b"slow"


def test_many_frames_in_one_packet(wire: Wire, kernel: str) -> None:
    cells = [request(kernel) for _ in range(20)]
    wire.send(b"".join(frame(PING, b"x") + frame(TEXT, data) for _, data in cells))
    assert all(served(wire, msg_id) for msg_id, _ in cells)


@pytest.mark.parametrize("size", [1, 7, 100])
def test_fragments_with_pings_in_between(wire: Wire, kernel: str, size: int) -> None:
    msg_id, data = request(kernel)
    pieces = [data[at : at + size] for at in range(0, len(data), size)]
    asked = []
    for n, piece in enumerate(pieces):
        opcode = CONTINUATION if n else TEXT
        wire.send(frame(opcode, piece, fin=n == len(pieces) - 1))
        if n % 10 == 0:
            asked.append(b"%d" % n)
            wire.send(frame(PING, asked[-1]) + frame(PONG, b"nobody asked"))
    wire.send(frame(PING, b"last"))
    pongs: list[bytes] = []  # among the messages in any place
    assert served(wire, msg_id, pongs)
    while b"last" not in pongs:
        pongs.append(wire.until(PONG).payload)
    assert pongs == [*asked, b"last"]


def test_empty_fragments(wire: Wire, kernel: str) -> None:
    msg_id, data = request(kernel)
    wire.send(frame(TEXT, fin=False) + frame(CONTINUATION, fin=False) * 50)
    wire.send(frame(CONTINUATION, data, fin=False) + frame(CONTINUATION))
    assert served(wire, msg_id)


def test_a_character_in_two_fragments(wire: Wire, kernel: str) -> None:
    msg_id, data = request(kernel, "len('äöü€😀')")
    at = data.index(b"\\u")
    data = data.replace(data[at : data.index(b"')", at)], "äöü€😀".encode())
    middle = data.index("😀".encode()) + 2
    wire.send(frame(TEXT, data[:middle], fin=False) + frame(CONTINUATION, data[middle:]))
    assert served(wire, msg_id)


@pytest.mark.parametrize("payload", [b"", b"x", bytes(125)])
def test_pings_are_answered_with_what_they_carry(wire: Wire, payload: bytes) -> None:
    wire.send(frame(PING, payload))
    while wire.until(PONG).payload != payload:
        pass


@pytest.mark.parametrize("payload", [b"", b"x", bytes(8), b"\xff" * 8, bytes(125)])
def test_pongs_that_nobody_asked_for(wire: Wire, kernel: str, payload: bytes) -> None:
    wire.send(frame(PONG, payload))
    msg_id, data = request(kernel)
    wire.send(frame(TEXT, data))
    assert served(wire, msg_id)


WRONG = {
    **{f"opcode {n}": frame(n) for n in (3, 4, 5, 6, 7, 11, 12, 13, 14, 15)},
    **{f"reserved bits {n}": frame(TEXT, b"x", reserved=n) for n in range(1, 8)},
    "reserved bits of a control frame": frame(PING, b"x", reserved=4),
    "a ping of 126 bytes": frame(PING, bytes(126)),
    "a ping of 64 KiB": frame(PING, bytes(1 << 16)),
    "a pong of 126 bytes": frame(PONG, bytes(126)),
    "a close of 126 bytes": frame(CLOSE, b"\x03\xe8" + bytes(124)),
    "a ping in fragments": frame(PING, b"x", fin=False),
    "a close in fragments": frame(CLOSE, b"", fin=False),
    "a frame without a mask": frame(TEXT, b"{}", masked=False),
    "a ping without a mask": frame(PING, b"x", masked=False),
    "a continuation of nothing": frame(CONTINUATION, b"x"),
    "a last continuation of nothing": frame(CONTINUATION, b"x", fin=False),
    "a message within another": frame(TEXT, b"x", fin=False) + frame(TEXT, b"x"),
    "bytes within a text": frame(TEXT, b"x", fin=False) + frame(BINARY, b"x"),
    "a continuation after the end": frame(TEXT, b"{}") + frame(CONTINUATION, b"x"),
    "a close of one byte": frame(CLOSE, b"\x03"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_the_protocol_forbids(wire: Wire, name: str) -> None:
    wire.send(WRONG[name])
    assert wire.closed() == PROTOCOL_ERROR


@pytest.mark.parametrize("length", [1 << 31, 1 << 32, 1 << 40, (1 << 63) - 1, 1 << 63])
def test_a_length_of_many_gigabytes_is_not_waited_for(wire: Wire, length: int) -> None:
    wire.send(frame(BINARY, b"x", length=length, wide=64))
    assert wire.closed() == 1009


BAD_TEXT = {
    "a lone continuation": b"\x80",
    "a byte of no character": b"x\xff",
    "overlong": b"\xc0\xaf",
    "overlong of three": b"\xe0\x80\xaf",
    "a surrogate": SURROGATE,
    "beyond unicode": b"\xf4\x90\x80\x80",
    "cut off": "{}€".encode()[:-1],
}


@pytest.mark.parametrize("name", BAD_TEXT)
@pytest.mark.parametrize("fragments", [1, 2])
def test_text_that_is_no_utf8(wire: Wire, name: str, fragments: int) -> None:
    data = BAD_TEXT[name]
    if fragments == 1:
        wire.send(frame(TEXT, data))
    else:
        wire.send(frame(TEXT, b'{"a":1}' + data[:1], fin=False))
        wire.send(frame(CONTINUATION, data[1:]))
    assert wire.closed() == NOT_UTF8


@pytest.mark.parametrize("code", [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 4999])
def test_close_codes_that_may_be_sent(wire: Wire, code: int) -> None:
    wire.send(closing(code, b"goodbye"))
    assert wire.closed() == code


def test_a_close_without_a_code(wire: Wire) -> None:
    wire.send(closing(None))
    assert wire.closed() in (1000, 1005)


@pytest.mark.parametrize("code", [0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000])
def test_close_codes_that_may_not(wire: Wire, code: int) -> None:
    wire.send(closing(code))
    assert wire.closed() == PROTOCOL_ERROR


def test_a_close_whose_reason_is_no_utf8(wire: Wire) -> None:
    wire.send(closing(1000, b"\xff"))
    assert wire.closed() in (PROTOCOL_ERROR, NOT_UTF8)


def test_nothing_counts_after_a_close(wire: Wire, kernel: str) -> None:
    _, data = request(kernel, "open('not-to-be', 'w')")
    wire.send(closing(1000) + frame(TEXT, data) + frame(PING, b"late"))
    assert wire.closed() == 1000
    with pytest.raises(LostError):
        wire.next()


def test_a_close_in_the_middle_of_a_message(wire: Wire, kernel: str) -> None:
    _, data = request(kernel)
    wire.send(frame(TEXT, data[:20], fin=False) + closing(1001))
    assert wire.closed() == 1001


def noise(dice: random.Random, good: bytes) -> bytes:
    """Frames with something wrong in them somewhere, or nearly."""
    broken = bytearray(frame(dice.choice((TEXT, BINARY, PING)), good[: dice.randrange(400)]))
    for _ in range(dice.randrange(1, 4)):
        broken[dice.randrange(min(16, len(broken)))] = dice.randrange(256)
    return bytes(broken) + dice.randbytes(dice.randrange(40))


def test_noise(server: Server, kernel: str, neighbour: Tab) -> None:
    dice = random.Random(20_261_121)
    _, good = request(kernel)
    codes: dict[int | None, int] = {}
    for _ in range(FUZZED):
        with Wire(server.url, kernel, TOKEN) as wire:
            assert wire.status == 101
            wire.send(noise(dice, good) + closing(1000))
            wire.tcp.shutdown(1)  # what it waits for will not come
            code = wire.closed()
            codes[code] = codes.get(code, 0) + 1
    assert set(codes) <= {None, 1000, 1001, 1002, 1006, 1007, 1009}, codes
    assert neighbour.evaluate("6 * 7") == "42"
    server.connections(kernel, 1)
