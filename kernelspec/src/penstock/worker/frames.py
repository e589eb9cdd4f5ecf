"""The frame codec of the worker link, version 1 (``docs/worker-link.md``, "Frames").

Pure functions and one push decoder: bytes in, frames out, no I/O.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from enum import IntEnum
from typing import NamedTuple

#: A part of a frame: bytes, or a contiguous byte view of a buffer that is not copied.
Part = bytes | bytearray | memoryview

#: Bytes that may follow the length field.
MAX_LENGTH = 1 << 30

_LENGTH = struct.Struct(">I")
_HEAD = struct.Struct(">IBBHQQ")
_FIXED = _HEAD.size - _LENGTH.size


class FrameType(IntEnum):
    """Frame types of link version 1."""

    HELLO = 1
    WELCOME = 2
    REQUEST = 3
    REPLY = 4
    PUBLISH = 5
    INPUT_REQUEST = 6
    INPUT_REPLY = 7
    SHUTDOWN = 8
    SUBSHELL = 9
    SUBSHELL_DONE = 10
    CONTROL_SEEN = 11


#: What a worker may receive.
TO_WORKER = frozenset(
    {
        FrameType.WELCOME,
        FrameType.REQUEST,
        FrameType.INPUT_REPLY,
        FrameType.SHUTDOWN,
        FrameType.SUBSHELL,
        FrameType.CONTROL_SEEN,
    }
)
#: What the gateway may receive.
TO_GATEWAY = frozenset(
    {
        FrameType.HELLO,
        FrameType.REPLY,
        FrameType.PUBLISH,
        FrameType.INPUT_REQUEST,
        FrameType.SUBSHELL_DONE,
    }
)


class ProtocolError(Exception):
    """The peer broke the link's rules; the link ends."""


class Frame(NamedTuple):
    """One frame.

    ``number`` is the request number, with the shell's number from bit 40 on, and ``marker`` the
    lane marker; both are 0 when there is none.
    """

    type: FrameType
    flags: int
    number: int
    marker: int
    parts: Sequence[Part]

    @property
    def shell(self) -> int:
        """Number of the shell that the frame is about; 0 is the main shell."""
        return self.number >> 40


def encode_head(frame: Frame) -> bytes:
    """Length field, fixed fields and size table of ``frame``; its parts follow as they are.

    Raises ``ValueError`` when the frame is larger than the link carries.
    """
    sizes = [len(part) for part in frame.parts]
    length = _FIXED + 4 * len(sizes) + sum(sizes)
    if length > MAX_LENGTH or len(sizes) > 0xFFFF:
        raise ValueError(
            f"message of {length} bytes in {len(sizes)} parts is larger than the worker link"
            f" carries ({MAX_LENGTH} bytes, 65535 parts)"
        )
    head = _HEAD.pack(length, frame.type, frame.flags, len(sizes), frame.number, frame.marker)
    return head + struct.pack(f">{len(sizes)}I", *sizes)


def encode(frame: Frame) -> bytes:
    """The whole of ``frame`` as bytes."""
    return b"".join((encode_head(frame), *frame.parts))


class FrameDecoder:
    """Turns a byte stream into frames: push bytes with :meth:`feed`, then iterate.

    ``accept`` holds the types that may come from the peer; any other ends the link.
    """

    def __init__(self, accept: frozenset[FrameType]) -> None:
        self._accept = accept
        self._buffer = bytearray()

    def feed(self, data: bytes) -> None:
        """Add what was read from the peer."""
        self._buffer += data

    def frames(self) -> Iterator[Frame]:
        """The frames that are complete, in order. Raises :class:`ProtocolError`."""
        while (frame := self._next()) is not None:
            yield frame

    def _next(self) -> Frame | None:
        buffer = self._buffer
        if len(buffer) < _LENGTH.size:
            return None
        (length,) = _LENGTH.unpack_from(buffer)
        if not _FIXED <= length <= MAX_LENGTH:
            raise ProtocolError(f"frame length {length} is out of range")
        end = _LENGTH.size + length
        if len(buffer) < end:
            return None
        frame = self._parse(length)
        del buffer[:end]
        return frame

    def _parse(self, length: int) -> Frame:
        _, kind, flags, count, number, marker = _HEAD.unpack_from(self._buffer)
        if kind not in self._accept:
            raise ProtocolError(f"frame type {kind} is unknown or has the wrong direction")
        if _FIXED + 4 * count > length:
            raise ProtocolError(f"frame of {length} bytes cannot hold {count} parts")
        sizes = struct.unpack_from(f">{count}I", self._buffer, _HEAD.size)
        if _FIXED + 4 * count + sum(sizes) != length:
            raise ProtocolError("part sizes do not add up to the frame length")
        parts = []
        start = _HEAD.size + 4 * count
        with memoryview(self._buffer) as view:
            for size in sizes:
                parts.append(bytes(view[start : start + size]))
                start += size
        return Frame(FrameType(kind), flags, number, marker, parts)
