"""What a process's cgroups hold it to (cgroups(7), the kernel's cgroup-v2.rst).

Not their names: a desktop gives every terminal and a server every login a cgroup of its own, and
those without a limit hold nobody to anything.
"""

from __future__ import annotations

import os

from .hierarchies import memberships, mounts

UNLIMITED = {
    "memory.max": ("max",),
    "memory.high": ("max",),
    "memory.swap.max": ("max",),
    "cpu.max": ("max",),
    "cpu.weight": ("100",),
    "cpuset.cpus": ("",),
    "cpuset.mems": ("",),
    "io.max": ("",),
    "io.weight": ("default 100", ""),
}
"""Control files of version 2, each with the values that limit nothing (what follows the first
word of "max 100000" is only a period).
"""

PROCESSES = "pids.max"
"""The smallest one counts, wherever it is set: systemd sets a large one for every unit."""


def limits(proc: str = "/proc") -> list[str]:
    """Lines that are equal for two processes whose cgroups hold them to the same: of version 1 the
    cgroup of each controller, of version 2 each limit with the cgroup that has it. Empty where
    there are no cgroups.
    """
    try:
        hierarchies = memberships(proc)
    except OSError:
        return []  # not Linux
    found = []
    for line, controllers, path in hierarchies:
        if not controllers:
            found += _limits_of_version_2(path, proc) or [line]
        elif not controllers.startswith("name="):  # a named hierarchy only keeps count
            found.append(line)
    return found


def _limits_of_version_2(path: str, proc: str) -> list[str] | None:
    """None when the hierarchy cannot be looked at, as in a cgroup namespace or without a mount."""
    mount = _mount_of_version_2(proc)
    if mount is None or "/.." in path or not os.path.isdir(mount + path):
        return None
    found, processes, level = [], [], path.rstrip("/")
    while level:
        for name, without in UNLIMITED.items():
            value = _read(mount + level, name)
            if value is not None and value not in without and value.split()[0] not in without:
                found.append(f"{level} {name} {value}")
        most = _read(mount + level, PROCESSES)
        if most is not None and most.isdecimal():
            processes.append(int(most))
        level = os.path.dirname(level).rstrip("/")
    return [*found, f"{PROCESSES} {min(processes, default='max')}"]


def _mount_of_version_2(proc: str) -> str | None:
    """Where the whole hierarchy is mounted."""
    for root, point, kind, _ in mounts(proc):
        if kind == "cgroup2" and root == "/":
            return point
    return None


def _read(folder: str, name: str) -> str | None:
    try:
        with open(f"{folder}/{name}", encoding="ascii") as file:
            return file.read().strip()
    except OSError:
        return None  # that controller is not switched on at this level
