"""Two processes in cgroups that hold them to the same are alike; against a tree laid out as the
kernel documents version 2, since not every machine has its controllers there.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from penstock.cgroup_limits import limits

UNLIMITED = {
    "memory.max": "max",
    "memory.high": "max",
    "cpu.max": "max 100000",
    "cpu.weight": "100",
    "cpuset.cpus": "",
    "io.max": "",
    "pids.max": "19000",
}


class Place:
    """A /proc for a process in a cgroup of version 2 below `root`."""

    def __init__(self, root: Path) -> None:
        self.root, self.mount, self.proc = root, root / "cgroup", root / "proc"
        (self.proc / "self").mkdir(parents=True)
        self.mounted(str(self.mount))

    def mounted(self, point: str, root: str = "/") -> None:
        text = f"30 24 0:26 {root} {point} rw,nosuid shared:4 - cgroup2 cgroup2 rw\n"
        (self.proc / "self" / "mountinfo").write_text(text)

    def make(self, path: str, **changed: str) -> None:
        folder = self.mount / path.strip("/")
        folder.mkdir(parents=True)
        given = {name.replace("_", "."): value for name, value in changed.items()}
        for name, value in {**UNLIMITED, **given}.items():
            (folder / name).write_text(value + "\n")

    def limits(self, *memberships: str) -> list[str]:
        (self.proc / "self" / "cgroup").write_text("".join(f"{line}\n" for line in memberships))
        return limits(str(self.proc))


@pytest.fixture
def place(tmp_path: Path) -> Place:
    made = Place(tmp_path)
    made.make("/user.slice")
    for scope in ("one", "two"):
        made.make(f"/user.slice/{scope}.scope")
    return made


def test_two_terminals_without_limits_are_alike(place: Place) -> None:
    one = place.limits("0::/user.slice/one.scope")
    assert one == place.limits("0::/user.slice/two.scope") == ["pids.max 19000"]


@pytest.mark.parametrize(
    "limit",
    [
        {"memory_max": "1073741824"},
        {"memory_high": "0"},
        {"cpu_max": "50000 100000"},
        {"cpu_weight": "20"},
        {"cpuset_cpus": "0"},
        {"io_max": "8:0 rbps=1048576 wbps=max riops=max wiops=max"},
        {"pids_max": "100"},
    ],
    ids=lambda limit: next(iter(limit)),
)
def test_a_limit_anywhere_above_makes_a_difference(place: Place, limit: dict[str, str]) -> None:
    place.make("/user.slice/job", **limit)
    place.make("/user.slice/job/inner")
    assert place.limits("0::/user.slice/job/inner") != place.limits("0::/user.slice/one.scope")


def test_the_same_limit_of_another_cgroup_is_another_budget(place: Place) -> None:
    for name in ("a", "b"):
        place.make(f"/user.slice/{name}", memory_max="1000000")
    assert place.limits("0::/user.slice/a") != place.limits("0::/user.slice/b")


def test_what_cannot_be_looked_at_differs_by_its_name(place: Place) -> None:
    assert place.limits("0::/elsewhere") == ["0::/elsewhere"]
    assert place.limits("0::/../above") == ["0::/../above"]
    place.mounted(str(place.mount), root="/user.slice")
    assert place.limits("0::/user.slice/one.scope") == ["0::/user.slice/one.scope"]


def test_of_version_1_each_controller_counts_and_a_named_hierarchy_does_not(place: Place) -> None:
    lines = ["4:memory:/x", "3:cpuset:/", "1:name=systemd:/user/session-3", "0::/user.slice"]
    assert place.limits(*lines) == ["4:memory:/x", "3:cpuset:/", "pids.max 19000"]


def test_a_system_without_cgroups_has_none(tmp_path: Path) -> None:
    assert limits(str(tmp_path)) == []
