"""The memory limits of workers: kept by a cgroup where one can be made, else by sampling; and
whether a worker died for want of memory. The one place that decides both.
"""

from __future__ import annotations

import os
import signal

from .cgroups import Cgroups, MemoryCgroup
from .log import Log
from .loop import READ, Loop
from .oom import OomCounter
from .sampling import MemorySamples, can_sample

TYPE_CHECKING = False  # typing itself is not imported: it would cost more than all of this module
if TYPE_CHECKING:
    from typing import Any

FORGIVE = 1.0
"""Seconds after a kill in a worker's cgroup in which the worker's own death is blamed on it. Later
it is known that only a child was killed.
"""

GRACE = 1.0
"""Seconds that what a worker left in its cgroup has after the worker's end, before SIGKILL."""

GIVE_UP = 5.0
LOOK = 0.05
"""Seconds between two tries to remove a cgroup, and until it is left alone."""


class LimitError(Exception):
    """A limit was asked for that cannot be kept here."""


class Blame:
    """Whether memory was the cause of an end: `limit` ("memory" or None), `oom` (the system's
    out-of-memory killer, without a limit of ours) and `certain`.
    """

    __slots__ = ("certain", "limit", "oom")

    def __init__(self, limit: str | None = None, oom: bool = False, certain: bool = False) -> None:
        self.limit = limit
        self.oom = oom
        self.certain = certain


class MemoryLimit:
    """The limit of one worker, made before it starts. It must come to `ended`, also when no worker
    came of it.
    """

    def __init__(self, memory: Memory, size: int, cgroup: MemoryCgroup | None) -> None:
        self.size = size
        self.cgroup = cgroup
        self.passed = False
        """The keeper saw more memory than the limit, and killed."""
        self._memory = memory
        self._pid = 0
        self._kills = -1

    @property
    def spec(self) -> dict[str, str]:
        """What a forked worker is told: the file by which it joins its cgroup, if it has one."""
        return {} if self.cgroup is None else {"cgroup": self.cgroup.procs}

    def started(self, pid: int) -> None:
        """The worker runs. A forked one has joined its cgroup before it was forked."""
        self._pid = pid
        if self.cgroup is not None and self.cgroup.join(pid):
            self._kills = self.cgroup.watch_kills()
            if self._kills >= 0:
                self._memory.loop.watch(self._kills, READ, self._killed)
            return

        def passed() -> None:
            self.passed = True

        self._memory.log("info", "memory-limit-sampled", pid=pid, limit=self.size)
        self._memory.samples.add(pid, self.size, passed)

    def explained(self, error: dict[str, Any]) -> dict[str, Any]:
        """The answer to a fork that failed: this limit as the reason, if it is."""
        if self.cgroup is None or self.cgroup.verdict() != "limit":
            return error
        text = f"a memory limit of {size_text(self.size)} is too small for a Python process"
        return {"ok": False, "code": "limit", "error": text}

    def ended(self) -> None:
        """The worker was reaped: ends what is left in its cgroup and removes it."""
        self._memory.samples.remove(self._pid)
        self._pid = 0
        if self._kills >= 0:
            self._memory.loop.forget(self._kills)
            os.close(self._kills)
            self._kills = -1
        if self.cgroup is not None:
            self._memory.remove(self.cgroup)

    def _killed(self, _events: int) -> None:
        os.eventfd_read(self._kills)
        pid, cgroup = self._pid, self.cgroup

        def lives_on() -> None:
            if self._pid == pid and cgroup is not None and cgroup.forgive():
                self._memory.log("warn", "memory-limit-child", worker=pid, limit=self.size)

        self._memory.loop.later(FORGIVE, lives_on)


class Memory:
    """Makes limits and finds causes; one per keeper."""

    def __init__(self, loop: Loop, log: Log) -> None:
        self.loop = loop
        self.log = log
        self.samples = MemorySamples(loop, log)
        self._cgroups = Cgroups()
        self._oom = OomCounter()
        self._leaving = 0

    def limit(self, size: int | None) -> MemoryLimit | None:
        """A limit of `size` bytes, None for None. Raises LimitError where none can be kept and
        ValueError for a size that is none.
        """
        if size is None:
            return None
        if type(size) is not int or size <= 0:
            raise ValueError(f"not a size in bytes: {size!r}")
        cgroup = self._cgroups.make(size)
        if cgroup is None and not can_sample():
            raise LimitError(
                "this system has neither memory cgroups nor /proc, so a memory limit cannot be"
                " kept: start the kernel without one"
            )
        return MemoryLimit(self, size, cgroup)

    def rebase(self) -> None:
        """A worker starts: only what happens from now on can be the cause of its end."""
        self._oom.rebase()

    def blame(self, code: int, killed: bool, limit: MemoryLimit | None) -> Blame:
        """Finds the cause of an end with this exit code (minus a signal); `killed` says that the
        keeper itself sent a SIGKILL.
        """
        if code != -signal.SIGKILL:
            return Blame()
        if limit is not None and limit.passed:
            return Blame(limit="memory", certain=True)
        if killed:
            return Blame()
        verdict = None if limit is None or limit.cgroup is None else limit.cgroup.verdict()
        if verdict is not None:
            self._oom.rebase()
            ours = verdict == "limit"
            return Blame(limit="memory" if ours else None, oom=not ours, certain=True)
        return Blame(oom=self._oom.rose())

    @property
    def leaving(self) -> int:
        """Cgroups that are not removed yet."""
        return self._leaving

    def remove(self, cgroup: MemoryCgroup) -> None:
        """Removes a cgroup once it is empty, which it is soon made to be."""
        self._leaving += 1
        waited = 0.0

        def look() -> None:
            nonlocal waited
            if cgroup.remove():
                self._leaving -= 1
                return
            if waited >= GIVE_UP:
                self._leaving -= 1
                self.log("warn", "cgroup-left", folder=cgroup.folder)
                return
            if waited >= GRACE:
                try:
                    cgroup.kill()
                except OSError:
                    pass  # it went meanwhile: the next look tells
            waited += LOOK
            self.loop.later(LOOK, look)

        look()


def size_text(size: int) -> str:
    """A size in bytes for people: "300 MiB"."""
    unit = 0
    value = float(size)
    while value >= 1024 and unit < 4:
        value /= 1024
        unit += 1
    return f"{value:.4g} {('bytes', 'KiB', 'MiB', 'GiB', 'TiB')[unit]}"
