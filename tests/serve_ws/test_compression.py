"""permessage-deflate (RFC 7692): for those who offer it, and only for them."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator

import pytest

from tests.serve_ws import frames
from tests.serve_ws.client import Tab
from tests.serve_ws.server import TOKEN, Server
from tests.support import rfc6455
from tests.support.rfc6455 import BINARY, PING, TEXT, Wire

OFFER = "Sec-WebSocket-Extensions: permessage-deflate"
TEXT_SIZE = 200_000
BOMB = 300 << 20
"""More than a message may have; a thousandth of it when it is compressed."""

MESSAGE_TOO_BIG = 1009


@pytest.fixture
def wire(server: Server, kernel: str) -> Iterator[Wire]:
    """A connection over which compression was agreed on."""
    with Wire(server.url, kernel, TOKEN, OFFER) as opened:
        assert opened.status == 101
        assert opened.headers["sec-websocket-extensions"].startswith("permessage-deflate")
        yield opened


def request(server: Server, kernel: str, code: str) -> bytes:
    """A cell as the protocol without a name has it."""
    with Tab(server, kernel, protocol=None) as tab:
        content = {"code": code, "silent": False}
        return json.dumps(tab.message("execute_request", content)).encode()


def outputs(wire: Wire) -> tuple[str, int, int]:
    """What a cell writes to stdout; how many of the frames were compressed, and their bytes."""
    said, compressed, size = "", 0, 0
    while True:
        frame = wire.next()
        if frame.opcode == PING:
            wire.send(rfc6455.frame(rfc6455.PONG, frame.payload))
            continue
        assert frame.fin
        compressed += bool(frame.reserved)
        size += len(frame.payload)
        message = json.loads(wire.inflated(frame))
        if message["msg_type"] == "stream":
            said += message["content"]["text"]
        if message["content"].get("execution_state") == "idle":
            return said, compressed, size


def test_both_ways(server: Server, kernel: str, wire: Wire) -> None:
    for name in ("a", "b"):  # the second one builds on the first one's window
        wire.send(wire.deflated(TEXT, request(server, kernel, f"print({name!r} * {TEXT_SIZE})")))
        said, compressed, size = outputs(wire)
        assert said == name * TEXT_SIZE + "\n"
        assert compressed
        assert size < TEXT_SIZE // 10


def test_frames_that_are_not_compressed_are_read_too(
    server: Server, kernel: str, wire: Wire
) -> None:
    wire.send(rfc6455.frame(TEXT, request(server, kernel, "print(6 * 7)")))
    assert outputs(wire)[0] == "42\n"


@pytest.mark.parametrize(
    "parameter",
    ["client_no_context_takeover", "server_no_context_takeover", "client_max_window_bits"],
)
def test_parameters_of_the_offer(server: Server, kernel: str, parameter: str) -> None:
    with Wire(server.url, kernel, TOKEN, f"{OFFER}; {parameter}") as wire:
        assert wire.status == 101
        wire.send(rfc6455.frame(TEXT, request(server, kernel, "print(6 * 7)")))
        said = outputs(wire)[0]
    assert said == "42\n"


@pytest.mark.parametrize("offer", ["", "Sec-WebSocket-Extensions: x-of-nobody"])
def test_who_does_not_offer_it_gets_none(server: Server, kernel: str, offer: str) -> None:
    with Wire(server.url, kernel, TOKEN, *([offer] if offer else [])) as wire:
        assert wire.status == 101
        assert "sec-websocket-extensions" not in wire.headers
        wire.send(rfc6455.frame(TEXT, request(server, kernel, f"print('a' * {TEXT_SIZE})")))
        said, compressed, size = outputs(wire)
        assert said == "a" * TEXT_SIZE + "\n"
        assert not compressed
        assert size > TEXT_SIZE


def test_v1_is_compressed_too(server: Server, kernel: str) -> None:
    named = f"Sec-WebSocket-Protocol: {frames.V1}"
    with (
        Wire(server.url, kernel, TOKEN, OFFER, named) as wire,
        Tab(server, kernel) as tab,
    ):
        assert wire.headers["sec-websocket-protocol"] == frames.V1
        content = {"code": f"print('a' * {TEXT_SIZE})", "silent": False}
        cell = frames.encode(frames.V1, tab.message("execute_request", content))
        assert isinstance(cell, bytes)
        wire.send(wire.deflated(BINARY, cell))
        while True:
            got = wire.next()
            if got.opcode == BINARY and b'"text"' in (part := wire.inflated(got)):
                break
        message = frames.decode(frames.V1, part)
        assert message["content"]["text"].startswith("aaaa")


def test_a_bomb_ends_its_own_connection_only(server: Server, kernel: str, wire: Wire) -> None:
    packer = zlib.compressobj(wbits=-15)
    block = bytes(1 << 20)
    packed = b"".join(packer.compress(block) for _ in range(BOMB >> 20))
    packed += packer.flush(zlib.Z_SYNC_FLUSH)
    assert len(packed) < BOMB // 500
    with Tab(server, kernel) as tab:
        wire.send(rfc6455.frame(BINARY, packed.removesuffix(rfc6455.TAIL), reserved=4))
        assert wire.closed() == MESSAGE_TOO_BIG
        assert tab.evaluate("6 * 7") == "42"


def test_what_cannot_be_inflated_ends_its_own_connection_only(
    server: Server, kernel: str, wire: Wire
) -> None:
    with Tab(server, kernel) as tab:
        wire.send(rfc6455.frame(TEXT, b"\xff" * 50, reserved=4))
        assert wire.closed() in (1002, 1007, None)
        assert tab.evaluate("6 * 7") == "42"
