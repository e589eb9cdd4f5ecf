"""Executions of cells, and what the gateway knows of their ends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ...background import in_thread
from ...client.control import REQUEST_TIMEOUT, Control
from ...provisioner import QUICK

WAIT = 20
"""Seconds; the gateway waits no longer for an end before it answers."""


@dataclass(frozen=True)
class Run:
    """An execution that a page asked for."""

    msg_id: str
    cell_id: str
    code: str


async def end_of(run: Run, known: dict[str, Any]) -> dict[str, Any]:
    """Waits for a run's end, WAIT at most: the gateway's answer to `execution`
    (docs/local-sockets.md). Raises GatewayError.
    """
    return await in_thread(ask, known, run.msg_id, WAIT)


def ask(known: dict[str, Any], msg_id: str, wait: int = 0) -> dict[str, Any]:
    """The same, blocking, for so many seconds."""
    with Control(known["directory"]) as control:
        timeout = REQUEST_TIMEOUT + wait if wait else QUICK
        fields = {"id": known["session"], "msg_id": msg_id, "wait": wait}
        return control.request("execution", timeout=timeout, **fields)
