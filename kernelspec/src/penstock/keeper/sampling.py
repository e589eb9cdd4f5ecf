"""Memory limits where no cgroup can be made: samples the resident memory of workers' process groups
while at least one such limit exists.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable

from .log import Log
from .loop import Loop, Timer
from .processes import send_group

INTERVAL = 0.2
CLOSE_INTERVAL = 0.05
"""Seconds between two samples; the shorter one while a group uses more than half of its limit."""

MAX_SHARE = 0.05
"""Share of one core that sampling may take: on a machine with very many processes it gets rarer."""

PAGE_KB = os.sysconf("SC_PAGE_SIZE") // 1024


class _Sampled:
    __slots__ = ("memory_kb", "on_passed")

    def __init__(self, memory_kb: int, on_passed: Callable[[], None]) -> None:
        self.memory_kb = memory_kb
        self.on_passed = on_passed


def can_sample() -> bool:
    """True where the memory of processes can be read."""
    return os.path.exists("/proc/self/stat")


class MemorySamples:
    """Kills the process group of a worker (SIGKILL) when its resident memory passes a limit. What
    is allocated between two samples can be more than the limit.
    """

    def __init__(self, loop: Loop, log: Log) -> None:
        self._loop = loop
        self._log = log
        self._limits: dict[int, _Sampled] = {}
        self._timer: Timer | None = None

    def add(self, pgid: int, memory: int, on_passed: Callable[[], None]) -> None:
        """Sets the limit of a group, in bytes; `on_passed` is called right before the kill."""
        self._limits[pgid] = _Sampled(memory // 1024, on_passed)
        if self._timer is None:
            self._timer = self._loop.later(0, self._sample)

    def remove(self, pgid: int) -> None:
        """Ends a limit. A group without one is no error."""
        self._limits.pop(pgid, None)

    def _sample(self) -> None:
        self._timer = None
        if not self._limits:
            return
        started = time.monotonic()
        groups = _members(set(self._limits))
        interval = INTERVAL
        for pgid, limit in self._limits.items():
            members = groups.get(pgid, [])
            resident_kb = sum(kb for _, kb in members)
            if resident_kb > limit.memory_kb and len(members) > 1:
                # Pages that members share were counted once for each of them.
                resident_kb = sum(_proportional_kb(pid, kb) for pid, kb in members)
            if resident_kb > limit.memory_kb:
                self._kill(pgid, limit, resident_kb)
            elif resident_kb > limit.memory_kb // 2:
                interval = CLOSE_INTERVAL
        spent = time.monotonic() - started
        self._timer = self._loop.later(max(interval, spent / MAX_SHARE), self._sample)

    def _kill(self, pgid: int, limit: _Sampled, resident_kb: int) -> None:
        limit.on_passed()
        self._log(
            "warn", "memory-limit", pid=pgid, limit_kb=limit.memory_kb, resident_kb=resident_kb
        )
        send_group(pgid, signal.SIGKILL)


def _members(pgids: set[int]) -> dict[int, list[tuple[int, int]]]:
    """`(pid, resident kB)` of every process in the given groups; empty where there is no /proc."""
    groups: dict[int, list[tuple[int, int]]] = {}
    try:
        names = os.listdir("/proc")
    except OSError:
        return groups  # not Linux: no sampling there
    for name in names:
        if not name.isdigit():
            continue
        try:
            with open(f"/proc/{name}/stat", "rb") as file:
                fields = file.read().rpartition(b")")[2].split()
        except OSError:
            continue  # it ended meanwhile
        pgid = int(fields[2])
        if pgid in pgids:
            groups.setdefault(pgid, []).append((int(name), int(fields[21]) * PAGE_KB))
    return groups


def _proportional_kb(pid: int, resident_kb: int) -> int:
    """Memory of a process in kB with every shared page divided by its users (PSS)."""
    try:
        with open(f"/proc/{pid}/smaps_rollup", "rb") as file:
            for line in file:
                if line.startswith(b"Pss:"):
                    return int(line.split()[1])
    except OSError:
        pass  # an old kernel, or the process ended meanwhile
    return resident_kb
