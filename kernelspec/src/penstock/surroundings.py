"""What a process has from the place it was started in: cgroup, namespaces, groups, privileges.

A worker that is forked elsewhere does not get these, and most of them cannot be taken on later. So
the keeper leaves its own in the runtime directory and each client compares (docs/local-sockets.md).
"""

from __future__ import annotations

import json
import os
import resource

from . import cgroup_limits

TYPE_CHECKING = False  # typing itself is not imported: it would cost more than all of this module
if TYPE_CHECKING:
    from typing import Any

FILE = "surroundings.json"

NAMESPACES = ("cgroup", "ipc", "mnt", "net", "pid", "time", "user", "uts")

STATUS = {
    "Uid": "user ids",
    "Gid": "group ids",
    "CapInh": "inheritable capabilities",
    "CapPrm": "permitted capabilities",
    "CapEff": "effective capabilities",
    "CapBnd": "bounding set",
    "CapAmb": "ambient capabilities",
    "NoNewPrivs": "no_new_privs",
    "Seccomp": "seccomp mode",
}
"""Lines of /proc/self/status, and what they are called for people."""

CAP_SYS_RESOURCE = 24


def surroundings() -> dict[str, Any]:
    """Those of this process: a JSON object from a name for people to a value that is only good to
    be compared. What the system does not have is left out.
    """
    root = os.stat("/")
    seen: dict[str, Any] = {
        "supplementary groups": sorted(set(os.getgroups())),
        "root directory": [root.st_dev, root.st_ino],
        "priority": os.getpriority(os.PRIO_PROCESS, 0),
    }
    if hasattr(os, "sched_getscheduler"):
        seen["scheduling policy"] = os.sched_getscheduler(0)
    held = {"cgroup": cgroup_limits.limits(), "security label": _read("/proc/self/attr/current")}
    seen.update({name: value for name, value in held.items() if value})
    for name in NAMESPACES:
        link = namespace(name)
        if link:
            seen[f"{name} namespace"] = link
    status = _status()
    seen.update({words: status[line] for line, words in STATUS.items() if line in status})
    return seen


def namespace(name: str) -> str:
    """Which namespace of a kind ("pid", "net", ...) this process is in, "" where there are none."""
    try:
        return os.readlink(f"/proc/self/ns/{name}")
    except OSError:
        return ""  # not Linux, or a kernel without this kind


def resource_limits() -> dict[str, list[int]]:
    """Soft and hard limit of each resource of this process, -1 for infinity."""
    limits = {}
    for name in dir(resource):
        if not name.startswith("RLIMIT_"):
            continue
        try:
            limits[name] = [
                -1 if n == resource.RLIM_INFINITY else n
                for n in resource.getrlimit(getattr(resource, name))
            ]
        except (OSError, ValueError):
            continue  # a limit that the headers know and this kernel does not
    return limits


def write(directory: str) -> None:
    """Leaves those of this process in a runtime directory, whole or not at all. Raises OSError."""
    path = os.path.join(directory, FILE)
    told = {
        "surroundings": surroundings(),
        "limits": resource_limits(),
        "raises_limits": _may_raise_limits(),
    }
    fd = os.open(path + ".new", os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
    with open(fd, "w", encoding="utf-8") as file:
        json.dump(told, file)
    os.replace(path + ".new", path)


def differences(directory: str) -> list[str]:
    """Names of what differs between this process and the keeper of a runtime directory, or is
    unknown there; empty when a fork over there is as good as a start from here.
    """
    try:
        with open(os.path.join(directory, FILE), encoding="utf-8") as file:
            told = json.load(file)
        theirs, limits = dict(told["surroundings"]), dict(told["limits"])
        raises = bool(told["raises_limits"])
    except (OSError, ValueError, KeyError, TypeError):
        # Tidied away, or half a file. Then a start from here is the one that cannot be wrong.
        return ["surroundings (the gateway's are unknown)"]
    mine = surroundings()
    names = [name for name in {**mine, **theirs} if mine.get(name) != theirs.get(name)]
    if not raises:
        names += [
            f"hard {name}"
            for name, (_, hard) in resource_limits().items()
            if name in limits and _above(hard, limits[name][1])
        ]
    return names


def _above(hard: int, other: int) -> bool:
    return other >= 0 and (hard < 0 or hard > other)


def _may_raise_limits() -> bool:
    effective = _status().get("CapEff")
    if effective is None:
        return os.geteuid() == 0
    return bool(int(effective, 16) >> CAP_SYS_RESOURCE & 1)


def _status() -> dict[str, str]:
    lines = _read("/proc/self/status").splitlines()
    return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}


def _read(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as file:
            return file.read()
    except OSError:
        return ""  # not Linux, or no security module that has labels
