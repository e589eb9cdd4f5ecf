"""Memory limits on a real keeper: by a cgroup, by sampling, and what the exit event tells."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path

import pytest
from keeper.harness import TestingKeeper, alive, read_lane, wait_until

from penstock.keeper.cgroupfs import memory_parent

PLACE = memory_parent()
cgroups_only = pytest.mark.skipif(PLACE is None, reason="no memory cgroup can be made here")
version_1 = pytest.mark.skipif(
    PLACE is None or PLACE[0] != 1, reason="no memory cgroup of version 1 can be made here"
)

LIMIT = 64 << 20
BEFORE_KB = 32 << 10
"""More than an interpreter takes to start, which it does outside of its cgroup."""

HOARD = "x = bytearray(b'x') * 200_000_000\n"
UP_AND_SLEEP = "import os, time; os.write(1, b'up\\n'); time.sleep(600)\n"


def cgroups_of(keeper: TestingKeeper) -> list[Path]:
    assert PLACE is not None
    return list(Path(PLACE[1]).glob(f"penstock-{keeper.pid}-*"))


LIMITS = {"limits": {"memory": LIMIT}}


def spawn(keeper: TestingKeeper, code: str) -> int:
    """A worker with the limit that, as a real one, does nothing before it has its spec."""
    return keeper.spawn("s1", f"import sys; sys.stdin.readline()\n{code}", **LIMITS)


@cgroups_only
def test_the_limit_of_a_cgroup_kills_and_says_so_with_certainty(keeper: TestingKeeper) -> None:
    pid = spawn(keeper, HOARD + UP_AND_SLEEP)
    event = keeper.event("exit", pid=pid)
    told = (event["exit"], event["limit"], event["oom"], event["certain"])
    assert told == (-9, "memory", False, True)
    assert event["rss_kb"] < (LIMIT >> 10) + BEFORE_KB, "nothing overshoots"
    assert keeper.exit_json("s1")["cause"] == "it used more memory than its limit of 64 MiB"
    wait_until(lambda: not cgroups_of(keeper), "the cgroup is removed")


@cgroups_only
def test_the_worker_is_inside_before_it_has_its_spec(keeper: TestingKeeper) -> None:
    code = "print([line for line in open('/proc/self/cgroup') if 'penstock-' in line])"
    spawn(keeper, code)
    keeper.event("exit", session="s1")
    assert f"penstock-{keeper.pid}-1".encode() in read_lane(keeper, "s1")


@cgroups_only
def test_a_worker_without_a_limit_has_no_cgroup(keeper: TestingKeeper) -> None:
    keeper.spawn("s1", UP_AND_SLEEP)
    read_lane(keeper, "s1", until=b"up\n")
    assert cgroups_of(keeper) == []


@cgroups_only
def test_other_deaths_under_a_limit_are_not_blamed_on_it(keeper: TestingKeeper) -> None:
    pid = spawn(keeper, UP_AND_SLEEP)
    read_lane(keeper, "s1", until=b"up\n")
    os.kill(pid, signal.SIGKILL)
    event = keeper.event("exit", pid=pid)
    assert (event["exit"], event["limit"], event["certain"]) == (-9, None, False)


@version_1
def test_a_worker_whose_child_was_killed_lives_on(keeper: TestingKeeper) -> None:
    code = (
        "import os, time\n"
        "pid = os.fork()\n"
        f"if not pid:\n    {HOARD}    os._exit(0)\n"
        "os.write(1, b'%d\\n' % os.waitpid(pid, 0)[1]); time.sleep(600)\n"
    )
    pid = spawn(keeper, code)
    assert read_lane(keeper, "s1") == b"9\n"
    wait_until(lambda: keeper.log("memory-limit-child"), "the keeper saw whom it was")
    assert alive(pid)
    os.kill(pid, signal.SIGKILL)
    event = keeper.event("exit", pid=pid)
    assert (event["limit"], event["certain"]) == (None, False), "its own death has another cause"


@cgroups_only
def test_what_a_worker_left_in_its_cgroup_ends_with_it(keeper: TestingKeeper) -> None:
    """Also a child that has left the worker's session."""
    code = (
        "import os, time\n"
        "pid = os.fork()\n"
        "if not pid:\n    os.setsid(); time.sleep(600)\n"
        "os.write(1, b'%d\\n' % pid)\n"
    )
    spawn(keeper, code)
    child = int(read_lane(keeper, "s1"))
    keeper.event("exit", session="s1")
    wait_until(lambda: not alive(child), "end of the child")
    wait_until(lambda: not cgroups_of(keeper), "the cgroup is removed")


@cgroups_only
def test_cgroups_go_with_the_keeper(keeper: TestingKeeper) -> None:
    spawn(keeper, UP_AND_SLEEP)
    assert len(cgroups_of(keeper)) == 1
    os.kill(keeper.pid, signal.SIGTERM)
    wait_until(lambda: not alive(keeper.pid), "end of the keeper")
    assert cgroups_of(keeper) == []


@cgroups_only
def test_cgroups_of_a_killed_keeper_are_removed_by_the_next(keeper: TestingKeeper) -> None:
    assert PLACE is not None
    ended = subprocess.Popen(["true"])
    ended.wait()
    left = [Path(PLACE[1]) / f"penstock-{pid}-1" for pid in (ended.pid, keeper.pid)]
    for folder in left:
        folder.mkdir()
    pid = spawn(keeper, UP_AND_SLEEP)
    assert not left[0].exists()
    assert (left[1] / "cgroup.procs").read_text() == f"{pid}\n", "made anew"


@cgroups_only
def test_a_start_that_fails_leaves_no_cgroup(keeper: TestingKeeper) -> None:
    answer = keeper.ask("spawn", argv=["/no/such/python"], spec=keeper.spec("s1", **LIMITS))
    assert answer["code"] == "start"
    assert cgroups_of(keeper) == []


@pytest.mark.parametrize("memory", [0, -1, "300M", 1.5, True])
def test_a_limit_that_is_no_size_is_refused(keeper: TestingKeeper, memory: object) -> None:
    spec = keeper.spec("s1", limits={"memory": memory})
    assert keeper.ask("spawn", argv=["/bin/true"], spec=spec)["code"] == "request"
