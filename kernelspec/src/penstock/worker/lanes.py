"""The out and err lanes: what C code and child processes write to fds 1 and 2.

Both are FIFOs that the keeper holds open. The marker that puts them in order with the frames is
written to file descriptions of our own, so that a child process that makes fd 1 non-blocking or
closes it cannot break the marking (``docs/worker-link.md``, "Order between the lanes").
"""

from __future__ import annotations

import ctypes
import os
import struct
import sys
from collections.abc import Callable
from functools import partial

from .whole import write_whole

_MAGIC = b"\0PSK"
_NUMBER = struct.Struct(">Q")


class Lanes:
    """Private descriptors of the two lanes and the marker counter.

    Not thread-safe: the link calls :meth:`mark` under its lock.
    """

    def __init__(self, paths: tuple[str, str] | None, nonce: bytes) -> None:
        """Open the lanes at ``paths`` and make them fds 1 and 2; without paths mark those."""
        if paths:
            for path, standard in zip(paths, (1, 2), strict=True):
                fd = os.open(path, os.O_WRONLY | os.O_CLOEXEC)
                os.dup2(fd, standard, inheritable=True)
                os.close(fd)
            self._fds = [os.open(path, os.O_WRONLY | os.O_CLOEXEC) for path in paths]
        else:
            self._fds = [os.dup(1), os.dup(2)]
        self._prefix = _MAGIC + nonce
        self._marker = 0
        self._flush_stdio = _flush_stdio

    @property
    def err(self) -> int:
        """The private descriptor of the err lane, for last words such as a crash's stack."""
        return self._fds[1]

    def mark(self) -> tuple[int, BaseException | None]:
        """Write the next marker to both lanes; its number, and what a signal handler raised.

        What C code holds in its stdout buffer goes first. A marker is at most PIPE_BUF bytes, so
        the system writes it whole. Raises ``OSError`` when a lane is gone.
        """
        self._flush_stdio()
        self._marker += 1
        marker = self._prefix + _NUMBER.pack(self._marker)
        late = None
        for fd in self._fds:
            late = write_whole(partial(os.write, fd), [marker]) or late
        return self._marker, late


def _stdio_flusher() -> Callable[[], object]:
    """A cheap flush of C's stdout alone (0.3 µs); ``fflush(NULL)`` could wait for other files."""
    name = "__stdoutp" if sys.platform == "darwin" else "stdout"
    try:
        libc = ctypes.CDLL(None)
        stdout = ctypes.c_void_p.in_dll(libc, name)
        flush = libc.fflush
    except (AttributeError, OSError, ValueError):
        # A C library without that symbol: its stdout is then flushed when C code does so.
        return lambda: None
    flush.argtypes = [ctypes.c_void_p]
    return lambda: flush(stdout)


#: Looked up once, in the zygote.
_flush_stdio = _stdio_flusher()
