"""The process that started the keeper and waits for one line from it."""

from __future__ import annotations

import json
import os

TYPE_CHECKING = False  # typing itself is not imported: it would cost more than all of this module
if TYPE_CHECKING:
    from typing import Any

START_TIMEOUT = 60.0
"""Seconds in which the gateway must be ready."""


class Starter:
    """Holds the starter's pipe and `held`, the start lock, until the start has succeeded or failed.

    The lock is the starter's own (the same open file), so it stays taken when the starter is killed
    meanwhile, and the next starter waits for this start instead of making a second one.
    """

    def __init__(self, status_fd: int, *held: int) -> None:
        self._fds = [status_fd, *held]

    def succeeded(self) -> None:
        """The gateway listens."""
        self._end({"ok": True})

    def failed(self, error: str, details: str) -> None:
        """The start went wrong; `details` are the last words of whoever failed. Does nothing after
        a success.
        """
        self._end({"ok": False, "error": error, "details": details})

    @property
    def waiting(self) -> bool:
        """True until the start has succeeded or failed."""
        return bool(self._fds)

    def _end(self, message: dict[str, Any]) -> None:
        if not self._fds:
            return
        try:
            os.write(self._fds[0], json.dumps(message).encode("ascii") + b"\n")
        except BrokenPipeError:
            pass  # the starter was killed: the start goes on without it
        for fd in self._fds:
            os.close(fd)
        self._fds = []
