"""Requests that are cancelled before their turn has come."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from testing_gateway import Worker
from testing_verbs import COUNTING, FOR_INBOX, FROM_INBOX, Stream, evaluate, execute

from penstock.worker.frames import TO_GATEWAY, Frame, FrameDecoder, FrameType, encode

GATED = "import os, time\nwhile not os.path.exists({gate!r}): time.sleep(0.005)"


def cancel(worker: Worker, content: Any) -> dict[str, Any]:
    """The content of the reply."""
    header = {"msg_id": "c", "msg_type": "penstock_cancel_request", "session": "client"}
    parts = [json.dumps(part).encode() for part in (header, {}, {}, content)]
    worker.control.sendall(encode(Frame(FrameType.REQUEST, FOR_INBOX, 1, 0, parts)))
    decoder, frames = FrameDecoder(TO_GATEWAY), []
    while not frames:
        decoder.feed(worker.control.recv(1 << 16))
        frames = list(decoder.frames())
    assert frames[0].flags == FROM_INBOX
    assert bytes(frames[0].parts[0]) == b"penstock_cancel_reply"
    return dict(json.loads(bytes(frames[0].parts[2])))


@pytest.mark.parametrize(
    ("kind", "field"),
    [
        ("execute", "code"),
        ("penstock_exec", "code"),
        ("penstock_eval", "expr"),
        ("penstock_stream", "expr"),
    ],
)
def test_what_waits_never_runs(worker: Worker, tmp_path: Path, kind: str, field: str) -> None:
    gate = tmp_path / "gate"
    execute(worker, "seen = []")
    worker.send("penstock_exec_request", {"code": GATED.format(gate=str(gate))})
    unwanted = worker.send(f"{kind}_request", {field: "seen.append(1)"})
    number = worker.number
    assert cancel(worker, {"request": unwanted}) == {"status": "ok", "begun": False}
    gate.touch()
    messages = worker.until(lambda m: m.type == "reply" and m.content["number"] == number)
    said = messages[-1].content
    assert (said["msg_type"], said["content"]) == (f"{kind}_reply", {"status": "aborted"})
    assert evaluate(worker, "seen") == []


def test_one_that_has_not_come_yet(worker: Worker) -> None:
    assert cancel(worker, {"request": "nobody's"}) == {"status": "ok", "begun": False}
    assert evaluate(worker, "6 * 7") == 42


def test_one_that_has_begun_goes_on(worker: Worker) -> None:
    done = worker.execute("6 * 7")
    assert cancel(worker, {"request": done.msg_id}) == {"status": "ok", "begun": True}
    assert evaluate(worker, "6 * 7") == 42


RUNNING = {
    "loop": ("execute", "code", "print('go', flush=True)\nwhile True: pass"),
    "await": ("execute", "code", "print('go', flush=True)\nawait __import__('asyncio').sleep(60)"),
    "sleep": (
        "penstock_exec",
        "code",
        "import time; print('go', flush=True); time.sleep(60)",
    ),
    "value": (
        "penstock_eval",
        "expr",
        "[print('go', flush=True), __import__('time').sleep(60)]",
    ),
}


@pytest.mark.parametrize("name", RUNNING)
def test_one_that_runs_is_interrupted(worker: Worker, name: str) -> None:
    kind, field, code = RUNNING[name]
    unwanted = worker.send(f"{kind}_request", {field: code})
    number = worker.number
    worker.until_text("go")
    assert cancel(worker, {"request": unwanted, "interrupt": True})["begun"] is True
    messages = worker.until(lambda m: m.type == "reply" and m.content["number"] == number)
    said = messages[-1].content["content"]
    assert said["ename"] == "KeyboardInterrupt"
    assert evaluate(worker, "6 * 7") == 42


def test_a_child_gets_it_whatever_the_code_does(worker: Worker, tmp_path: Path) -> None:
    began = tmp_path / "began"
    code = f"import os; status = os.system('touch {began}; exec sleep 60'); 1 / 0"
    unwanted = worker.send("penstock_exec_request", {"code": code})
    number = worker.number
    deadline = time.monotonic() + 60
    while not began.exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert cancel(worker, {"request": unwanted, "interrupt": True})["begun"] is True
    messages = worker.until(lambda m: m.type == "reply" and m.content["number"] == number)
    assert messages[-1].content["content"]["ename"] == "ZeroDivisionError"
    assert evaluate(worker, "status") == 2  # by the signal
    # os.system() ignored it; the next interrupt, for another request, is not taken for it.
    endless = worker.start("print('on', flush=True)\nwhile True: pass")
    worker.until_text("on")
    worker.interrupt()
    assert worker.result(endless).reply["ename"] == "KeyboardInterrupt"


def test_one_that_is_over_hits_nobody(worker: Worker, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    over = worker.execute("6 * 7")
    wait = f"print('go', flush=True)\n{GATED.format(gate=str(gate))}\n'through'"
    running = worker.start(wait)
    worker.until_text("go")
    for _ in range(20):
        assert cancel(worker, {"request": over.msg_id, "interrupt": True})["begun"] is True
    gate.touch()
    assert worker.result(running).value == "'through'"
    # Nothing of it is left: whoever means what runs now still reaches it.
    endless = worker.start("print('on', flush=True)\nwhile True: pass")
    worker.until_text("on")
    worker.interrupt()
    assert worker.result(endless).reply["ename"] == "KeyboardInterrupt"


def test_short_ones_that_are_cancelled_as_they_end_hit_no_others(worker: Worker) -> None:
    """Whatever moment it comes in: the request that follows is whole."""
    for turn in range(100):
        unwanted = worker.send("penstock_exec_request", {"code": "for _ in range(2000): pass"})
        worker.send("penstock_eval_request", {"expr": f"[sum(range(20000)), {turn}][1]"})
        number = worker.number
        cancel(worker, {"request": unwanted, "interrupt": True})
        messages = worker.until(
            lambda m, wanted=number: m.type == "reply" and m.content["number"] == wanted
        )
        said = messages[-1].content["content"]
        assert said == {"status": "ok", "value": str(turn)}


def test_a_stream_between_two_steps_and_not_the_cell_that_runs_there(worker: Worker) -> None:
    execute(worker, COUNTING)
    stream = Stream(worker, "count()").started()
    cell = worker.start("import time; print('go', flush=True); time.sleep(0.2); 'through'")
    worker.until_text("go")
    assert cancel(worker, {"request": stream.msg_id, "interrupt": True})["begun"] is True
    assert worker.result(cell).value == "'through'"
    assert stream.finish().reason == "interrupted"


def test_a_stream_in_a_step(worker: Worker) -> None:
    stream = Stream(worker, "[print('go', flush=True), __import__('time').sleep(60)]").started()
    worker.until_text("go")
    assert cancel(worker, {"request": stream.msg_id, "interrupt": True})["begun"] is True
    assert stream.finish().reason == "interrupted"
    assert evaluate(worker, "6 * 7") == 42


@pytest.mark.parametrize("content", [{}, {"request": 7}, []])
def test_nonsense(worker: Worker, content: Any) -> None:
    assert cancel(worker, content)["ename"] == "ValueError"
