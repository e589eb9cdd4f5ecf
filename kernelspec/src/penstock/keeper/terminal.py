"""A pseudo-terminal, between a process that believes to speak with a person and a FIFO."""

from __future__ import annotations

import fcntl
import os
import struct
import termios
from collections.abc import Callable

from .feeding import CHUNK, Feeder
from .loop import READ, Loop

END_OF_FILE = b"\x04"
"""What a person types to end the input (Ctrl-D)."""


class Terminal:
    """A terminal: `path` is the end for the process, what it shows goes into `out`.

    `took(count)` is called for input that the terminal has taken.
    """

    def __init__(self, loop: Loop, out: int, took: Callable[[int], None]) -> None:
        self._loop = loop
        self._master, self._slave = os.openpty()
        self.path = os.ttyname(self._slave)
        self._out = Feeder(loop, out, self._shown)
        # A descriptor of its own: the loop knows one watch for each.
        self._input = Feeder(loop, os.dup(self._master), took)
        self._finished: Callable[[], None] | None = None
        loop.watch(self._master, READ, self._read)

    def resize(self, rows: int, columns: int) -> None:
        """Gives it another size; the system sends SIGWINCH to who is in the foreground."""
        size = struct.pack("HHHH", rows, columns, 0, 0)
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, size)

    def started(self) -> None:
        """The process has its end: when it and its children close it nothing more can come."""
        os.close(self._slave)

    def type(self, data: bytes) -> None:
        """Input."""
        self._input.write(data)

    def type_end(self) -> None:
        """The end of the input: at the beginning of a line, as with a person."""
        self._input.write(END_OF_FILE)

    def finish(self, finished: Callable[[], None]) -> None:
        """The process has ended: calls `finished` once all it wrote is in the FIFO."""
        self._finished = finished
        if self._out.is_empty:
            self._loop.forget(self._master)
            self._read(READ)

    def _read(self, _events: int) -> None:
        try:
            data = os.read(self._master, CHUNK)
        except BlockingIOError:
            data = b""  # a child of the process has the terminal still
        except OSError:
            data = b""  # nobody has: how the system tells the end of a terminal
            self._loop.forget(self._master)
        if data:
            # The next is read when this has left: a slow reader slows the process.
            self._loop.forget(self._master)
            self._out.write(data)
        elif self._finished:
            self._loop.forget(self._master)
            finished, self._finished = self._finished, None
            finished()

    def _shown(self, _count: int) -> None:
        if not self._out.is_empty:
            return
        if self._finished:
            self._read(READ)  # there may be nothing any more that the loop could tell
        else:
            self._loop.watch(self._master, READ, self._read)
