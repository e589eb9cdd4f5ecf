"""The start of a kernel whose caller may lose interest meanwhile."""

from __future__ import annotations

from typing import Any

from .client.control import Control
from .client.gateway import start_kernel

STOP_TIMEOUT = 15.0
"""Seconds in which the gateway has ended a kernel."""


class AbandonableStart:
    """A start in a thread that its caller may give up: then the kernel is ended as soon as it is
    there.
    """

    def __init__(self, request: dict[str, Any]) -> None:
        self._request = request
        self._abandoned = False

    def run(self) -> tuple[dict[str, Any], str]:
        """Starts it: the gateway's answer and its directory. Raises GatewayError."""
        answer, directory = start_kernel(self._request)
        if self._abandoned:
            with Control(directory) as control:
                control.request("stop", timeout=STOP_TIMEOUT, id=answer["id"], now=True)
        return answer, directory

    def abandon(self) -> None:
        """Nobody wants the kernel any more. Any thread."""
        self._abandoned = True
