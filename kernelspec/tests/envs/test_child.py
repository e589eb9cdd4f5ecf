"""Running installers: lines, errors, and that none outlives us."""

from __future__ import annotations

import fcntl
import io
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from penstock.envs.child import FailedError, run

SLEEPS = """
import os, subprocess, sys
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
print(os.getpid(), child.pid, flush=True)
child.wait()
"""


@pytest.fixture
def lock(tmp_path: Path) -> Iterator[int]:
    """A descriptor with a lock."""
    fd = os.open(tmp_path / "lock", os.O_RDWR | os.O_CREAT)
    fcntl.flock(fd, fcntl.LOCK_EX)
    yield fd
    os.close(fd)


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def quiet(_line: str) -> None:
    """Takes a line."""


def test_lines_are_told_and_logged(lock: int, tmp_path: Path) -> None:
    told: list[str] = []
    log = io.StringIO()
    code = "import os, sys; print('one'); sys.stdout.flush(); os.write(2, b'tw\\xff\\n')"
    assert run(python(code), str(tmp_path), log, lock, told.append) == ["one", "tw�"]
    assert told == ["one", "tw�"]
    assert log.getvalue().splitlines()[1:] == told
    assert run(python("print(open(0).read(), end='')"), str(tmp_path), log, lock, quiet) == []


@pytest.mark.parametrize(
    ("code", "why"),
    [
        (
            "print('ERROR: no such thing\\nhint: think'); raise SystemExit(1)",
            "ERROR: no such thing hint: think",
        ),
        ("print('error: no\\n  cause: x\\n\\nhint: y'); raise SystemExit(1)", "no cause: x$"),
        ("print('ERROR: ' + 'x' * 999); raise SystemExit(1)", "x…$"),
        ("print('a\\nlast'); raise SystemExit(2)", "last"),
        ("raise SystemExit(3)", "code 3"),
        ("import os; os.kill(os.getpid(), 9)", "code 137"),
    ],
)
def test_why_it_failed(lock: int, tmp_path: Path, code: str, why: str) -> None:
    with pytest.raises(FailedError, match=why):
        run(python(code), str(tmp_path), io.StringIO(), lock, quiet)


def test_a_program_that_is_not_there(lock: int, tmp_path: Path) -> None:
    with pytest.raises(FailedError, match="/no/such cannot be started"):
        run(["/no/such"], str(tmp_path), io.StringIO(), lock, quiet)


def gone(pids: list[int]) -> bool:
    """Waits until none of the processes runs."""
    end = time.monotonic() + 20
    while any(running(pid) for pid in pids) and time.monotonic() < end:
        time.sleep(0.02)
    return not any(running(pid) for pid in pids)


def running(pid: int) -> bool:
    try:
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False  # there is none, or it has just been reaped


def test_an_interrupt_ends_the_program_and_its_children(lock: int, tmp_path: Path) -> None:
    pids: list[int] = []

    def interrupted(line: str) -> None:
        pids.extend(map(int, line.split()))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(python(SLEEPS), str(tmp_path), io.StringIO(), lock, interrupted)
    assert len(pids) == 2
    assert gone(pids)


OURS = """
import io, os, sys
from penstock.envs.child import run
lock = os.open(sys.argv[1], os.O_RDWR | os.O_CREAT)
def told(line):
    print(line, flush=True)
run([sys.executable, "-c", sys.argv[2]], "/", io.StringIO(), lock, told)
"""


def test_a_kill_of_ours_ends_them_too(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", OURS, str(tmp_path / "lock"), SLEEPS],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    pids = [int(word) for word in process.stdout.readline().split()]
    assert len(pids) == 2
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=20)
    assert gone(pids)
