"""A client of PathView's API, as its page is one."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass, field
from typing import Any

from tests.support.served import Reply, Served
from tests.support.waiting import eventually

COUNTING = """
import itertools, time
numbers = itertools.count(1)
def step():
    time.sleep(0.005)
    return {'result': next(numbers)}
"""
"""A stream that no reader falls behind."""


@dataclass
class Page:
    """One session; `reader` tells pages that share one apart."""

    server: Served
    session: str = field(default_factory=lambda: str(uuid.uuid4()))
    reader: str = ""

    def call(self, path: str, body: object = None, method: str = "POST", **headers: str) -> Reply:
        """One call below /api."""
        headers.setdefault("X_Session_ID", self.session)
        headers.setdefault("Content_Type", "application/json")
        if self.reader:
            headers["X_Reader_ID"] = self.reader
        return self.server.call(method, f"api/{path}", body, token=True, whole=False, **headers)

    def ok(self, path: str, body: object = None) -> Any:
        """The answer to a call that goes well."""
        reply = self.call(path, body)
        assert reply.status == 200, reply
        return reply.json

    def init(self, *packages: dict[str, Any]) -> list[dict[str, Any]]:
        """Messages of an init."""
        answer = self.ok("init", {"packages": list(packages)})
        assert answer["type"] == "ready"
        messages: list[dict[str, Any]] = answer["messages"]
        return messages

    def exec(self, code: str) -> Any:
        """Executes code that goes well."""
        answer = self.ok("exec", {"id": "e", "code": code})
        assert (answer.pop("type"), answer.pop("id")) == ("ok", "e")
        return answer

    def eval(self, expression: str) -> Any:
        """The value of an expression."""
        answer = self.ok("eval", {"id": "v", "expr": expression})
        assert (answer["type"], answer["id"]) == ("value", "v")
        return json.loads(answer["value"])

    def fails(self, path: str, body: object, status: int = 400) -> Any:
        """The error of a call."""
        reply = self.call(path, body)
        assert reply.status == status, reply
        assert reply.json["type"] == "error"
        return reply.json

    def start(self, expression: str = "step()", name: str = "s") -> None:
        """Starts a stream."""
        answer = self.ok("stream/start", {"id": name, "expr": expression})
        assert answer == {"status": "started", "id": name}

    def stop(self) -> None:
        """Asks the stream to end."""
        assert self.ok("stream/stop") == {"status": "stopped"}

    def poll(self) -> Any:
        """One poll."""
        answer = self.ok("stream/poll")
        types = [message["type"] for message in answer["messages"]]
        if types:
            assert answer["done"] == any(kind in ("stream-done", "error") for kind in types)
        return answer

    def read(self, count: int | None = None) -> list[dict[str, Any]]:
        """Polls until there are so many messages, or until the stream's end."""
        messages: list[dict[str, Any]] = []

        def enough() -> bool:
            answer = self.poll()
            messages.extend(answer["messages"])
            return bool(answer["done"]) or (count is not None and len(messages) >= count)

        eventually(enough, 60, "messages of the stream")
        return messages

    def kernel(self) -> str:
        """Id of its kernel."""
        kernels = self.server.call("GET", "api/kernels").json
        (found,) = [k["id"] for k in kernels if k["name"] == f"pathview:{self.session}"]
        return str(found)


def values(messages: list[dict[str, Any]], name: str = "s") -> list[Any]:
    """Results of a stream that sends objects with `result`."""
    data = [m for m in messages if m["type"] == "stream-data"]
    assert all(m["id"] == name for m in data)
    return [json.loads(m["value"])["result"] for m in data]
