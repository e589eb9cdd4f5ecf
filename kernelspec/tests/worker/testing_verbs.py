"""A client of the worker's verbs, for tests."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from testing_gateway import Message, Result, Worker

from penstock.worker.frames import TO_GATEWAY, Frame, FrameDecoder, FrameType, encode

#: Flags of docs/worker-link.md.
FOR_INBOX = 1 | 2
GOES_ON = 4
FROM_INBOX = 8


COUNTING = """
n = 0
def count(last=10**9):
    global n
    n += 1
    print('step', n)
    return {'done': n > last, 'result': n}
"""


def execute(worker: Worker, code: Any, **content: Any) -> Result:
    """Runs code, not as a cell."""
    return worker.request("penstock_exec_request", {"code": code, **content})


def evaluate(worker: Worker, expression: Any, **content: Any) -> Any:
    """The value that JSON clients get of an expression."""
    reply = worker.request("penstock_eval_request", {"expr": expression, **content}).reply
    assert reply["status"] == "ok", reply
    return json.loads(reply["value"], parse_constant=_no_json)


def _no_json(name: str) -> None:
    raise AssertionError(f"{name} is no JSON")


class Stream:
    """A stream, and what it has said so far."""

    def __init__(self, worker: Worker, expression: str, **content: Any) -> None:
        self.worker = worker
        self.msg_id = worker.send("penstock_stream_request", {"expr": expression, **content})
        self.number = worker.number
        self.messages: list[Message] = []
        self._decoder = FrameDecoder(TO_GATEWAY)
        self._asked = 0

    def started(self) -> Stream:
        """Waits for the reply."""
        self.until(lambda m: m.type == "reply")
        assert self.messages[-1].content["msg_type"] == "penstock_stream_reply"
        assert self.messages[-1].content["content"] == {"status": "ok"}
        assert self.messages[-1].content["flags"] == GOES_ON
        return self

    def until(self, condition: Any) -> Stream:
        """Reads until a message fits."""
        self.messages += self.worker.until(condition)
        return self

    def until_values(self, count: int) -> Stream:
        """Reads until so many values are there."""
        while len(self.values) < count:
            self.until(lambda m: m.type == "penstock_stream_data")
        return self

    def finish(self) -> Stream:
        """Reads to its end."""
        return self.until(lambda m: self._is_end(m))

    def _is_end(self, message: Message) -> bool:
        if message.type != "reply" or message.content["number"] != self.number:
            return False
        return message.content["msg_type"] == "" and message.content["flags"] == GOES_ON

    @property
    def values(self) -> list[Any]:
        """What it has sent."""
        return [json.loads(m.content["value"]) for m in self.of("penstock_stream_data")]

    @property
    def reason(self) -> str:
        """Of its end, which is told once and last."""
        (done,) = self.of("penstock_stream_done")
        own = [m for m in self.messages if m.parent.get("msg_id") == self.msg_id]
        assert own[-1] is done
        return str(done.content["reason"])

    def of(self, *types: str) -> list[Message]:
        """Its own messages of these types."""
        return [
            m for m in self.messages if m.type in types and m.parent.get("msg_id") == self.msg_id
        ]

    def text(self, name: str = "stdout") -> str:
        """What it wrote."""
        return "".join(m.content["text"] for m in self.of("stream") if m.content["name"] == name)

    def tell(self, what: str, **content: Any) -> dict[str, Any]:
        """Says ``stop`` or ``exec`` past the main thread; the reply."""
        msg_type = f"penstock_stream_{what}_request"
        return self._say(msg_type, msg_type.replace("request", "reply"), content)

    def read(self, number: Any, **content: Any) -> dict[str, Any]:
        """Says that values up to this number were read; the link's answer, for no client."""
        return self._say("penstock_stream_read", "", {"number": number, **content})

    def _say(self, msg_type: str, reply: str, content: dict[str, Any]) -> dict[str, Any]:
        self._asked += 1
        header = {"msg_id": f"said{self._asked}", "msg_type": msg_type, "session": "client"}
        parts = [json.dumps(part).encode() for part in (header, {}, {}, content)]
        self.worker.control.sendall(
            encode(Frame(FrameType.REQUEST, FOR_INBOX, self._asked, 0, parts))
        )
        frames: list[Frame] = []
        while not frames:
            self._decoder.feed(self.worker.control.recv(1 << 16))
            frames = list(self._decoder.frames())
        (frame,) = frames
        assert frame.type is FrameType.REPLY
        assert (frame.flags, frame.number) == (FROM_INBOX, self._asked)
        assert bytes(frame.parts[0]).decode() == reply
        return dict(json.loads(bytes(frame.parts[2])))


SLOW = """
import os, time
begun = 0
def step():
    global begun
    begun += 1
    print('in step', flush=True)
    while not os.path.exists(gate): time.sleep(0.005)
    return answer
"""
"""A step that goes on until the test makes a file."""


def in_step(worker: Worker, gate: Path, answer: str = "{'result': 7}") -> Stream:
    """A stream whose first step waits for the gate."""
    execute(worker, SLOW + f"answer = {answer}; gate = {str(gate)!r}")
    stream = Stream(worker, "step()").started()
    return stream.until(lambda m: m.type == "stream" and "in step" in m.content["text"])
