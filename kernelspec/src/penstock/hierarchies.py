"""The cgroup hierarchies of a process, as /proc tells them (cgroups(7), proc(5))."""

from __future__ import annotations

TYPE_CHECKING = False  # typing itself is not imported: it would cost more than all of this module
if TYPE_CHECKING:
    from collections.abc import Iterator


def memberships(proc: str = "/proc") -> list[tuple[str, str, str]]:
    """For each hierarchy the line of /proc/self/cgroup, its controllers ("" for version 2), and the
    process's cgroup in it. Raises OSError where there are none.
    """
    found = []
    for line in _lines(f"{proc}/self/cgroup"):
        _, controllers, path = line.split(":", 2)
        found.append((line, controllers, path))
    return found


def mounts(proc: str = "/proc") -> Iterator[tuple[str, str, str, str]]:
    """What is mounted: the root within the file system, the place, the file system's type and its
    options. Raises OSError.
    """
    for line in _lines(f"{proc}/self/mountinfo"):
        mount, _, system = line.partition(" - ")
        root, point = mount.split()[3:5]
        name, _, options = system.split(" ", 2)
        yield root, point, name, options


def _lines(path: str) -> list[str]:
    with open(path, encoding="utf-8", errors="surrogateescape") as file:
        return file.read().splitlines()
