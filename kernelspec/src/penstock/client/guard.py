"""Starts a guard where this process's surroundings are others than the keeper's, so that the worker
has those of this process (docs/local-sockets.md, "Guard").
"""

from __future__ import annotations

import os

from ..surroundings import differences
from .errors import GatewayError

TYPE_CHECKING = False  # typing itself is not imported: it would cost more than all of this module
if TYPE_CHECKING:
    import subprocess
    from typing import Any

TIMEOUT = 30.0
"""Seconds in which a guard must have connected to the gateway."""


def guard_for(directory: str, start: dict[str, Any]) -> Guard | None:
    """A guard for the kernel of a start request, None when the gateway's own keeper can start it
    just as well. Raises GatewayError.
    """
    differing = differences(directory)
    if not differing:
        return None
    guard = Guard(directory, None if start["lease"] is None else os.getpid())
    guard.reason = "other " + ", ".join(differing)
    return guard


class Guard:
    """A guard that waits for the gateway to ask it for a worker. It ends with its session, and with
    the process `owner`, its parent, unless that is None.
    """

    def __init__(self, directory: str, owner: int | None) -> None:
        self.name = os.urandom(16).hex()
        self.reason = ""
        self._process = _spawn()
        try:
            self._begin({"dir": directory, "name": self.name, "owner": owner})
        except BaseException:
            self.end()
            raise

    def request(self, start: dict[str, Any]) -> dict[str, Any]:
        """The start request for a kernel of this guard. The guard itself watches the owner, whose
        process id may mean nothing to the gateway.
        """
        guard = {"name": self.name, "reason": self.reason}
        return {**start, "lease": None, "guard": guard}

    def end(self) -> None:
        """Ends a guard that is not needed."""
        self._process.terminate()

    def _begin(self, config: dict[str, Any]) -> None:
        import json

        try:
            assert self._process.stdin is not None
            with self._process.stdin as pipe:
                pipe.write(json.dumps(config).encode("ascii"))
            outcome = json.loads(self._read_line())
        except (OSError, ValueError):  # it died before it could read, or before it could tell
            outcome = {}
        if not outcome.get("ok"):
            why = outcome.get("error", f"it said nothing in {TIMEOUT:.0f} s, or ended")
            raise GatewayError(
                "start",
                f"The process that was to guard the kernel could not be started: {why}",
                "see keeper.log in the runtime directory",
            )

    def _read_line(self) -> bytes:
        import select

        assert self._process.stdout is not None
        with self._process.stdout as pipe:
            poll = select.poll()
            poll.register(pipe, select.POLLIN)
            return pipe.readline() if poll.poll(TIMEOUT * 1000) else b""


def _spawn() -> subprocess.Popen[bytes]:
    import threading

    from .starter import popen_keeper

    try:
        process = popen_keeper("guard")
    except OSError as error:
        raise GatewayError("start", f"The kernel's guard could not be started: {error}") from error
    # It ends long after this, in a process that may go on for ever: somebody must reap it.
    threading.Thread(target=process.wait, daemon=True, name="penstock-guard").start()
    return process
