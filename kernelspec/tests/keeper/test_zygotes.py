"""Zygotes: one per key, their forks, and everything that can go wrong with them."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import pytest
from keeper.harness import TestingKeeper, alive, wait_until

STAND_IN = [sys.executable, str(Path(__file__).with_name("stand_in_zygote.py"))]


def ask_zygote(keeper: TestingKeeper, mode: str = "", key: str = "k1") -> dict:
    env = {**os.environ, "TESTING_ZYGOTE": mode}
    return keeper.ask("zygote", key=key, argv=STAND_IN, env=env, start_only={"LD_X": "1"})


def fork(keeper: TestingKeeper, code: str, session: str = "s1", key: str = "k1") -> dict:
    return keeper.ask("fork", key=key, spec=keeper.spec(session, code=code))


def test_a_zygote_is_started_once_per_key(keeper: TestingKeeper) -> None:
    first = ask_zygote(keeper)
    assert first["ok"]
    assert first["start_only"] == {"LD_X": "1"}
    assert ask_zygote(keeper)["pid"] == first["pid"]
    assert ask_zygote(keeper, key="k2")["pid"] != first["pid"]


def test_a_forked_worker_is_a_child_of_the_keeper(keeper: TestingKeeper) -> None:
    ask_zygote(keeper)
    answer = fork(keeper, "import time; time.sleep(600)")
    pid = answer["pid"]
    assert parent(pid) == keeper.pid
    keeper.ask("signal", pid=pid, signal=signal.SIGKILL, group=True)
    event = keeper.event("exit", pid=pid)
    assert (event["session"], event["exit"], event["oom"]) == ("s1", -9, False)


def test_a_worker_that_ends_before_its_pid_is_known_is_told_after_the_answer(
    keeper: TestingKeeper,
) -> None:
    ask_zygote(keeper, "slow-answer")
    number = keeper.send("fork", key="k1", spec=keeper.spec("s1", code="import os; os._exit(5)"))
    answer = keeper.answer(number)
    assert answer["ok"]
    event = keeper.event("exit", pid=answer["pid"])
    assert event["exit"] == 5
    assert keeper.received.index(answer) < keeper.received.index(event)


def test_many_forks_at_once(keeper: TestingKeeper) -> None:
    ask_zygote(keeper)
    numbers = [
        keeper.send("fork", key="k1", spec=keeper.spec(f"s{i}", code=f"import os; os._exit({i})"))
        for i in range(40)
    ]
    answers = [keeper.answer(number) for number in numbers]
    assert all(answer["ok"] for answer in answers), answers
    pids = [answer["pid"] for answer in answers]
    assert len(set(pids)) == 40
    for i, pid in enumerate(pids):
        event = keeper.event("exit", pid=pid)
        assert (event["session"], event["exit"]) == (f"s{i}", i)


def test_stale_and_unknown_keys_are_told(keeper: TestingKeeper) -> None:
    ask_zygote(keeper, "stale")
    assert fork(keeper, "")["code"] == "stale"
    assert fork(keeper, "", key="unknown")["code"] == "gone"


def test_a_zygote_that_dies_at_its_start_tells_its_last_words(keeper: TestingKeeper) -> None:
    answer = ask_zygote(keeper, "dies-at-start")
    assert (answer["ok"], answer["code"]) == (False, "start")
    assert answer["error"] == "the zygote ended: no module named nonsense"
    log = keeper.directory / "zygote.log"  # written after the answer
    wait_until(lambda: log.exists() and "no module named nonsense" in log.read_text(), "the words")
    assert ask_zygote(keeper)["ok"], "the key must be free again"


def test_a_zygote_that_dies_at_a_fork_is_gone(keeper: TestingKeeper) -> None:
    ask_zygote(keeper, "dies-at-fork")
    assert fork(keeper, "")["code"] == "gone"
    event = keeper.event("zygote-exit")
    assert (event["key"], event["exit"]) == ("k1", 7)
    assert fork(keeper, "")["code"] == "gone"


def test_workers_outlive_a_killed_zygote_and_a_retired_one(keeper: TestingKeeper) -> None:
    for key, end in (("k1", "kill"), ("k2", "retire")):
        zygote = ask_zygote(keeper, key=key)["pid"]
        worker = fork(keeper, "import time; time.sleep(600)", session=key, key=key)["pid"]
        if end == "kill":
            os.kill(zygote, signal.SIGKILL)
            assert keeper.event("zygote-exit")["exit"] == -9
        else:
            assert keeper.ask("retire", key=key)["ok"]
            assert fork(keeper, "", key=key)["code"] == "gone"
        wait_until(lambda zygote=zygote: not alive(zygote), "end of the zygote")
        assert parent(worker) == keeper.pid
        assert ask_zygote(keeper, key=key)["pid"] != zygote


def test_a_zygote_may_be_started_together_with_the_gateway(start_keeper) -> None:
    request = {"key": "k1", "argv": STAND_IN, "env": dict(os.environ), "start_only": {}}
    keeper = start_keeper(zygote=request).hello()
    first = ask_zygote(keeper)
    assert first["start_only"] == {}, "it is the one of the configuration"


def test_a_missing_interpreter_is_an_error(keeper: TestingKeeper) -> None:
    answer = keeper.ask("zygote", key="k1", argv=["/no/python"], env={}, start_only={})
    assert (answer["ok"], answer["code"]) == (False, "start")


@pytest.mark.skipif(
    __import__("importlib.util").util.find_spec("penstock.worker.zygote") is None,
    reason="penstock.worker.zygote is not there",
)
def test_the_real_zygote_becomes_ready_and_ends_with_its_socket(keeper: TestingKeeper) -> None:
    argv = [sys.executable, "-m", "penstock.worker.zygote"]
    source = str(Path(__file__).parents[2] / "src")
    env = {**os.environ, "PYTHONPATH": source}
    answer = keeper.ask("zygote", key="real", argv=argv, env=env, start_only={})
    assert answer["ok"], answer
    assert alive(answer["pid"])
    keeper.ask("retire", key="real")
    wait_until(lambda: not alive(answer["pid"]), "end of the zygote")


def parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
