"""A directory tree that behaves as the kernel's cgroup-v2.rst says, for machines where version 2
has no memory controller.
"""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from penstock.keeper import cgroupfs, cgroups

CORE = {"cgroup.procs": "", "cgroup.controllers": "", "cgroup.subtree_control": ""}
MEMORY = {
    "memory.max": "max\n",
    "memory.swap.max": "max\n",
    "memory.oom.group": "0\n",
    "memory.events": "low 0\nhigh 0\nmax 0\noom 0\noom_kill 0\noom_group_kill 0\n",
}


class CgroupTree:
    """A mounted hierarchy at `mount`, and a /proc at `proc` by which this process is in the cgroup
    `/unit`, alone.
    """

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.mount, self.proc = root / "cgroup", root / "proc"
        self.unit = self.mount / "unit"
        self._mkdir, self._rmdir = os.mkdir, os.rmdir
        self.mount.mkdir()
        self._populate(self.mount)
        self.set(self.mount, "cgroup.controllers", "cpu memory pids\n")
        self.set(self.mount, "cgroup.subtree_control", "cpu memory pids\n")
        monkeypatch.setattr(os, "mkdir", self._make)
        monkeypatch.setattr(os, "rmdir", self._remove)
        for module in (cgroupfs, cgroups):
            monkeypatch.setattr(module, "write", self.write)
        os.mkdir(self.unit)
        (self.proc / "self").mkdir(parents=True)
        (self.proc / "self" / "mountinfo").write_text(
            "24 1 0:22 / /proc rw - proc proc rw\n"
            f"30 24 0:26 / {self.mount} rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n"
        )
        self.place(self.unit, os.getpid())

    def place(self, cgroup: Path, pid: int, parent: int = 1) -> None:
        """A process in a cgroup; `parent` is its parent's pid."""
        self.set(cgroup, "cgroup.procs", f"{self.pids(cgroup)}{pid}\n")
        (self.proc / str(pid)).mkdir(exist_ok=True)
        (self.proc / str(pid) / "stat").write_text(f"{pid} (a (name)) S {parent} 1 1")
        if pid == os.getpid():
            path = "/" + str(cgroup.relative_to(self.mount))
            (self.proc / "self" / "cgroup").write_text(f"0::{path}\n")

    def pids(self, cgroup: Path) -> str:
        return (cgroup / "cgroup.procs").read_text()

    def set(self, cgroup: Path, name: str, text: str) -> None:
        (cgroup / name).write_text(text)

    def write(self, folder: str, name: str, value: object) -> None:
        """What the kernel does when a control file is written."""
        cgroup = Path(folder)
        if not (cgroup / name).exists():
            raise FileNotFoundError(errno.ENOENT, "no such control file", name)
        shares = (cgroup / "cgroup.subtree_control").read_text()
        if name == "cgroup.procs":
            if shares and cgroup != self.mount:
                raise OSError(errno.EBUSY, "no internal processes")
            for other in self.mount.rglob("cgroup.procs"):
                rest = [pid for pid in other.read_text().split() if pid != str(value)]
                other.write_text("".join(f"{pid}\n" for pid in rest))
            self.set(cgroup, name, f"{self.pids(cgroup)}{value}\n")
        elif name == "cgroup.subtree_control":
            if self.pids(cgroup):
                raise OSError(errno.EBUSY, "no internal processes")
            self.set(cgroup, name, shares + str(value).lstrip("+") + "\n")
        else:
            self.set(cgroup, name, f"{value}\n")

    def _make(self, path: str, mode: int = 0o777) -> None:
        self._mkdir(path, mode)
        if self.mount in Path(path).parents:
            self._populate(Path(path))

    def _remove(self, path: str) -> None:
        cgroup = Path(path)
        if not cgroup.exists():
            raise FileNotFoundError(errno.ENOENT, "gone", path)
        if self.pids(cgroup) or any(child.is_dir() for child in cgroup.iterdir()):
            raise OSError(errno.EBUSY, "in use", path)
        for file in cgroup.iterdir():
            file.unlink()
        self._rmdir(path)

    def _populate(self, cgroup: Path) -> None:
        parent = cgroup.parent / "cgroup.subtree_control"
        given = parent.read_text() if parent.exists() else ""
        files = {**CORE, "cgroup.controllers": given}
        for name, text in {**files, **(MEMORY if "memory" in given else {})}.items():
            self.set(cgroup, name, text)
