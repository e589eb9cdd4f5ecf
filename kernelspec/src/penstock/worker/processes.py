"""The worker's place among processes: session, parent, limits, and the children it leaves."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import sys
import time
from collections.abc import Mapping
from pathlib import Path

_PR_SET_PDEATHSIG = 1
#: Seconds that children get after SIGTERM, and again after SIGKILL.
_GRACE = 0.2
_LOOK = 0.005

#: Looked up once, in the zygote.
_prctl = ctypes.CDLL(None).prctl if sys.platform == "linux" else None


def lead_session() -> None:
    """Become leader of an own session and process group, unless already so."""
    try:
        os.setsid()
    except PermissionError:
        # A fresh worker was made a group leader by the keeper.
        return


def join_cgroup(procs: str) -> None:
    """Put this process, and so every child to come, into the cgroup of a ``cgroup.procs`` file.

    The keeper looks whether that worked, and samples the memory of a worker that is outside.
    """
    try:
        fd = os.open(procs, os.O_WRONLY | os.O_CLOEXEC)
    except OSError:
        return  # gone, or not ours
    try:
        os.write(fd, b"0")
    except OSError:
        return  # not allowed to leave the cgroup it is in
    finally:
        os.close(fd)


def die_with_parent(parent: int | None, patience: float = 2.0) -> None:
    """Be killed when the keeper dies.

    After a double fork the system hands this process to the keeper, pid ``parent``, within
    microseconds; the wait for it is bounded by ``patience`` seconds. Raises ``TimeoutError`` when
    another process became the parent, because then nobody watches this worker.
    """
    deadline = time.monotonic() + patience
    while parent is not None and os.getppid() != parent:
        if time.monotonic() > deadline:
            raise TimeoutError(f"worker was not handed to the keeper (pid {parent})")
        time.sleep(0.0002)
    if _prctl is not None:
        _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if parent is not None and os.getppid() != parent:
            os._exit(1)  # the keeper died before the system was told to tell us


def apply_limits(
    umask: int | None,
    affinity: frozenset[int] | None,
    rlimits: Mapping[str, tuple[int, int]],
) -> list[str]:
    """Apply what the client's process had; returns a warning for each that cannot be applied."""
    warnings = []
    if umask is not None:
        os.umask(umask)
    if affinity and hasattr(os, "sched_setaffinity"):
        try:
            os.sched_setaffinity(0, affinity)
        except OSError as error:
            warnings.append(f"cannot run on CPUs {sorted(affinity)}: {error.strerror}")
    for name, limits in rlimits.items():
        key = name.upper() if name.upper().startswith("RLIMIT_") else f"RLIMIT_{name.upper()}"
        wanted = (_limit(limits[0]), _limit(limits[1]))
        try:
            if resource.getrlimit(getattr(resource, key)) != wanted:
                resource.setrlimit(getattr(resource, key), wanted)
        except (AttributeError, OSError, ValueError) as error:
            warnings.append(f"cannot set {key} to {limits}: {error}")
    return warnings


def _limit(value: int) -> int:
    return resource.RLIM_INFINITY if value < 0 else value


def end_group_members() -> None:
    """End the other processes of the own process group: SIGTERM, then SIGKILL; see them go."""
    _send(signal.SIGTERM, _group_members())
    deadline = time.monotonic() + _GRACE
    while _group_members() and time.monotonic() < deadline:
        time.sleep(_LOOK)
    deadline = time.monotonic() + _GRACE  # from now: however late it is, SIGKILL is sent
    while members := _group_members():
        _send(signal.SIGKILL, members)  # each time: one of them may just have forked
        if time.monotonic() > deadline:
            return
        time.sleep(_LOOK)


def _send(number: signal.Signals, pids: list[int]) -> None:
    for pid in pids:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            continue  # it ended meanwhile


def _group_members() -> list[int]:
    """Living processes of our group, ourselves left out; zombies of ours are reaped."""
    group, own = os.getpgrp(), os.getpid()
    try:
        while os.waitpid(-group, os.WNOHANG)[0]:
            continue
    except ChildProcessError:
        pass  # no child left in the group, but a grandchild may be
    members = []
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            # pid (comm) state ppid pgrp ...; comm may hold spaces and parentheses
            fields = entry.read_text().rpartition(")")[2].split()
        except (OSError, UnicodeDecodeError):
            continue  # gone, or a name in another encoding
        pid = int(entry.parent.name)
        if int(fields[2]) == group and pid != own and fields[0] != "Z":
            members.append(pid)
    return members
