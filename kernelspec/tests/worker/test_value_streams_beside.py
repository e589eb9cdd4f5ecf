"""Streams of values beside cells, interrupts, the end, and readers that do not read."""

from __future__ import annotations

import array
import fcntl
import json
import termios
import time
from pathlib import Path

import pytest
from testing_gateway import Worker
from testing_verbs import COUNTING, GOES_ON, Stream, evaluate, execute, in_step

from penstock.worker.frames import Frame, FrameType, encode


def test_cells_are_served_between_steps(worker: Worker) -> None:
    execute(worker, COUNTING)
    stream = Stream(worker, "count()").started().until_values(2)
    for i in range(20):
        result = worker.execute(f"print('cell {i}'); n > {i}")
        assert result.reply["status"] == "ok"
        own = [m for m in result.of("stream") if m.parent["msg_id"] == result.msg_id]
        assert "".join(m.content["text"] for m in own) == f"cell {i}\n"
        assert {m.parent.get("msg_id") for m in result.messages} <= {result.msg_id, stream.msg_id}
        stream.messages += result.messages
    failing = worker.execute("1 / 0")
    assert failing.reply["ename"] == "ZeroDivisionError"
    assert worker.execute("import asyncio; await asyncio.sleep(0.01, 5)").reply["status"] == "ok"
    stream.until_values(len(stream.values) + 2)
    stream.tell("stop")
    assert stream.finish().reason == "stopped"


def test_a_queue_of_requests_does_not_hold_the_stream_up(forked: Worker) -> None:
    execute(forked, COUNTING)
    stream = Stream(forked, "count()").started().until_values(1)
    numbers = []
    for _ in range(8):
        forked.send("penstock_eval_request", {"expr": "n"})
        numbers.append(forked.number)
    stream.until(lambda m: m.type == "reply" and m.content["number"] == numbers[-1])
    replies = [m.content for m in stream.messages if m.type == "reply"]
    assert [r["number"] for r in replies[1:]] == numbers
    seen = [int(r["content"]["value"]) for r in replies[1:]]
    assert seen == sorted(seen)
    stream.tell("stop")
    stream.finish()


@pytest.mark.parametrize("body", ["while True: pass", "time.sleep(600)", "pass"])
def test_an_interrupt_ends_the_stream(worker: Worker, body: str) -> None:
    execute(worker, f"import time\ndef step():\n  print('go', flush=True)\n  {body}")
    stream = Stream(worker, "step()").started()
    stream.until(lambda m: m.type == "stream" and "go" in m.content["text"])
    worker.interrupt()
    assert stream.finish().reason == "interrupted"
    assert not stream.of("penstock_stream_error")
    for _ in range(20):
        worker.interrupt()  # nothing runs now
        assert worker.execute("1").reply["status"] == "ok"


def test_no_interrupt_is_lost(forked: Worker) -> None:
    """At whatever moment of a fast stream: it ends, and the next one is not hit."""
    for _ in range(100):
        stream = Stream(forked, "1").started().until_values(1)
        forked.interrupt()
        assert stream.finish().reason == "interrupted"
    assert forked.execute("6 * 7").value == "42"


def test_an_interrupt_is_the_cells_that_runs(worker: Worker) -> None:
    stream = Stream(worker, "1").started().until_values(1)
    msg_id = worker.start("import time; print('go', flush=True); time.sleep(600)")
    worker.until_text("go")
    worker.interrupt()
    assert worker.result(msg_id).reply["ename"] == "KeyboardInterrupt"
    stream.until_values(len(stream.values) + 2)
    stream.tell("stop")
    assert stream.finish().reason == "stopped"


def test_tasks_of_the_users_go_on(forked: Worker) -> None:
    forked.execute(
        "import asyncio\nticks = 0\nasync def tick():\n  global ticks\n"
        "  while True: ticks += 1; await asyncio.sleep(0)\ntask = asyncio.create_task(tick())"
    )
    stream = Stream(forked, "{'result': 1, 'done': ticks > 100}").started().finish()
    assert stream.reason == "done"


def test_the_end_of_the_worker_during_a_step(worker: Worker, tmp_path: Path) -> None:
    in_step(worker, tmp_path / "never")
    assert worker.shutdown() == 0


def test_a_stream_that_nobody_reads_waits(forked: Worker) -> None:
    """What was said fills the link; then the step waits until somebody reads."""
    execute(forked, "n = 0\ndef step():\n  global n; n += 1\n  return {'result': 'x' * 10_000}")
    stream = Stream(forked, "step()").started()
    before = -1
    while before != (before := written(forked)):
        time.sleep(0.2)
    assert stream.tell("stop") == {"status": "ok"}, "control does not wait for it"
    assert stream.finish().reason == "stopped"
    assert len(stream.values) < 1000
    assert evaluate(forked, "n") in (len(stream.values), len(stream.values) + 1)


def written(worker: Worker) -> int:
    """Bytes that wait in the link's socket."""
    waiting = array.array("i", [0])
    fcntl.ioctl(worker.data, termios.FIONREAD, waiting)
    return waiting[0]


def test_not_in_a_subshell(forked: Worker) -> None:
    create = [b'{"op": "create", "id": "s"}']
    forked.control.sendall(encode(Frame(FrameType.SUBSHELL, 0, 1 << 40, 0, create)))
    for number, (verb, content, told) in enumerate(
        [
            ("stream", {"expr": "1"}, "main shell only"),
            ("eval", {"expr": "1", "timeout_s": 1}, "is for the main shell"),
            ("eval", {"expr": "6 * 7"}, None),
        ],
        start=1,
    ):
        header = {"msg_id": verb, "msg_type": f"penstock_{verb}_request", "session": "s"}
        parts = [json.dumps(part).encode() for part in (header, {}, {}, content)]
        frame = Frame(FrameType.REQUEST, 0, 1 << 40 | number, 0, parts)
        forked.control.sendall(encode(frame))
        (reply,) = forked.take_replies(1)
        assert reply.content["flags"] != GOES_ON
        answer = reply.content["content"]
        assert (told in answer["evalue"]) if told else answer == {"status": "ok", "value": "42"}
