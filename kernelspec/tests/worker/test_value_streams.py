"""Streams of values: order, end, stop, code between the steps."""

from __future__ import annotations

from pathlib import Path

import pytest
from testing_gateway import Worker
from testing_verbs import COUNTING, Stream, evaluate, execute, in_step


def test_from_start_to_done(worker: Worker) -> None:
    execute(worker, COUNTING)
    stream = Stream(worker, "count(3)").started().finish()
    assert stream.values == [{"done": False, "result": n} for n in (1, 2, 3)]
    assert stream.reason == "done"
    assert stream.text() == "step 1\nstep 2\nstep 3\nstep 4\n"
    told = [m.type for m in stream.messages if m.type != "lane"]
    assert told == [
        "reply",
        *["stream", "penstock_stream_data"] * 3,
        "stream",
        "penstock_stream_done",
        "reply",
    ], "what a step writes comes before its value"
    assert worker.execute("6 * 7").value == "42"


NOTING = """
kernel = get_ipython().kernel
send, open_when_told = kernel.session.send, []
def noting(socket, kind, *args, **kwargs):
    if kind == 'penstock_stream_done':
        open_when_told.append(kernel.verbs.inboxes._running is not None)
    return send(socket, kind, *args, **kwargs)
kernel.session.send = noting
"""


@pytest.mark.parametrize("expression", ["{'done': True}", "1 / 0"])
def test_whoever_hears_of_the_end_finds_it_ended(forked: Worker, expression: str) -> None:
    execute(forked, NOTING)
    stream = Stream(forked, expression).started()
    stream.until(lambda m: m.type == "penstock_stream_done")
    assert stream.tell("exec", code="x = 1")["ename"] == "NoStreamError"
    stream.finish()
    assert evaluate(forked, "open_when_told") == [False], "not a moment later"


def test_values_that_are_no_objects_go_on(forked: Worker) -> None:
    execute(forked, "n = 0\ndef step():\n  global n; n += 1\n  return [n, None, 'a'][n % 3]")
    stream = Stream(forked, "step()").started().until_values(3)
    assert stream.values[:3] == [None, "a", 3]
    assert stream.tell("stop") == {"status": "ok"}
    assert stream.finish().reason == "stopped"


def test_nan_and_the_users_hook(forked: Worker) -> None:
    execute(forked, "class P: pass\ndef _to_json(o): return {'x': float('nan'), 'done': True}")
    stream = Stream(forked, "{'result': float('nan')}").started().until_values(1)
    assert stream.values[0] == {"result": None}
    stream.tell("stop")
    stream.finish()
    assert Stream(forked, "P()").started().finish().reason == "done"


def test_an_error_is_told_and_then_the_end(worker: Worker) -> None:
    stream = Stream(worker, "1 / (kept := 0)").started().finish()
    (error,) = stream.of("penstock_stream_error")
    assert error.content["ename"] == "ZeroDivisionError"
    assert set(error.content) == {"ename", "evalue", "traceback"}
    assert "penstock" not in "\n".join(error.content["traceback"])
    assert stream.reason == "error"
    assert worker.execute("kept").value == "0"


@pytest.mark.parametrize("expression", ["1 +", "exit()", "input()", "{'done': unclear}"])
def test_other_errors(forked: Worker, expression: str) -> None:
    execute(forked, "class Unclear:\n  def __bool__(self): raise TypeError\nunclear = Unclear()")
    stream = Stream(forked, expression).started().finish()
    assert len(stream.of("penstock_stream_error")) == 1
    assert stream.reason == "error"
    assert forked.execute("1").value == "1"


def test_a_step_has_a_time_limit(worker: Worker) -> None:
    execute(
        worker, "import time\nn = 0\ndef step():\n  global n; n += 1; time.sleep(600 * (n > 2))"
    )
    stream = Stream(worker, "step()", step_timeout_s=2).started().finish()
    (error,) = stream.of("penstock_stream_error")
    assert error.content["evalue"] == "Execution timed out after 2s"
    assert (stream.values, stream.reason) == ([None, None], "error")


@pytest.mark.parametrize(
    ("answer", "sent"),
    [
        ("{'result': 7}", [{"result": 7}]),
        ("{'result': 7, 'done': True}", []),
        ("{'result': []}", []),
        ("{}", []),
        ("7", []),
    ],
)
def test_a_stop_during_a_step(
    forked: Worker, tmp_path: Path, answer: str, sent: list[object]
) -> None:
    """Its value is still sent if it has a result and is not done; what is sent next runs next."""
    stream = in_step(forked, tmp_path / "gate", answer)
    assert stream.tell("stop", stream=stream.msg_id) == {"status": "ok"}
    forked.send("penstock_exec_request", {"code": "after = begun"})
    (tmp_path / "gate").touch()
    stream.finish()
    assert stream.values == sent
    assert stream.reason == ("done" if "True" in answer else "stopped")
    (reply,) = forked.take_replies(1)
    assert reply.content["content"] == {"status": "ok"}
    assert evaluate(forked, "begun, after") == [1, 1]


def test_code_runs_before_the_next_step(worker: Worker) -> None:
    execute(worker, COUNTING)
    stream = Stream(worker, "count()").started().until_values(1)
    assert stream.tell("exec", code="n = -1000; print('set', n)") == {"status": "ok"}
    assert stream.tell("exec", code="1 / 0") == {"status": "ok"}
    assert stream.tell("exec", code="raise SystemExit") == {"status": "ok"}
    assert stream.tell("exec", code="1 +") == {"status": "ok"}
    stream.until(lambda m: m.type == "stream" and "SyntaxError" in m.content["text"])
    stream.until_values(len(stream.values) + 1)
    assert "set -1000\nstep -999\n" in stream.text()
    errors = stream.text("stderr")
    assert errors.startswith("Stream exec error: ZeroDivisionError: division by zero\n")
    assert errors.count("Stream exec error: ") == 3
    assert "penstock" not in errors
    stream.tell("stop")
    assert stream.finish().reason == "stopped"


def test_all_code_runs_in_order(forked: Worker, tmp_path: Path) -> None:
    stream = in_step(forked, tmp_path / "gate")
    for i in range(1000):
        answer = stream.tell("exec", code=f"seen = [*globals().get('seen', []), {i}]")
        assert answer == {"status": "ok"}
    assert stream.tell("exec", code="1")["ename"] == "BlockingIOError", "what waits is bounded"
    (tmp_path / "gate").touch()
    stream.until_values(2)
    assert stream.tell("exec", code="1") == {"status": "ok"}
    stream.tell("stop")
    stream.finish()
    assert evaluate(forked, "seen == list(range(1000))") is True


def test_a_second_start_stops_the_first(worker: Worker) -> None:
    execute(worker, COUNTING)
    first = Stream(worker, "count()").started().until_values(2)
    second = Stream(worker, "{'second': 1}")
    first.finish()
    assert first.reason == "stopped"
    second.started().until_values(2)
    assert second.values[0] == {"second": 1}
    assert not [m for m in second.messages if m.parent.get("msg_id") == first.msg_id]
    assert second.tell("stop", stream=first.msg_id)["ename"] == "NoStreamError"
    second.until_values(len(second.values) + 2)
    assert second.tell("stop", stream=second.msg_id) == {"status": "ok"}
    assert second.finish().reason == "stopped"


def test_a_second_start_that_is_a_mistake_stops_nothing(forked: Worker) -> None:
    stream = Stream(forked, "1").started().until_values(1)
    reply = forked.request("penstock_stream_request", {"expr": 1}).reply
    assert reply["ename"] == "ValueError"
    stream.until_values(len(stream.values) + 2)
    stream.tell("stop")
    assert stream.finish().reason == "stopped"


def test_what_was_sent_before_a_stop_is_run(forked: Worker, tmp_path: Path) -> None:
    stream = in_step(forked, tmp_path / "gate")
    assert stream.tell("exec", code="sent = 1") == {"status": "ok"}
    assert stream.tell("stop") == {"status": "ok"}
    assert stream.tell("exec", code="sent = 2")["ename"] == "NoStreamError"
    (tmp_path / "gate").touch()
    assert stream.finish().reason == "stopped"
    assert evaluate(forked, "sent, begun") == [1, 1]


def test_what_is_said_to_a_stream_before_it_begins(forked: Worker, tmp_path: Path) -> None:
    """Its start waits behind a cell; a stop and code that name it do not get lost."""
    gate = tmp_path / "gate"
    forked.start(f"import os, time\nwhile not os.path.exists({str(gate)!r}): time.sleep(0.005)")
    first = Stream(forked, "code")
    assert first.tell("exec", stream=first.msg_id, code="early = 1") == {"status": "ok"}
    assert first.tell("stop", stream=first.msg_id) == {"status": "ok"}
    second = Stream(forked, "code")
    second._asked = first._asked
    assert second.tell("exec", stream=second.msg_id, code="code = {'done': 1}") == {"status": "ok"}
    gate.touch()
    assert first.finish().reason == "stopped"
    assert first.values == []
    assert second.finish().reason == "done"
    assert evaluate(forked, "early") == 1


def test_nobody_to_tell(forked: Worker) -> None:
    stream = Stream(forked, "{'done': True}").started().finish()
    for what in ("stop", "exec"):
        answer = stream.tell(what, code="1")
        assert (answer["status"], answer["ename"]) == ("error", "NoStreamError")
        assert answer["evalue"] == "no stream runs"
        answer = stream.tell(what, code="1", stream=stream.msg_id)
        assert answer["evalue"] == "this stream has ended"
    assert stream.tell("exec")["ename"] == "ValueError"
    assert stream.tell("stop", stream=5)["ename"] == "ValueError"
