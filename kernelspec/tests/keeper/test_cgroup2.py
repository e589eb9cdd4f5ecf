"""Cgroups of version 2, against a tree of directories that is laid out and behaves as the kernel
documents it (cgroup-v2.rst): the machines that these tests were written on have their memory
controller in version 1. What version 1 does is tested for real, in test_memory.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from keeper.cgroup_tree import MEMORY, CgroupTree

from penstock.keeper import cgroupfs, cgroups
from penstock.keeper.cgroups import Cgroups, MemoryCgroup

OURS = 4_000_000
FOREIGN = 4_000_001
"""Pids that no process has."""


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CgroupTree:
    return CgroupTree(tmp_path, monkeypatch)


def place(tree: CgroupTree) -> tuple[int, str] | None:
    return cgroupfs.memory_parent(str(tree.proc))


@pytest.fixture
def cgroup(tree: CgroupTree, monkeypatch: pytest.MonkeyPatch) -> MemoryCgroup:
    found = place(tree)
    monkeypatch.setattr(cgroups, "memory_parent", lambda: found)
    made = Cgroups().make(300 << 20)
    assert made is not None
    return made


def test_our_own_processes_make_room(tree: CgroupTree) -> None:
    tree.place(tree.unit, OURS, parent=os.getpid())
    assert place(tree) == (2, str(tree.unit))
    leaf = tree.unit / f"penstock-{os.getpid()}-keeper"
    assert tree.pids(leaf).split() == [str(os.getpid()), str(OURS)]
    assert tree.pids(tree.unit) == ""
    assert "memory" in (tree.unit / "cgroup.subtree_control").read_text()


def test_processes_of_others_are_never_moved(tree: CgroupTree) -> None:
    tree.place(tree.unit, OURS, parent=os.getpid())
    tree.place(tree.unit, FOREIGN)
    assert place(tree) is None
    assert tree.pids(tree.unit).split() == [str(os.getpid()), str(OURS), str(FOREIGN)]
    assert not list(tree.unit.glob("penstock-*"))


def test_what_cannot_be_shared_out_is_left_as_it_was(
    tree: CgroupTree, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(folder: str, name: str, value: object) -> None:
        if name == "cgroup.subtree_control":
            raise PermissionError
        tree.write(folder, name, value)

    monkeypatch.setattr(cgroupfs, "write", refuse)
    assert place(tree) is None
    assert tree.pids(tree.unit).split() == [str(os.getpid())]
    assert not list(tree.unit.glob("penstock-*"))


def test_a_delegated_unit_around_us_is_used(
    tree: CgroupTree, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As systemd's Delegate= with DelegateSubgroup= makes it."""
    inner = tree.unit / "inner"
    os.mkdir(inner)
    tree.set(tree.unit, "cgroup.procs", "")
    tree.place(inner, os.getpid())
    tree.place(inner, FOREIGN)
    assert place(tree) is None, "not marked as ours to arrange"
    marks = {(str(tree.unit), "user.delegate"): b"1"}

    def getxattr(folder: str, name: str) -> bytes:
        if (folder, name) not in marks:
            raise OSError
        return marks[folder, name]

    monkeypatch.setattr(os, "getxattr", getxattr)
    assert place(tree) == (2, str(tree.unit))
    assert tree.pids(inner).split() == [str(os.getpid()), str(FOREIGN)]


def test_no_memory_controller_no_cgroup(tree: CgroupTree) -> None:
    tree.set(tree.unit, "cgroup.controllers", "cpu pids\n")
    assert place(tree) is None


def test_a_mount_that_shows_another_part_of_the_tree_is_not_used(tree: CgroupTree) -> None:
    """As in a container that sees the host's path of its cgroup."""
    info = tree.proc / "self" / "mountinfo"
    info.write_text(info.read_text().replace(f" / {tree.mount}", f" /docker {tree.mount}"))
    assert place(tree) is None
    (tree.proc / "self" / "cgroup").write_text("0::/docker/unit\n")
    assert place(tree) == (2, str(tree.unit))


def test_no_cgroups_at_all(tmp_path: Path) -> None:
    assert cgroupfs.memory_parent(str(tmp_path)) is None


def test_limits_are_written(cgroup: MemoryCgroup) -> None:
    folder = Path(cgroup.folder)
    assert (folder / "memory.max").read_text() == f"{300 << 20}\n"
    assert (folder / "memory.swap.max").read_text() == "0\n"
    assert (folder / "memory.oom.group").read_text() == "1\n"


def test_a_process_joins_once(tree: CgroupTree, cgroup: MemoryCgroup) -> None:
    assert cgroup.join(OURS)
    assert cgroup.join(OURS)
    assert tree.pids(Path(cgroup.folder)) == f"{OURS}\n"


@pytest.mark.parametrize(
    ("events", "verdict"),
    [
        ("oom 0\noom_kill 0\n", None),
        ("oom 3\noom_kill 0\n", None),
        ("oom 1\noom_kill 2\n", "limit"),
        ("oom 0\noom_kill 1\n", "system"),
    ],
)
def test_what_the_events_tell(
    tree: CgroupTree, cgroup: MemoryCgroup, events: str, verdict: str | None
) -> None:
    tree.set(Path(cgroup.folder), "memory.events", f"low 0\nhigh 0\nmax 9\n{events}")
    assert cgroup.verdict() == verdict
    assert cgroup.forgive() == (verdict is not None)
    assert cgroup.verdict() is None


def test_a_cgroup_goes_when_it_is_empty(tree: CgroupTree, cgroup: MemoryCgroup) -> None:
    cgroup.join(OURS)
    assert not cgroup.remove()
    tree.set(Path(cgroup.folder), "cgroup.procs", "")
    assert cgroup.remove()
    assert cgroup.remove(), "that it is gone is what was wanted"
    assert cgroup.verdict() is None


def test_a_kernel_that_counts_no_kills_is_not_relied_on(
    tree: CgroupTree, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(MEMORY, "memory.events", "low 0\nhigh 0\nmax 0\noom 0\n")
    found = place(tree)
    monkeypatch.setattr(cgroups, "memory_parent", lambda: found)
    assert Cgroups().make(1 << 30) is None
    assert not list(tree.unit.glob("penstock-*-1"))
