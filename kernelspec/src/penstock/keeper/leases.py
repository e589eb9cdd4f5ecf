"""Leases: tells when a process that is not a child of ours ends."""

from __future__ import annotations

import os
from collections.abc import Callable

from ..procstat import start_time
from .loop import READ, Loop, Timer

POLL = 1.0
"""Seconds between two looks where the system has no pidfd."""


class _Watch:
    __slots__ = ("count", "fd", "start")

    def __init__(self, fd: int | None, start: int | None) -> None:
        self.fd = fd
        self.start = start
        self.count = 1


class Leases:
    """Watched processes. `on_gone(pid)` is called once when one of them has ended."""

    def __init__(self, loop: Loop, on_gone: Callable[[int], None]) -> None:
        self._loop = loop
        self._on_gone = on_gone
        self._watches: dict[int, _Watch] = {}
        self._timer: Timer | None = None

    def watch(self, pid: int, start: int | None) -> bool:
        """Watches a process; false if there is none with that pid and start time. Each watch needs
        its `unwatch`.
        """
        known = self._watches.get(pid)
        if known is not None and start in (None, known.start):
            known.count += 1
            return True
        fd = _pidfd(pid)
        # Read after the pidfd was opened: from here on both mean the same process.
        actual = start_time(pid)
        if actual is None or start not in (None, 0, actual):
            if fd is not None:
                os.close(fd)
            return False
        if known is not None:  # the number was used again before the end of the first one was seen
            self._gone(pid)
        self._watches[pid] = _Watch(fd, actual)
        if fd is not None:
            self._loop.watch(fd, READ, lambda _events: self._gone(pid))
        elif self._timer is None:
            self._timer = self._loop.later(POLL, self._poll)
        return True

    def unwatch(self, pid: int) -> None:
        """Takes one `watch` back. A process that is not watched is no error: it may just have
        ended.
        """
        watch = self._watches.get(pid)
        if watch is not None:
            watch.count -= 1
            if watch.count == 0:
                self._drop(pid)

    def _gone(self, pid: int) -> None:
        self._drop(pid)
        self._on_gone(pid)

    def _drop(self, pid: int) -> None:
        fd = self._watches.pop(pid).fd
        if fd is not None:
            self._loop.forget(fd)
            os.close(fd)

    def _poll(self) -> None:
        self._timer = None
        polled = {pid: watch.start for pid, watch in self._watches.items() if watch.fd is None}
        for pid, start in polled.items():
            if start_time(pid) != start:
                self._gone(pid)
        if any(watch.fd is None for watch in self._watches.values()):
            self._timer = self._loop.later(POLL, self._poll)


def _pidfd(pid: int) -> int | None:
    try:
        return os.pidfd_open(pid)
    except (
        AttributeError,
        OSError,
    ):  # not Linux >= 5.3, no descriptor left, or no such process: polling tells
        return None
