"""Memory cgroups around the test itself (Linux, version 1, root)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from uuid import uuid4

UNUSABLE = "needs a memory cgroup of version 1 that this user may write to"
"""Why a test is skipped where `own` knows none."""

MOUNT = Path("/sys/fs/cgroup/memory")


@cache
def own() -> Path | None:
    """Folder of the memory cgroup that this process is in, if it may make others there."""
    try:
        lines = Path("/proc/self/cgroup").read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return None  # not Linux
    for line in lines:
        _, controllers, path = line.split(":", 2)
        folder = MOUNT / path.lstrip("/")
        if "memory" in controllers.split(",") and os.access(folder, os.W_OK) and folder.is_dir():
            return folder
    return None


@contextmanager
def limited(memory: int) -> Iterator[Path]:
    """This process, and whatever it starts, in a cgroup that may use `memory` bytes; yields its
    folder.
    """
    outside = own()
    assert outside is not None, UNUSABLE
    folder = outside / f"penstock-test-{uuid4().hex}"
    folder.mkdir()
    try:
        for name in ("memory.limit_in_bytes", "memory.memsw.limit_in_bytes"):
            if (folder / name).exists():
                (folder / name).write_text(str(memory), encoding="ascii")
        move(folder)
        yield folder
    finally:
        move(outside)
        for pid in (folder / "cgroup.procs").read_text(encoding="ascii").split():
            move(outside, int(pid))
        folder.rmdir()


def move(folder: Path, pid: int = 0) -> None:
    """Moves a process, this one unless said otherwise."""
    try:
        (folder / "cgroup.procs").write_text(str(pid), encoding="ascii")
    except ProcessLookupError:
        return  # it ended meanwhile
