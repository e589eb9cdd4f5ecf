"""Memory limits where no cgroup can be made."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest

from penstock.keeper import memory
from penstock.keeper.log import Log
from penstock.keeper.loop import Loop
from penstock.keeper.memory import LimitError, Memory
from penstock.keeper.processes import send_group
from penstock.keeper.sampling import MemorySamples

PATIENCE = 20.0


@pytest.fixture
def log(tmp_path) -> Log:
    return Log(str(tmp_path / "keeper.log"))


@pytest.fixture
def start() -> Iterator:
    processes: list[subprocess.Popen] = []

    def run(code: str) -> subprocess.Popen:
        """A process group that has said something."""
        argv = [sys.executable, "-c", f"import os, time\n{code}\nprint(1, flush=True)\n"]
        argv[-1] += "time.sleep(600)"
        processes.append(subprocess.Popen(argv, stdout=subprocess.PIPE, start_new_session=True))
        assert processes[-1].stdout is not None
        processes[-1].stdout.readline()
        return processes[-1]

    yield run
    for process in processes:
        send_group(process.pid, 9)
        process.wait()
        process.stdout.close()  # type: ignore[union-attr]


def run_until(loop: Loop, condition, what: str) -> None:
    """Runs the loop until a condition holds, looked at every few milliseconds."""

    def look() -> None:
        if condition():
            loop.stop()
        else:
            loop.later(0.005, look)

    look()
    loop.later(PATIENCE, lambda: pytest.fail(what))
    loop.run()


def test_a_group_that_passes_its_limit_is_killed(log: Log, start) -> None:
    loop, passed = Loop(), []
    process = start("x = bytearray(b'x') * 100_000_000")
    MemorySamples(loop, log).add(process.pid, 50_000_000, lambda: passed.append(True))
    run_until(loop, lambda: process.poll() is not None, "it was not killed")
    assert (process.returncode, passed) == (-9, [True])


def test_memory_that_children_share_is_counted_once(log: Log, start) -> None:
    loop, passed = Loop(), []
    process = start(
        "x = bytearray(b'x') * 60_000_000\n"
        "for _ in range(4):\n    if not os.fork(): time.sleep(600)"
    )
    samples = CountedSamples(loop, log)
    samples.add(process.pid, 150_000_000, lambda: passed.append(True))
    run_until(loop, lambda: samples.count >= 3, "it is not sampled")
    assert passed == []


def test_a_limit_that_is_removed_does_not_kill(log: Log, start) -> None:
    loop = Loop()
    process = start("x = bytearray(b'x') * 100_000_000")
    samples = MemorySamples(loop, log)
    samples.add(process.pid, 50_000_000, lambda: pytest.fail("it was removed"))
    samples.remove(process.pid)
    other = start("x = bytearray(b'x') * 100_000_000")
    samples.add(other.pid, 50_000_000, lambda: None)
    run_until(loop, lambda: other.poll() is not None, "the other was not killed")
    assert process.poll() is None


def test_a_limit_that_cannot_be_kept_is_refused(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on macOS: no cgroups, no /proc."""
    monkeypatch.setattr(memory, "can_sample", lambda: False)
    monkeypatch.setattr(memory.Cgroups, "make", lambda *_: None)
    limits = Memory(Loop(), log)
    with pytest.raises(LimitError, match="cannot be kept"):
        limits.limit(1 << 30)
    assert limits.limit(None) is None


class CountedSamples(MemorySamples):
    """Counts the looks at the groups."""

    count = 0

    def _sample(self) -> None:
        self.count += 1
        super()._sample()
