"""What can go wrong for a program that uses a server."""

from __future__ import annotations

from typing import Any


class PenstockError(Exception):
    """Any of these."""


class RefusedError(PenstockError):
    """The server says no. `status` is HTTP's, `message` the server's reason."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(f"{message} (HTTP {status})")
        self.status = status
        self.message = message


class UnreachableError(PenstockError):
    """The server cannot be reached, or was lost for longer than the client's patience. What a lost
    call asked for may have been done.
    """


class EnvironmentFailedError(PenstockError):
    """A change of an environment failed, which is as it was. `code` is one of docs/environments.md,
    `cancelled` for one that was ended; `message` and `hint` are for people.
    """

    def __init__(self, code: str, message: str, hint: str | None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint


class CodeError(PenstockError):
    """The code did not end well. `state` is `error`, `aborted` or `cancelled`; `ename`, `evalue`
    and `traceback` (lines) are as Jupyter tells them.
    """

    def __init__(self, state: str, ename: str, evalue: str, traceback: list[str]) -> None:
        super().__init__(f"{ename}: {evalue}" if evalue else ename)
        self.state = state
        self.ename = ename
        self.evalue = evalue
        self.traceback = traceback

    @classmethod
    def of(cls, state: str, error: dict[str, Any] | None) -> CodeError:
        """From the `error` of an execution."""
        told = error or {}
        return cls(
            state, told.get("ename") or state, told.get("evalue") or "", told.get("traceback") or []
        )
