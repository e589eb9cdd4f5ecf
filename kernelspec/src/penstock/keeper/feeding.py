"""Bytes on their way to a reader that may be slow: written as fast as it takes them, without ever
blocking the loop.
"""

from __future__ import annotations

import os
from collections.abc import Callable

from .loop import WRITE, Loop

CHUNK = 1 << 16
"""Most bytes of one read or write."""


class Feeder:
    """Writes to a descriptor, which becomes its own. `took(count)` is called for bytes that left,
    also for those that nobody can read any more.
    """

    def __init__(self, loop: Loop, fd: int, took: Callable[[int], None]) -> None:
        self._loop = loop
        self._fd = fd
        self._took = took
        self._pending = bytearray()
        self._ending = False
        os.set_blocking(fd, False)

    @property
    def is_empty(self) -> bool:
        """Whether everything has left."""
        return not self._pending

    def write(self, data: bytes) -> None:
        """Writes it after what waits; drops it once the reader is gone, or after `end`."""
        if self._fd < 0 or self._ending:
            self._took(len(data))
            return
        self._pending += data
        self._go()

    def end(self) -> None:
        """Closes the descriptor after what waits."""
        self._ending = True
        self._go()

    def _go(self, _events: int = 0) -> None:
        while self._pending:
            try:
                count = os.write(self._fd, self._pending[:CHUNK])
            except BlockingIOError:
                self._loop.watch(self._fd, WRITE, self._go)
                return
            except OSError:
                # Its reader closed it, or is gone: what waits is for nobody.
                count = len(self._pending)
                self._ending = True
            del self._pending[:count]
            self._took(count)
        if self._fd >= 0:
            self._loop.forget(self._fd)
            if self._ending:
                os.close(self._fd)
                self._fd = -1
