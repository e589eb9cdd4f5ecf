"""A real keeper where what only Linux has is missing, which is as near to macOS as Linux gets."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from keeper.harness import TestingKeeper, alive, read_lane, wait_until

from penstock.client import starter
from penstock.procstat import start_time

OTHER = Path(__file__).with_name("other_system.py")
SLEEP = "import os, time; os.write(1, b'up\\n'); time.sleep(600)"


@pytest.fixture
def keeper(start_keeper, monkeypatch: pytest.MonkeyPatch) -> TestingKeeper:
    monkeypatch.setattr(starter, "KEEPER", str(OTHER))
    return start_keeper().hello()


@pytest.fixture
def owner() -> Iterator[subprocess.Popen]:
    process = subprocess.Popen(["sleep", "600"])
    yield process
    process.kill()
    process.wait()


def test_it_starts_and_says_what_is_missing(keeper: TestingKeeper) -> None:
    assert keeper.outcome == {"ok": True}
    assert keeper.log("no-subreaper")


def test_fresh_workers_run_and_their_ends_are_told(keeper: TestingKeeper) -> None:
    keeper.spawn("s1", "import os; os.write(1, b'ran\\n'); os._exit(3)")
    assert keeper.event("exit", session="s1")["exit"] == 3
    assert read_lane(keeper, "s1") == b"ran\n"


def test_a_kill_is_told_and_not_guessed_about(keeper: TestingKeeper) -> None:
    pid = keeper.spawn("s1", SLEEP)
    os.kill(pid, signal.SIGKILL)
    event = keeper.event("exit", pid=pid)
    assert (event["exit"], event["oom"], event["certain"]) == (-9, False, False)


def test_signals_reach_the_group(keeper: TestingKeeper) -> None:
    code = (
        "import os, time\n"
        "child = os.fork()\n"
        "os.write(1, b'%d\\n' % child) if child else None\n"
        "time.sleep(600)"
    )
    pid = keeper.spawn("s1", code)
    child = int(read_lane(keeper, "s1"))
    assert keeper.ask("signal", pid=pid, signal=signal.SIGTERM, group=True)["ok"]
    assert keeper.event("exit", pid=pid)["exit"] == -signal.SIGTERM
    wait_until(lambda: not alive(child), "end of the child")


def test_owners_are_polled(keeper: TestingKeeper, owner: subprocess.Popen) -> None:
    assert keeper.ask("watch", pid=owner.pid, start=0)["ok"]
    owner.kill()
    owner.wait()
    keeper.event("gone", pid=owner.pid)
    assert keeper.ask("watch", pid=owner.pid, start=0)["code"] == "gone"


def test_a_memory_limit_is_refused_and_not_forgotten(keeper: TestingKeeper) -> None:
    spec = keeper.spec("s1", limits={"memory": 1 << 30})
    answer = keeper.ask("spawn", argv=["/bin/sleep", "600"], spec=spec)
    assert answer["code"] == "limit"
    assert "memory limit cannot be kept" in answer["error"]


def test_all_end_with_the_gateway(keeper: TestingKeeper) -> None:
    worker = keeper.spawn("s1", SLEEP)
    os.kill(keeper.jvm, signal.SIGKILL)
    wait_until(lambda: not alive(keeper.pid), "end of the keeper")
    assert not alive(worker)
    assert start_time(worker) is None
