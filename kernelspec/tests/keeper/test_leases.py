"""Leases: the end of a process that is not the keeper's child is told once."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable

import pytest
from keeper.harness import TestingKeeper, wait_until

from penstock.keeper import leases
from penstock.keeper.leases import Leases
from penstock.keeper.loop import Loop
from penstock.procstat import start_time


@pytest.fixture
def owner():
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    yield process
    process.kill()
    process.wait()


def test_the_end_of_an_owner_is_told_even_while_it_is_a_zombie(
    keeper: TestingKeeper, owner: subprocess.Popen
) -> None:
    assert keeper.ask("watch", pid=owner.pid, start=start_time(owner.pid))["ok"]
    owner.kill()
    keeper.event("gone", pid=owner.pid)
    assert keeper.ask("watch", pid=owner.pid, start=None)["code"] == "gone"


def test_another_process_with_the_same_number_does_not_count(
    keeper: TestingKeeper, owner: subprocess.Popen
) -> None:
    answer = keeper.ask("watch", pid=owner.pid, start=start_time(owner.pid) - 1)
    assert (answer["ok"], answer["code"]) == (False, "gone")


def test_each_watch_needs_its_unwatch(keeper: TestingKeeper, owner: subprocess.Popen) -> None:
    start = start_time(owner.pid)
    keeper.ask("watch", pid=owner.pid, start=start)
    keeper.ask("watch", pid=owner.pid, start=start)
    keeper.ask("unwatch", pid=owner.pid)
    owner.kill()
    keeper.event("gone", pid=owner.pid)
    keeper.ask("unwatch", pid=owner.pid)


def test_what_is_not_watched_any_more_is_not_told(
    keeper: TestingKeeper, owner: subprocess.Popen
) -> None:
    keeper.ask("watch", pid=owner.pid, start=None)
    keeper.ask("unwatch", pid=owner.pid)
    owner.kill()
    owner.wait()
    keeper.spawn("s1", "pass")
    keeper.event("exit", session="s1")
    assert keeper.events == []


def test_without_pidfd_owners_are_polled(
    monkeypatch: pytest.MonkeyPatch, owner: subprocess.Popen
) -> None:
    def no_pidfd(_pid: int) -> int:
        raise OSError("not here")

    monkeypatch.setattr(os, "pidfd_open", no_pidfd, raising=False)
    monkeypatch.setattr(leases, "POLL", 0.01)
    loop = Loop()
    gone: list[int] = []

    def tell(pid: int) -> None:
        gone.append(pid)
        loop.stop()

    watcher = Leases(loop, tell)
    assert watcher.watch(owner.pid, start_time(owner.pid))
    owner.kill()
    run_bounded(loop, lambda: pytest.fail("the end was not seen"))
    assert gone == [owner.pid]
    wait_until(lambda: owner.poll() is not None, "reaped")


def run_bounded(loop: Loop, give_up: Callable[[], object]) -> None:
    timer = loop.later(20, lambda: give_up() and None)
    loop.run()
    timer.cancel()
