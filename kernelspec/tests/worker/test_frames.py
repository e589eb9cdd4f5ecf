"""The frame codec: round trips of random frames in random pieces, and malformed input."""

from __future__ import annotations

import random
import struct

import pytest

from penstock.worker.frames import (
    MAX_LENGTH,
    TO_GATEWAY,
    TO_WORKER,
    Frame,
    FrameDecoder,
    FrameType,
    ProtocolError,
    encode,
)

HEAD = struct.Struct(">IBBHQQ")


def _random_frame(source: random.Random) -> Frame:
    parts = [
        source.randbytes(source.choice([0, 1, 7, 300, 70000])) for _ in range(source.randrange(9))
    ]
    kind = source.choice(sorted(TO_GATEWAY))
    number, marker = source.getrandbits(64), source.getrandbits(64)
    return Frame(kind, source.randrange(256), number, marker, parts)


@pytest.mark.parametrize("seed", range(20))
def test_any_frames_in_any_pieces(seed: int) -> None:
    source = random.Random(seed)
    frames = [_random_frame(source) for _ in range(20)]
    data = b"".join(map(encode, frames))
    decoder = FrameDecoder(TO_GATEWAY)
    seen = []
    while data:
        size = source.choice([1, 3, 19, 5000, 100000])
        decoder.feed(data[:size])
        data = data[size:]
        seen += list(decoder.frames())
    assert seen == frames


@pytest.mark.parametrize("seed", range(200))
def test_any_bytes_give_frames_or_a_protocol_error(seed: int) -> None:
    source = random.Random(seed)
    data = bytearray(encode(_random_frame(source)))
    for _ in range(source.randrange(1, 6)):
        data[source.randrange(min(len(data), 60))] = source.randrange(256)
    decoder = FrameDecoder(TO_GATEWAY)
    decoder.feed(bytes(data))
    try:
        for frame in decoder.frames():
            assert isinstance(frame.type, FrameType)
    except ProtocolError:
        pass  # the declared one


@pytest.mark.parametrize(
    "data",
    [
        HEAD.pack(5, 3, 0, 0, 0, 0),
        HEAD.pack(MAX_LENGTH + 1, 3, 0, 0, 0, 0),
        HEAD.pack(20, 0, 0, 0, 0, 0),
        HEAD.pack(20, 99, 0, 0, 0, 0),
        HEAD.pack(20, FrameType.REPLY, 0, 0, 0, 0),
        HEAD.pack(20, 3, 0, 1, 0, 0),
        HEAD.pack(24, 3, 0, 1, 0, 0) + struct.pack(">I", 1),
        HEAD.pack(25, 3, 0, 1, 0, 0) + struct.pack(">I", 0) + b"x",
        HEAD.pack(24, 3, 0, 1, 0, 0) + struct.pack(">I", 0xFFFFFFFF),
    ],
)
def test_malformed_frames(data: bytes) -> None:
    decoder = FrameDecoder(TO_WORKER)
    decoder.feed(data)
    with pytest.raises(ProtocolError):
        list(decoder.frames())


def test_a_frame_that_is_too_large_is_not_made() -> None:
    class Huge(bytes):
        def __len__(self) -> int:
            return MAX_LENGTH

    with pytest.raises(ValueError, match="larger than the worker link"):
        encode(Frame(FrameType.PUBLISH, 0, 0, 0, [Huge()]))
