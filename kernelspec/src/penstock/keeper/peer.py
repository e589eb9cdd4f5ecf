"""One JSON object per line over a stream, with bounded buffers in both directions."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Callable

from .loop import READ, WRITE, Loop

TYPE_CHECKING = False  # typing itself is not imported: it would cost more than all of this module
if TYPE_CHECKING:
    from typing import Any

MAX_LINE = 32 * 1024 * 1024
"""Longest line that is accepted, in bytes. The longest real one is a spec with a whole environment.
"""

MAX_UNSENT = 32 * 1024 * 1024
"""A peer that has this many bytes not yet read is cut off: it hangs, and the keeper must not grow
with it.
"""


class LinePeer:
    """A connected stream socket that carries one JSON object per line. It owns the socket.

    `on_message` gets each object, `on_close` is called once, when the other side is gone or broke
    the protocol, with the reason ("" for a plain end of file); not when `close` is called here.
    """

    def __init__(
        self,
        loop: Loop,
        sock: socket.socket,
        on_message: Callable[[dict[str, Any]], None],
        on_close: Callable[[str], None],
    ) -> None:
        sock.setblocking(False)
        self._loop = loop
        self._sock = sock
        self._on_message = on_message
        self._on_close = on_close
        self._received = bytearray()
        self._unsent = bytearray()
        self._closed = False
        self._finishing = False
        loop.watch(sock.fileno(), READ, self._ready)

    def send(self, message: dict[str, Any]) -> None:
        """Queues one object; never blocks. Does nothing once closed."""
        if self._closed:
            return
        self._unsent += json.dumps(message).encode("ascii") + b"\n"
        self._write()

    def finish(self) -> None:
        """Says that no more comes: the other side sees the end of file after what is queued, and
        can still answer.
        """
        self._finishing = True
        if not self._closed:
            self._write()

    def drain(self) -> None:
        """Delivers what has arrived already; for a process that was reaped before its last words
        were read.
        """
        while not self._closed and self._read():
            pass

    def close(self) -> None:
        """Closes the connection; what is not sent yet is lost. May be called twice."""
        if not self._closed:
            self._closed = True
            self._loop.forget(self._sock.fileno())
            self._sock.close()

    def _fail(self, reason: str) -> None:
        if not self._closed:
            self.close()
            self._on_close(reason)

    def _ready(self, events: int) -> None:
        if events & WRITE:
            self._write()
        if events & READ and not self._closed:
            self._read()

    def _write(self) -> None:
        try:
            while self._unsent:
                del self._unsent[: self._sock.send(self._unsent)]
            if self._finishing:
                self._sock.shutdown(socket.SHUT_WR)
                self._finishing = False
        except BlockingIOError:
            pass  # the rest goes when the peer has read
        except OSError as error:  # the peer is gone
            self._fail(str(error))
            return
        if len(self._unsent) > MAX_UNSENT:
            self._fail("it does not read")
            return
        self._loop.watch(self._sock.fileno(), READ | WRITE if self._unsent else READ, self._ready)

    def _read(self) -> bool:
        try:
            data = self._sock.recv(65536)
        except BlockingIOError:
            return False  # a spurious wake-up
        except OSError as error:  # the peer is gone, with a reset
            self._fail(str(error))
            return False
        if not data:
            self._fail("")
            return False
        searched = len(self._received)
        self._received += data
        while not self._closed and (end := self._received.find(b"\n", searched)) >= 0:
            line = bytes(self._received[:end])
            del self._received[: end + 1]
            searched = 0
            self._deliver(line)
        if len(self._received) > MAX_LINE:
            self._fail("line too long")
        return True

    def _deliver(self, line: bytes) -> None:
        try:
            message = json.loads(line)
        except (ValueError, RecursionError):  # not JSON, not UTF-8, or nested without end
            self._fail("not a line of JSON")
            return
        if isinstance(message, dict):
            self._on_message(message)
        else:
            self._fail("not a JSON object")


class PipeWriter:
    """Writes some bytes into a pipe as its reader takes them, then closes it. It owns the
    descriptor.
    """

    def __init__(self, loop: Loop, fd: int, data: bytes) -> None:
        os.set_blocking(fd, False)
        self._loop = loop
        self._fd = fd
        self._unsent = memoryview(data)
        self._write(WRITE)

    def _write(self, _events: int) -> None:
        try:
            while self._unsent:
                self._unsent = self._unsent[os.write(self._fd, self._unsent) :]
        except BlockingIOError:
            self._loop.watch(self._fd, WRITE, self._write)
            return
        except BrokenPipeError:
            pass  # the reader died; its exit status tells
        self._loop.forget(self._fd)
        os.close(self._fd)
