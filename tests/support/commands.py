"""Commands of a `penstock serve`, and their viewers."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.client import HTTPResponse
from typing import Any

from tests.support.served import Served

PATH = "api/v1/commands"


@dataclass(frozen=True)
class Event:
    """A server-sent event."""

    id: int | None
    name: str
    data: Any


@dataclass
class Viewer:
    """A stream that is read bit by bit; what came is in `raw`."""

    response: HTTPResponse
    raw: bytearray = field(default_factory=bytearray)

    def some(self, most: int = 1 << 16) -> bytes:
        """What has come, once something has; nothing at the end."""
        got = self.response.read1(most)
        self.raw += got
        return got

    def until(self, text: bytes) -> bytearray:
        """Reads until this has come; all of it."""
        while text not in self.raw:
            assert self.some(), (text, self.raw[-200:])
        return self.raw

    def rest(self) -> bytearray:
        """Reads to the end; all of it."""
        while self.some():
            pass
        return self.raw


class Commands:
    """The commands of a server."""

    def __init__(self, server: Served) -> None:
        self.server = server

    def run(self, *argv: str, **fields: Any) -> str:
        """Starts one; its id."""
        reply = self.server.call("POST", PATH, {"argv": list(argv), **fields})
        assert reply.status == 201, reply
        return str(reply.json["id"])

    def python(self, code: str, **fields: Any) -> str:
        """Starts Python with this code; its id."""
        return self.run(sys.executable, "-c", code, **fields)

    def refused(self, status: int, **body: Any) -> str:
        """Why a command is not started."""
        reply = self.server.call("POST", PATH, body)
        assert reply.status == status, reply
        return reply.error()

    def tell(self, command: str) -> dict[str, Any]:
        """What the server tells of it."""
        return dict(self.server.call("GET", f"{PATH}/{command}").json)

    def act(self, command: str, what: str, body: object = None, status: int = 204) -> None:
        """Does something to it."""
        reply = self.server.call("POST", f"{PATH}/{command}/{what}", body)
        assert reply.status == status, reply

    @contextlib.contextmanager
    def view(self, command: str, accept: str, query: str = "", **headers: str) -> Iterator[Viewer]:
        """A viewer, who leaves at the end."""
        connection = self.server.connection()
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        named |= {"Accept": accept, "Authorization": f"token {self.server.token}"}
        path = f"{self.server.base}{PATH}/{command}/output{query}"
        try:
            connection.request("GET", path, headers=named)
            response = connection.getresponse()
            assert response.status == 200, (response.status, response.read())
            yield Viewer(response)
        finally:
            connection.close()

    def text(self, command: str, query: str = "") -> str:
        """All it writes, as plain text."""
        with self.view(command, "text/plain", query) as viewer:
            return viewer.rest().decode()

    def lines(self, command: str, query: str = "") -> list[dict[str, Any]]:
        """All it is told to say, until its exit."""
        with self.view(command, "application/x-ndjson", query) as viewer:
            return [json.loads(line) for line in viewer.rest().splitlines() if line]

    def exit(self, command: str) -> dict[str, Any]:
        """Waits for its end; how it ended."""
        return dict(self.lines(command)[-1]["exit"])


def events(raw: bytes | bytearray) -> list[Event]:
    """The whole events of a stream (HTML standard, 9.2.6)."""
    found = []
    *blocks, _ = raw.decode().split("\n\n")
    for block in blocks:
        fields = dict(line.split(": ", 1) for line in block.split("\n") if not line.startswith(":"))
        if "data" in fields:
            number = int(fields["id"]) if "id" in fields else None
            data = json.loads(fields["data"])
            found.append(Event(number, fields.get("event", "message"), data))
    return found
