"""A cgroup with a memory limit for one worker, and what it tells about the worker's end."""

from __future__ import annotations

import os
import signal

from .cgroupfs import PREFIX, memory_parent, read, sweep, write
from .processes import send

CHARGE = 64 * os.sysconf("SC_PAGE_SIZE")
"""Bytes that version 1 accounts at once: usage stops at most so far below a limit that is reached.
"""


class MemoryCgroup:
    """A cgroup made in `parent` with a limit in bytes; raises OSError when that cannot be. What its
    processes need beyond the limit ends them (SIGKILL by the system's out-of-memory killer).
    """

    def __init__(self, parent: str, name: str, memory: int) -> None:
        self.folder = os.path.join(parent, name)
        os.mkdir(self.folder, 0o755)
        try:
            self._set_limit(memory)
            self._known = self._kills()
        except (OSError, ValueError):
            os.rmdir(self.folder)
            raise

    @property
    def procs(self) -> str:
        """The file by which a process joins: it writes "0" there."""
        return os.path.join(self.folder, "cgroup.procs")

    def join(self, pid: int) -> bool:
        """Puts a process inside, if it is not there already; false when that cannot be."""
        try:
            if str(pid) not in self._pids():
                write(self.folder, "cgroup.procs", pid)
        except OSError:
            return False  # it has ended, or may not be moved from where it is
        return True

    def verdict(self) -> str | None:
        """Why processes were killed since the last `forgive`: "limit" for this cgroup's own limit,
        "system" for memory of the machine or of a cgroup above, None if none was killed.
        """
        try:
            if self._kills() <= self._known:
                return None
            return "limit" if self._reached() else "system"
        except (OSError, ValueError):
            return None  # somebody removed it: then nothing is claimed

    def forgive(self) -> bool:
        """Forgets kills so far; true if there were any."""
        before = self._known
        try:
            self._known = self._kills()
        except (OSError, ValueError):
            return False  # somebody removed it
        return self._known > before

    def watch_kills(self) -> int:
        """A descriptor that gets readable with each kill, -1 where one kill is that of all."""
        return -1

    def kill(self) -> None:
        """Kills everything inside."""
        for pid in self._pids():
            send(int(pid), signal.SIGKILL)

    def remove(self) -> bool:
        """Removes the cgroup; false while a process is in it."""
        try:
            os.rmdir(self.folder)
        except FileNotFoundError:
            return True  # somebody was faster
        except OSError:
            return False
        return True

    def _pids(self) -> list[str]:
        return read(self.folder, "cgroup.procs").split()

    def _set_limit(self, memory: int) -> None:
        raise NotImplementedError

    def _kills(self) -> int:
        """Processes of this cgroup that the out-of-memory killer ended."""
        raise NotImplementedError

    def _reached(self) -> bool:
        """True if this cgroup's own limit was reached."""
        raise NotImplementedError

    def _field(self, name: str, field: str) -> int:
        for line in read(self.folder, name).splitlines():
            key, _, value = line.partition(" ")
            if key == field:
                return int(value)
        raise ValueError(f"{name} does not tell {field}: the kernel is too old")

    def _set_if_there(self, name: str, value: int) -> None:
        try:
            write(self.folder, name, value)
        except FileNotFoundError:
            pass  # no swap accounting, or an older kernel: the limit holds without it


class _Version1(MemoryCgroup):
    """One process is killed, the largest: a child that is too large does not end its worker."""

    def _set_limit(self, memory: int) -> None:
        write(self.folder, "memory.limit_in_bytes", memory)
        self._set_if_there("memory.memsw.limit_in_bytes", memory)
        # Inherited; set, processes would stop for ever in place of being killed.
        write(self.folder, "memory.oom_control", 0)

    def _kills(self) -> int:
        return self._field("memory.oom_control", "oom_kill")

    def _reached(self) -> bool:
        # The counters of failed charges miss those of memory and swap together. The highest usage
        # counts also what could be freed again, so a kill by the system after that is blamed on the
        # limit; version 1 knows no better.
        try:
            highest = read(self.folder, "memory.memsw.max_usage_in_bytes")
        except FileNotFoundError:  # no swap accounting
            highest = read(self.folder, "memory.max_usage_in_bytes")
        return int(highest) + CHARGE >= int(read(self.folder, "memory.limit_in_bytes"))

    def watch_kills(self) -> int:
        told = control = -1
        try:
            told = os.eventfd(0, os.EFD_CLOEXEC | os.EFD_NONBLOCK)
            control = os.open(os.path.join(self.folder, "memory.oom_control"), os.O_RDONLY)
            write(self.folder, "cgroup.event_control", f"{told} {control}")
            return told
        except OSError:
            # No descriptor is left, or a kernel to come dropped this: a child's kill is then not
            # told from its worker's.
            if told >= 0:
                os.close(told)
            return -1
        finally:
            if control >= 0:
                os.close(control)


class _Version2(MemoryCgroup):
    """All of it is killed at once (`memory.oom.group`)."""

    def _set_limit(self, memory: int) -> None:
        write(self.folder, "memory.max", memory)
        self._set_if_there("memory.swap.max", 0)
        self._set_if_there("memory.oom.group", 1)

    def _kills(self) -> int:
        return self._field("memory.events", "oom_kill")

    def _reached(self) -> bool:
        return self._field("memory.events", "oom") > 0


class Cgroups:
    """Makes memory cgroups where this process may; looks for that place when it is first wanted."""

    def __init__(self) -> None:
        self._looked = False
        self._place: tuple[int, str] | None = None
        self._number = 0

    def make(self, memory: int) -> MemoryCgroup | None:
        """A cgroup with a limit of `memory` bytes; None where none can be made."""
        if not self._looked:
            self._looked = True
            self._place = memory_parent()
            if self._place is not None:
                sweep(self._place[1])
        if self._place is None:
            return None
        version, parent = self._place
        self._number += 1
        kind = _Version1 if version == 1 else _Version2
        try:
            return kind(parent, f"{PREFIX}{os.getpid()}-{self._number}", memory)
        except (OSError, ValueError):
            return None  # writable, but not to be used so (mounted read-only, or an old kernel)
