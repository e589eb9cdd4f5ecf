"""Streams of values that wait for their reader."""

from __future__ import annotations

from pathlib import Path

import pytest
from testing_gateway import Worker
from testing_verbs import COUNTING, Stream, evaluate, execute


def counting(worker: Worker, pace: int, step: str = "count()") -> Stream:
    """A stream that has sent all that may be unread, and waits."""
    execute(worker, COUNTING)
    stream = Stream(worker, step, pace=pace).started().until_values(pace)
    assert evaluate(worker, "n") == pace
    return stream


def waits(worker: Worker, at: int) -> bool:
    """Whether the stream makes no step; each request is served between two of them."""
    return all(evaluate(worker, "n") == at for _ in range(5))


def numbers(stream: Stream) -> list[int]:
    """Those of its values."""
    return [m.content["number"] for m in stream.of("penstock_stream_data")]


def test_it_goes_on_as_far_as_it_was_read(worker: Worker) -> None:
    stream = counting(worker, 3)
    assert waits(worker, 3)
    stream.read(2)
    stream.until_values(5)
    assert waits(worker, 5)
    stream.read(1)
    assert waits(worker, 5), "what was read stays read"
    stream.read(99)
    stream.until_values(8)
    assert numbers(stream)[:8] == list(range(1, 9))
    assert stream.tell("stop") == {"status": "ok"}
    assert stream.finish().reason == "stopped"
    assert [value["result"] for value in stream.values] == numbers(stream)


def test_a_stop_while_it_waits(worker: Worker) -> None:
    stream = counting(worker, 2)
    assert stream.tell("stop") == {"status": "ok"}
    assert stream.finish().reason == "stopped"
    assert numbers(stream) == [1, 2]
    assert worker.execute("6 * 7").value == "42"


def test_an_interrupt_while_it_waits(worker: Worker) -> None:
    stream = counting(worker, 2)
    worker.interrupt()
    assert stream.finish().reason == "interrupted"
    assert numbers(stream) == [1, 2]


def test_an_interrupt_that_is_the_cells(worker: Worker) -> None:
    stream = counting(worker, 2)
    msg_id = worker.start("print('go', flush=True)\nimport time; time.sleep(600)")
    worker.until_text("go")
    worker.interrupt()
    assert worker.result(msg_id).reply["ename"] == "KeyboardInterrupt"
    assert waits(worker, 2)
    stream.tell("stop")
    assert stream.finish().reason == "stopped"


def test_a_second_start_while_it_waits(forked: Worker) -> None:
    first = counting(forked, 2)
    second = Stream(forked, "{'done': True}").finish()
    first.messages = second.messages
    assert (first.reason, second.reason) == ("stopped", "done")


def test_the_end_of_the_worker_while_it_waits(worker: Worker) -> None:
    counting(worker, 2)
    assert worker.shutdown() == 0


def test_code_is_executed_before_the_next_step(forked: Worker) -> None:
    stream = counting(forked, 2)
    assert stream.tell("exec", code="n = 100") == {"status": "ok"}
    assert waits(forked, 2)
    stream.read(1)
    stream.until_values(3)
    assert stream.values[-1]["result"] == 101
    stream.tell("stop")
    assert stream.finish().reason == "stopped"


def test_tasks_of_the_users_go_on(forked: Worker, tmp_path: Path) -> None:
    code = (
        "import asyncio, pathlib\nasync def touch():\n  await asyncio.sleep(0.1)\n"
        f"  pathlib.Path({str(tmp_path / 'there')!r}).touch()\n"
    )
    forked.execute(code + "task = asyncio.create_task(touch())")
    stream = counting(forked, 1)
    while not (tmp_path / "there").exists():
        assert waits(forked, 1)
    stream.tell("stop")
    assert stream.finish().reason == "stopped"


@pytest.mark.parametrize("step", ["{'x': 'x' * 600_000}", "print('x' * 600_000)"])
def test_large_values_are_few(forked: Worker, step: str) -> None:
    execute(forked, "n = 0\nX = 'x' * 1_500_000")
    forked.execute("print(X)")
    execute(forked, f"def large():\n  global n\n  n += 1\n  return {step}")
    stream = Stream(forked, "large()", pace=1000).started().until_values(2)
    assert waits(forked, 2)
    stream.read(1)
    stream.until_values(3)
    assert waits(forked, 3)
    stream.read(3)
    stream.until_values(5)
    stream.tell("stop")
    assert stream.finish().reason == "stopped"


@pytest.mark.parametrize("pace", [0, -1, 1.5, "3", True])
def test_a_pace_that_is_none(forked: Worker, pace: object) -> None:
    reply = forked.request("penstock_stream_request", {"expr": "1", "pace": pace}).reply
    assert reply["ename"] == "ValueError"
    assert "pace must be" in reply["evalue"]


def test_nonsense_about_what_was_read(forked: Worker) -> None:
    stream = counting(forked, 1)
    assert stream.read("7")["ename"] == "ValueError"
    assert stream.read(None)["ename"] == "ValueError"
    assert waits(forked, 1)
    stream.tell("stop")
    stream.finish()
    assert stream.read(1, stream=stream.msg_id)["ename"] == "NoStreamError"
