"""Subshells on the worker link: the control lane makes, feeds and ends them."""

from __future__ import annotations

import json
import os
import select
import time
from pathlib import Path
from typing import Any

from testing_gateway import TIMEOUT, Message, Worker

from penstock.worker.frames import Frame, FrameType, encode

HOLD = "import threading\ngo = threading.Event()\nprint('on', flush=True)\ngo.wait(); 'held'"


def number_of(shell: int, sequence: int) -> int:
    return shell << 40 | sequence


def tell(worker: Worker, op: str, shell: int) -> dict[str, Any]:
    """Have a subshell made or ended; the content of the confirmation."""
    part = json.dumps({"op": op, "id": f"id-{shell}"}).encode()
    frame = Frame(FrameType.SUBSHELL, 0, number_of(shell, 0), 0, [part])
    worker.control.sendall(encode(frame))
    answer = control_frame(worker)
    assert answer.type is FrameType.SUBSHELL_DONE
    assert answer.shell == shell
    return dict(json.loads(bytes(answer.parts[0])))


def control_frame(worker: Worker) -> Frame:
    """The next frame of the control lane."""
    decoder = type(worker.decoder)(frozenset({FrameType.SUBSHELL_DONE}))
    while True:
        assert select.select([worker.control], [], [], 20)[0], "no frame on the control lane"
        decoder.feed(worker.control.recv(1 << 16))
        for frame in decoder.frames():
            return frame


def send(worker: Worker, shell: int, sequence: int, msg_type: str, content: Any) -> str:
    """Send a request to a subshell; its msg_id."""
    msg_id = f"{shell}-{sequence}"
    header = {"msg_id": msg_id, "msg_type": msg_type, "subshell_id": f"id-{shell}"}
    parts = [json.dumps(part).encode() for part in (header, {}, {}, content)]
    frame = Frame(FrameType.REQUEST, 0, number_of(shell, sequence), 0, parts)
    worker.control.sendall(encode(frame))
    return msg_id


def until_reply(worker: Worker, number: int) -> list[Message]:
    """All messages up to the reply with this number, which is the last."""
    return worker.until(lambda m: m.type == "reply" and m.content["number"] == number)


def threads(worker: Worker) -> int:
    return len(list(Path(f"/proc/{worker.pid}/task").iterdir()))


def test_a_subshell_serves_beside_the_main_shell(worker: Worker) -> None:
    worker.execute("print('warm')")
    before = threads(worker)
    main = worker.start(HOLD)
    worker.until_text("on")
    assert tell(worker, "create", 1) == {}
    assert threads(worker) == before + 1
    msg_id = send(worker, 1, 1, "execute_request", {"code": "print('aside'); go.set(); 'set'"})
    numbers = {worker.number, number_of(1, 1)}
    messages: list[Message] = []
    while numbers:
        messages += worker.until(lambda m: m.type == "reply")
        numbers.remove(messages[-1].content["number"])
    shown = {m.parent["msg_id"]: m.content["data"] for m in messages if m.type == "execute_result"}
    assert shown == {main: {"text/plain": "'held'"}, msg_id: {"text/plain": "'set'"}}
    (text,) = [m for m in messages if m.type == "stream"]
    assert text.parent["msg_id"] == msg_id
    assert tell(worker, "delete", 1) == {}
    deadline = time.monotonic() + TIMEOUT
    while threads(worker) != before:  # the system takes its time after Python has joined it
        assert time.monotonic() < deadline, "the subshell's thread does not end"


def test_input_of_a_subshell_comes_over_the_control_lane(forked: Worker) -> None:
    forked.start(HOLD)
    forked.until_text("on")
    tell(forked, "create", 1)
    send(forked, 1, 1, "execute_request", {"code": "x = input('?')", "allow_stdin": True})
    question = forked.until(lambda m: m.type == "input_request")[-1]
    assert question.parent["subshell_id"] == "id-1"
    for number, value in ((number_of(1, 7), "stale"), (number_of(1, 1), "right")):
        part = json.dumps({"value": value}).encode()
        forked.control.sendall(encode(Frame(FrameType.INPUT_REPLY, 0, number, 0, [part])))
    until_reply(forked, number_of(1, 1))
    send(forked, 1, 2, "execute_request", {"code": "go.set()"})
    forked.take_replies(2)
    assert forked.execute("x").value == "'right'"


def test_a_loop_that_the_user_stops_goes_on(forked: Worker) -> None:
    tell(forked, "create", 3)
    code = "import asyncio; asyncio.get_running_loop().call_soon(asyncio.get_running_loop().stop)"
    send(forked, 3, 1, "execute_request", {"code": code})
    send(forked, 3, 2, "execute_request", {"code": "raise SystemExit", "stop_on_error": False})
    send(forked, 3, 3, "execute_request", {"code": "3 * 14"})
    messages = until_reply(forked, number_of(3, 3))
    shown = [m.content["data"]["text/plain"] for m in messages if m.type == "execute_result"]
    assert shown[-1] == "42"


def test_nonsense_for_a_subshell_is_done(forked: Worker) -> None:
    tell(forked, "create", 1)
    parts = [b"{", b"{}", b"{}", b"{}"]
    forked.control.sendall(encode(Frame(FrameType.REQUEST, 0, number_of(1, 1), 0, parts)))
    assert until_reply(forked, number_of(1, 1))[-1].content["msg_type"] == ""
    send(forked, 1, 2, "comm_msg", {"comm_id": [], "data": {}})
    assert until_reply(forked, number_of(1, 2))[-1].content["msg_type"] == ""
    send(forked, 1, 3, "is_complete_request", {"code": "1"})
    reply = until_reply(forked, number_of(1, 3))[-1].content
    assert reply["content"] == {"status": "complete"}


def test_a_child_forked_in_a_subshell_leaves_the_link_alone(forked: Worker) -> None:
    tell(forked, "create", 1)
    code = (
        "import os\npid = os.fork()\nif not pid:\n    print('child'); raise ValueError\n"
        "os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])"
    )
    send(forked, 1, 1, "execute_request", {"code": code})
    messages = until_reply(forked, number_of(1, 1))
    (shown,) = [m for m in messages if m.type == "execute_result"]
    assert shown.content["data"]["text/plain"] == "1"
    assert "child" in "".join(m.content["text"] for m in messages if m.type == "lane")


def test_many_shells_end_with_the_worker(forked: Worker) -> None:
    for shell in range(1, 21):
        tell(forked, "create", shell)
        send(forked, shell, 1, "execute_request", {"code": "import time\ntime.sleep(600)"})
    forked.execute("1")
    assert forked.shutdown() == 0
    assert not os.path.exists(f"/proc/{forked.pid}")
