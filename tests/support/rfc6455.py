"""A WebSocket of bytes (RFC 6455), to send what no library sends."""

from __future__ import annotations

import os
import socket
import struct
import zlib
from dataclasses import dataclass

from tests.support.waiting import seconds

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10
TAIL = b"\0\0\xff\xff"
"""What permessage-deflate leaves out at the end of a message (RFC 7692, 7.2.1)."""


def frame(
    opcode: int,
    payload: bytes = b"",
    *,
    fin: bool = True,
    reserved: int = 0,
    masked: bool = True,
    length: int | None = None,
    wide: int | None = None,
) -> bytes:
    """A frame. `reserved`: three bits; `length`: what it says of its length; `wide`: how many bits
    that has (7, 16, 64), whatever the length needs.
    """
    said = len(payload) if length is None else length
    width = wide or (7 if said < 126 else 16 if said < 1 << 16 else 64)
    mark = {7: said, 16: 126, 64: 127}[width] | (0x80 if masked else 0)
    head = struct.pack(">BB", (0x80 if fin else 0) | reserved << 4 | opcode, mark)
    head += {7: b"", 16: struct.pack(">H", said & 0xFFFF), 64: struct.pack(">Q", said)}[width]
    if not masked:
        return head + payload
    key = os.urandom(4)
    return head + key + bytes(b ^ key[i & 3] for i, b in enumerate(payload))


def closing(code: int | None, reason: bytes = b"") -> bytes:
    """A close frame."""
    return frame(CLOSE, b"" if code is None else struct.pack(">H", code) + reason)


@dataclass(frozen=True)
class Frame:
    """A frame of the server."""

    opcode: int
    payload: bytes
    fin: bool = True
    reserved: int = 0


class LostError(Exception):
    """The connection is over, without a close frame."""


class Wire:
    """A TCP connection that was upgraded to a kernel's WebSocket."""

    def __init__(self, url: str, kernel: str, token: str, *headers: str, query: str = "") -> None:
        host = url.split("/")[2]
        address, _, port = host.rpartition(":")
        self.tcp = socket.create_connection((address, int(port)), seconds(20))
        self.tcp.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        lines = [
            f"GET /api/kernels/{kernel}/channels{query} HTTP/1.1",
            f"Host: {host}",
            f"Authorization: token {token}",
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: c2l4dGVlbiBieXRlcyEhIQ==",
            *headers,
        ]
        self.tcp.sendall("\r\n".join([*lines, "", ""]).encode())
        self._got = b""
        head = self._until(b"\r\n\r\n").decode().split("\r\n")
        self.status = int(head[0].split()[1])
        self.headers = {
            name.lower(): value.strip()
            for name, _, value in (line.partition(":") for line in head[1:])
        }
        self._inflate = zlib.decompressobj(-15)
        self._deflate = zlib.compressobj(wbits=-15)

    def __enter__(self) -> Wire:
        return self

    def __exit__(self, *_: object) -> None:
        self.tcp.close()

    def send(self, data: bytes) -> None:
        """Sends bytes as they are."""
        self.tcp.sendall(data)

    def deflated(self, opcode: int, payload: bytes) -> bytes:
        """A compressed message in one frame (RFC 7692)."""
        data = self._deflate.compress(payload) + self._deflate.flush(zlib.Z_SYNC_FLUSH)
        return frame(opcode, data.removesuffix(TAIL), reserved=4)

    def inflated(self, got: Frame) -> bytes:
        """What is in a frame that may be compressed; in the order that they came."""
        return self._inflate.decompress(got.payload + TAIL) if got.reserved & 4 else got.payload

    def next(self) -> Frame:
        """The server's next frame."""
        first, second = self._take(2)
        assert not second & 0x80, "servers do not mask"
        length = second & 0x7F
        if length >= 126:
            length = int.from_bytes(self._take(2 if length == 126 else 8), "big")
        return Frame(first & 15, self._take(length), bool(first & 0x80), first >> 4 & 7)

    def until(self, opcode: int) -> Frame:
        """The next frame of this kind."""
        while True:
            found = self.next()
            if found.opcode == opcode:
                return found

    def closed(self) -> int | None:
        """Reads to the end; the code in the server's close frame, None for an end without one."""
        try:
            payload = self.until(CLOSE).payload
        except LostError:
            return None
        return int.from_bytes(payload[:2], "big") if payload else 1005

    def _take(self, count: int) -> bytes:
        while len(self._got) < count:
            self._read()
        taken, self._got = self._got[:count], self._got[count:]
        return taken

    def _until(self, mark: bytes) -> bytes:
        while mark not in self._got:
            self._read()
        taken, _, self._got = self._got.partition(mark)
        return taken

    def _read(self) -> None:
        try:
            data = self.tcp.recv(1 << 16)
        except ConnectionError as error:
            raise LostError from error
        if not data:
            raise LostError
        self._got += data
