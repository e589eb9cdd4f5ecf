"""A client of `/api/v1/sessions`, with no more than HTTP."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from tests.support.served import Reply, Served
from tests.support.waiting import eventually

OVER = {"ok", "error", "aborted", "cancelled"}


@dataclass(frozen=True)
class Event:
    """A server-sent event."""

    name: str
    id: int | None
    data: Any


@dataclass(frozen=True)
class Session:
    """A session on a server."""

    server: Served
    id: str

    @classmethod
    def start(cls, server: Served, **order: object) -> Session:
        """Starts one."""
        reply = server.call("POST", "api/v1/sessions", order)
        assert reply.status == 201, reply
        session = cls(server, reply.json["id"])
        assert reply.headers["Location"] == f"{server.base}api/v1/sessions/{session.id}"
        return session

    def path(self, path: str = "") -> str:
        """Of a call about it."""
        return f"api/v1/sessions/{self.id}{path}"

    def call(self, method: str, path: str = "", body: object = None, **headers: Any) -> Reply:
        """A call about it."""
        return self.server.call(method, self.path(path), body, **headers)

    def delete(self) -> None:
        """Ends it, if it has not ended."""
        assert self.call("DELETE").status in (204, 404)

    def run(self, code: str, mode: str = "cell", **fields: object) -> Any:
        """Runs code to its end."""
        return self.end(self.begin(code, mode, **fields))

    def begin(self, code: str, mode: str = "cell", **fields: object) -> str:
        """Has code run; the id of the execution."""
        reply = self.call("POST", "/executions", {"code": code, "mode": mode, **fields})
        assert reply.status in (200, 202), reply  # 200: it is over already
        told = reply.json
        assert reply.headers["Location"].endswith(f"{self.id}/executions/{told['id']}")
        assert told["session_id"] == self.id
        return str(told["id"])

    def get(self, execution: str, wait: float = 0) -> Any:
        """An execution as it is now."""
        reply = self.call("GET", f"/executions/{execution}?wait_s={wait}")
        assert reply.status == 200, reply
        return reply.json

    def end(self, execution: str) -> Any:
        """An execution when it is over."""
        return self.until(execution, *OVER)

    def until(self, execution: str, *states: str) -> Any:
        """An execution when it is in one of these states."""

        def arrived() -> Any:
            told = self.get(execution)
            return told if told["state"] in states else None

        return eventually(arrived, 60, f"{execution} is {states}")

    def value(self, expression: str) -> Any:
        """Evaluates to JSON."""
        told = self.run(expression, "eval")
        assert told["state"] == "ok", told
        return told["result"]

    def outputs(self, execution: str, start: int = 0, wait: float = 0) -> Any:
        """What it has said from a number on, as one object."""
        reply = self.call("GET", f"/executions/{execution}/outputs?from={start}&wait_s={wait}")
        assert reply.status == 200, reply
        return reply.json

    @contextmanager
    def watching(
        self, execution: str, accept: str, query: str = "", what: str = "executions", **named: str
    ) -> Iterator[http.client.HTTPResponse]:
        """Its outputs as they come."""
        connection = self.server.connection()
        headers = {
            "Authorization": f"token {self.server.token}",
            "Accept": accept,
            **{name.replace("_", "-"): value for name, value in named.items()},
        }
        path = self.server.base + self.path(f"/{what}/{execution}/outputs{query}")
        try:
            connection.request("GET", path, headers=headers)
            with connection.getresponse() as answer:
                yield answer
        finally:
            connection.close()


def events(answer: http.client.HTTPResponse) -> Iterator[Event]:
    """Server-sent events until the end."""
    name, number, data = "message", None, []
    for raw in answer:
        line = raw.decode().rstrip("\n")
        field, _, value = line.partition(": ")
        if field == "event":
            name = value
        elif field == "id":
            number = int(value)
        elif field == "data":
            data.append(value)
        elif not line:
            if data:
                yield Event(name, number, json.loads("\n".join(data)))
            name, data = "message", []


def text(entries: list[Any], stream: str = "stdout") -> str:
    """What they have of a stream."""
    return "".join(entry["text"] for entry in entries if entry.get("stream") == stream)
