"""When did a process start? Pid and start time together name a process for ever."""

from __future__ import annotations

import os


def start_time(pid: int) -> int | None:
    """Field 22 of `/proc/<pid>/stat`: start in clock ticks since boot. None if there is no such
    process, or it has ended and only waits to be reaped.

    On systems without /proc it is 0 for every process that exists: the pid alone must do there.
    """
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            # The second field, the name in parentheses, may hold spaces and parentheses.
            fields = file.read().rpartition(b")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        if os.path.exists("/proc/self/stat"):
            return None
        return 0 if _exists(pid) else None
    return None if fields[0] in (b"Z", b"X") else int(fields[19])


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True  # somebody else's
    return True
