"""What a change of an environment tells (docs/environments.md, "Progress")."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from .calls import Call
from .errors import EnvironmentFailedError
from .following import Lines

LAST = frozenset({"done", "error"})


class Events(Lines[dict[str, Any]]):
    """The events from number `start` on, each once."""

    def call(self) -> Call:
        """The call for what has not come yet."""
        call = super().call()
        return replace(call, query={**call.query, "follow": "1"})

    def told(self, entry: dict[str, Any]) -> dict[str, Any]:
        """An event."""
        self.next = entry["seq"] + 1
        self.is_over = entry["event"] in LAST
        return entry


def environment(last: dict[str, Any] | None) -> dict[str, Any]:
    """What a change's last event tells of the environment. Raises EnvironmentFailedError."""
    assert last is not None, "the last event is its end"
    if last["event"] == "error":
        error = last["error"]
        raise EnvironmentFailedError(error["code"], error["message"], error.get("hint"))
    result: dict[str, Any] = last["environment"]
    return result
