"""Finds where this process may make memory cgroups (cgroups(7); the kernel's cgroup-v2.rst and
cgroup-v1/memory.rst).
"""

from __future__ import annotations

import os

from ..hierarchies import memberships, mounts

PREFIX = "penstock-"
"""Cgroups of ours are called `penstock-<pid of the keeper>-<name>`."""

MOVES = 10
"""Rounds of moving processes into a leaf: those that fork meanwhile need another one."""

DELEGATED = ("user.delegate", "trusted.delegate")
"""Extended attributes by which systemd marks the cgroup of a unit that has `Delegate=`."""


def memory_parent(proc: str = "/proc") -> tuple[int, str] | None:
    """Version (1 or 2) and folder of the cgroup in which this process may make memory cgroups; None
    when it may not, or where there are none (other systems than Linux).
    """
    try:
        return _v1_parent(proc) or _v2_parent(proc)
    except OSError:
        return None  # no /proc, or a cgroup that went meanwhile


def read(folder: str, name: str) -> str:
    """The text of a control file. Raises OSError."""
    with open(os.path.join(folder, name), encoding="ascii") as file:
        return file.read()


def write(folder: str, name: str, value: object) -> None:
    """Writes a control file, which must be there already. Raises OSError."""
    fd = os.open(os.path.join(folder, name), os.O_WRONLY | os.O_CLOEXEC)
    try:
        os.write(fd, str(value).encode("ascii"))
    finally:
        os.close(fd)


def sweep(parent: str, proc: str = "/proc") -> None:
    """Removes empty cgroups of keepers that were killed, before this one has made any; one of them
    may have had the same pid.
    """
    for name in os.listdir(parent):
        pid = name[len(PREFIX) :].partition("-")[0] if name.startswith(PREFIX) else ""
        ours = pid == str(os.getpid())
        if pid.isdecimal() and (ours or not os.path.exists(os.path.join(proc, pid))):
            try:
                os.rmdir(os.path.join(parent, name))
            except OSError:
                continue  # a process is still in it, or somebody else was faster


def _v1_parent(proc: str) -> tuple[int, str] | None:
    folder = _own_cgroup(proc, "cgroup", "memory")
    return (1, folder) if folder is not None and os.access(folder, os.W_OK) else None


def _v2_parent(proc: str) -> tuple[int, str] | None:
    """Only a cgroup without processes may share out its memory. So it is our own if nobody else is
    in it (its processes are then moved into a leaf), or the one above if systemd delegated that.
    """
    own = _own_cgroup(proc, "cgroup2", "")
    if own is None:
        return None
    above = os.path.dirname(own)
    if _shares_memory(own, proc):
        return 2, own
    return (2, above) if _delegated(above) and _shares_memory(above, proc) else None


def _own_cgroup(proc: str, kind: str, controller: str) -> str | None:
    """Folder of this process's cgroup in the hierarchy of a controller ("": that of version 2)."""
    path = None
    for _, controllers, own in memberships(proc):
        if controller in controllers.split(","):
            path = own
    for root, point, name, options in mounts(proc):
        if name != kind or (controller and controller not in options.split(",")):
            continue
        if path is not None and (path + "/").startswith(root.rstrip("/") + "/"):
            return os.path.join(point, path[len(root.rstrip("/")) :].strip("/")).rstrip("/")
    return None


def _shares_memory(folder: str, proc: str) -> bool:
    """True if cgroups below `folder` have the memory controller, now at the latest."""
    try:
        if (
            not os.access(folder, os.W_OK)
            or "memory" not in read(folder, "cgroup.controllers").split()
        ):
            return False
        return "memory" in read(folder, "cgroup.subtree_control").split() or _empty(folder, proc)
    except OSError:
        return False  # not ours to arrange


def _empty(folder: str, proc: str) -> bool:
    """Moves our processes into a leaf, so that `folder` may share out its memory; never those of
    others. False, with all as it was, when that cannot be.
    """
    leaf = os.path.join(folder, f"{PREFIX}{os.getpid()}-keeper")
    made = False
    try:
        for _ in range(MOVES):
            pids = read(folder, "cgroup.procs").split()
            if not pids:
                write(folder, "cgroup.subtree_control", "+memory")
                return True
            if not all(_ours(int(pid), proc) for pid in pids):
                break
            if not made:
                os.mkdir(leaf)
                made = True
            for pid in pids:
                _move(pid, leaf)
    except OSError:
        pass  # not permitted: back to how it was
    if made:
        for pid in read(leaf, "cgroup.procs").split():
            _move(pid, folder)
        os.rmdir(leaf)
    return False


def _move(pid: str, folder: str) -> None:
    try:
        write(folder, "cgroup.procs", pid)
    except ProcessLookupError:
        pass  # it ended meanwhile


def _ours(pid: int, proc: str) -> bool:
    """True for this process and its descendants."""
    while pid > 1:
        if pid == os.getpid():
            return True
        try:
            pid = int(read(proc, f"{pid}/stat").rpartition(")")[2].split()[1])
        except OSError:
            return True  # it ended meanwhile, so it is in nobody's way
    return False


def _delegated(folder: str) -> bool:
    for name in DELEGATED:
        try:
            if os.getxattr(folder, name) == b"1":
                return True
        except (AttributeError, OSError):
            continue  # no such attribute there, or none at all on this system
    return False
