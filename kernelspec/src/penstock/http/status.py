"""How executions and streams are (docs/api-v1.md, "Executions")."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .errors import CodeError

OVER = frozenset({"ok", "error", "aborted", "cancelled"})


@dataclass(frozen=True)
class Question:
    """What running code asks its user."""

    prompt: str
    password: bool


@dataclass(frozen=True)
class Status:
    """An execution or a stream at one moment. `state` is `waiting`, `running` or `asking`, then
    `ok`, `error`, `aborted` or `cancelled`. `raw` is all that the server told.
    """

    id: str
    mode: str
    state: str
    execution_count: int | None
    question: Question | None
    value: Any
    """Of an evaluation its value; of a cell the content of its last `execute_result`; else None."""
    raw: dict[str, Any]

    @classmethod
    def of(cls, told: dict[str, Any]) -> Status:
        """From the server's model."""
        asked = told.get("input")
        return cls(
            id=told["id"],
            mode=told["mode"],
            state=told["state"],
            execution_count=told.get("execution_count"),
            question=Question(asked["prompt"], asked["password"]) if asked else None,
            value=told.get("result"),
            raw=told,
        )

    @property
    def is_over(self) -> bool:
        """Whether nothing will change any more."""
        return self.state in OVER

    def result(self) -> Any:
        """The value of what has ended well. Raises CodeError for what has not."""
        if self.state == "ok":
            return self.value
        raise CodeError.of(self.state, self.raw.get("error"))
