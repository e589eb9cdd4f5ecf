"""A session as its client sees it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from tests.support.served import Reply, Served


class CallError(Exception):
    """The error of an answer."""

    def __init__(self, error: dict[str, Any]) -> None:
        super().__init__(json.dumps(error))
        self.code, self.message = error["code"], error["message"]
        self.data: Any = error.get("data")


@dataclass(frozen=True)
class Session:
    """The path of a session on a server."""

    server: Served
    path: str = "rpc"

    @property
    def kernel(self) -> str:
        """Id of its kernel."""
        (found,) = (
            kernel["id"]
            for kernel in self.server.call("GET", "api/kernels").json
            if kernel["name"] == "rpc:" + self.path.removeprefix("rpc/")
        )
        return str(found)

    def post(self, body: object, content_type: str = "application/json") -> Reply:
        """Sends this, which is JSON unless it is bytes."""
        return self.server.call("POST", self.path, body, Content_Type=content_type)

    def answer(self, body: object) -> Any:
        """The answer to this."""
        reply = self.post(body)
        assert reply.status == 200, reply
        return reply.json

    def call(self, method: str, /, *places: object, **names: object) -> Any:
        """The result of a call. Raises CallError."""
        answer = self.answer(request(method, *places, **names))
        assert answer.pop("jsonrpc") == "2.0"
        assert answer.pop("id") == 1
        if "error" in answer:
            raise CallError(answer["error"])
        return answer["result"]

    def execute(self, code: str) -> None:
        """Runs code that writes nothing."""
        assert self.call("execute", code) == {"stdout": "", "stderr": ""}


def request(method: str, /, *places: object, **names: object) -> dict[str, object]:
    """A call; its parameters by place or by name."""
    assert not (places and names), "JSON-RPC takes one of both"
    call: dict[str, object] = {"jsonrpc": "2.0", "id": 1, "method": method}
    return {**call, "params": names or places} if names or places else call


def notification(method: str, /, *places: object) -> dict[str, object]:
    """A call that has no answer."""
    return {"jsonrpc": "2.0", "method": method, "params": places}
