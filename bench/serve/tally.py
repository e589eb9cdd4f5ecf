"""Counts what comes of one cell's output, without keeping it."""

from __future__ import annotations

import websocket

from tests.serve_ws.client import Message, Tab, parent

QUIET_S = 15.0
"""When nothing came for so long, the rest is lost."""


class Tally:
    """Lines and characters of a cell's stdout."""

    def __init__(self, cell: str) -> None:
        self.cell = cell
        self.lines = 0
        self.characters = 0
        self.replied = False
        self.idle = False

    @property
    def done(self) -> bool:
        """Whether reply and idle are there."""
        return self.replied and self.idle

    def note(self, message: Message) -> None:
        """Counts a message, if it is of this cell."""
        if parent(message) != self.cell:
            return
        content = message["content"]
        if message["channel"] == "shell":
            self.replied = True
        elif content.get("name") == "stdout":
            self.lines += content["text"].count("\n")
            self.characters += len(content["text"])
        elif content.get("execution_state") == "idle":
            self.idle = True

    def finish(self, tab: Tab, *, replied: bool = True) -> None:
        """Reads until reply (unless it goes to another client) and idle have come, or nothing comes
        any more.
        """
        self.replied |= not replied
        tab.socket.settimeout(QUIET_S)
        try:
            while not self.done:
                self.note(tab.next())
        except websocket.WebSocketTimeoutException:
            return  # what is missing shows in the counts
