"""Workers as children of a real keeper: starts, exits, signals, what outlives them."""

from __future__ import annotations

import json
import os
import signal
import time
from pathlib import Path

import pytest
from keeper.harness import TestingKeeper, alive, read_lane, wait_until

SLEEP = "import time; print('up', flush=True); time.sleep(600)"


def test_a_fresh_worker_gets_its_spec_its_environment_and_its_lanes(keeper: TestingKeeper) -> None:
    code = (
        "import os, sys, json; spec = json.loads(sys.stdin.buffer.readline());"
        "fds = sorted(map(int, os.listdir('/proc/self/fd')))[:-1];"
        "leads = os.getsid(0) == os.getpid();"
        "print(json.dumps([spec, dict(os.environ), leads, fds]));"
        "print('error lane', file=sys.stderr)"
    )
    argv = ["/usr/bin/env", "-u", "none", os.sys.executable, "-I", "-S", "-X", "utf8", "-c", code]
    spec = keeper.spec("s1", token="ab" * 32, filler="x" * 300_000)
    assert keeper.ask("spawn", argv=argv, spec=spec)["ok"]
    got, env, leads, fds = json.loads(read_lane(keeper, "s1", until=b"]\n"))
    assert got == spec
    assert env["ODD"] == "caf\udce9"
    assert leads
    assert fds == [0, 1, 2]
    assert b"error lane" in read_lane(keeper, "s1", "err")
    assert keeper.event("exit", session="s1")["exit"] == 0


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("raise SystemExit(3)", 3),
        ("import os; os._exit(255)", 255),
        ("import os; os.kill(os.getpid(), 9)", -9),
        (
            "import os, resource as r; r.setrlimit(r.RLIMIT_CORE, (0, 0)); os.abort()",
            -6,
        ),
    ],
)
def test_exit_status_is_told_and_written(keeper: TestingKeeper, code: str, expected: int) -> None:
    pid = keeper.spawn("s1", code)
    event = keeper.event("exit", pid=pid)
    assert (event["exit"], event["session"], event["limit"]) == (expected, "s1", None)
    assert event["rss_kb"] > 0
    assert keeper.exit_json("s1")["exit"] == expected


def test_output_written_right_before_the_end_is_still_there(keeper: TestingKeeper) -> None:
    keeper.spawn("s1", "print('last words')")
    keeper.event("exit", session="s1")
    assert read_lane(keeper, "s1") == b"last words\n"


def test_signals_reach_the_worker_and_gone_is_told(keeper: TestingKeeper) -> None:
    pid = keeper.spawn("s1", SLEEP)
    assert keeper.ask("signal", pid=pid, signal=signal.SIGTERM, group=True)["ok"]
    assert keeper.event("exit", pid=pid)["exit"] == -signal.SIGTERM
    answer = keeper.ask("signal", pid=pid, signal=signal.SIGTERM, group=True)
    assert (answer["ok"], answer["code"]) == (False, "gone")


def test_a_group_signal_reaches_the_children_of_the_worker(keeper: TestingKeeper) -> None:
    code = (
        "import os, signal, time;"
        "signal.signal(2, lambda *_: os.write(1, b'got it\\n')); child = os.fork();"
        "os.write(1, b'up\\n') if child else None; [time.sleep(5) for _ in range(100)]"
    )
    pid = keeper.spawn("s1", code)
    read_lane(keeper, "s1", until=b"up\n")
    keeper.ask("signal", pid=pid, signal=signal.SIGINT, group=True)
    read_lane(keeper, "s1", until=b"got it\ngot it\n")


def test_the_rest_of_the_group_ends_with_its_worker(keeper: TestingKeeper) -> None:
    """One child ends on SIGTERM, one ignores it and gets SIGKILL, one is stopped."""
    code = (
        "import os, signal, time\n"
        "ignore = lambda: signal.signal(15, signal.SIG_IGN)\n"
        "kinds = [lambda: None, ignore, lambda: os.kill(os.getpid(), 19)]\n"
        "for kind in kinds:\n"
        "    pid = os.fork()\n"
        "    if not pid:\n"
        "        kind(); time.sleep(600)\n"
        "    os.write(1, b'%d ' % pid)\n"
        "os.write(1, b'\\n'); time.sleep(.2); os._exit(0)"
    )
    keeper.spawn("s1", code)
    children = [int(pid) for pid in read_lane(keeper, "s1").split()]
    keeper.event("exit", session="s1")
    assert len(children) == 3
    wait_until(lambda: not any(map(alive, children)), "end of the group")


def test_a_program_that_is_missing_is_an_error(keeper: TestingKeeper) -> None:
    answer = keeper.ask("spawn", argv=["/no/such/python"], spec=keeper.spec("s1"))
    assert (answer["ok"], answer["code"]) == (False, "start")
    assert "/no/such/python" in answer["error"]


def test_wrong_requests_get_an_answer_and_harm_nobody(keeper: TestingKeeper) -> None:
    assert keeper.ask("nonsense")["code"] == "op"
    assert keeper.ask("spawn", argv=["/bin/true"])["code"] == "request"
    assert keeper.ask("signal", pid="x", signal=2)["code"] in ("request", "gone")
    outside = keeper.spec("s1", lanes=["/tmp/out", "/tmp/err"])
    assert keeper.ask("spawn", argv=["/bin/true"], spec=outside)["code"] == "request"
    assert keeper.ask("spawn", argv=["/bin/true"], spec=keeper.spec("../s1"))["code"] == "request"
    assert keeper.ask("hello", version=99)["code"] == "version"
    keeper.spawn("s2", "pass")
    assert keeper.event("exit", session="s2")["exit"] == 0


def test_release_removes_the_fifos(keeper: TestingKeeper) -> None:
    keeper.spawn("s1", "pass")
    keeper.event("exit", session="s1")
    assert keeper.ask("release", session="s1")["ok"]
    assert os.listdir(keeper.directory / "sessions" / "s1") == ["exit.json"]
    assert keeper.ask("release", session="unknown")["ok"]


def test_idle_keeper_does_nothing(keeper: TestingKeeper) -> None:
    def switches() -> int:
        status = Path(f"/proc/{keeper.pid}/status").read_text().split()
        return int(status[status.index("voluntary_ctxt_switches:") + 1])

    def rests() -> bool:
        before = switches()
        time.sleep(1.5)
        return switches() - before <= 1

    keeper.spawn("s1", SLEEP)
    # The start may still go on, and others' signals may come: one quiet look of five is enough.
    assert any(rests() for _ in range(5))
