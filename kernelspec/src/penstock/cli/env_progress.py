"""How the making of an environment is shown to a person: a bar on a terminal, else a line for each
step.
"""

from __future__ import annotations

import shutil
import time
from types import TracebackType
from typing import Any, TextIO

WIDTH = 24
INTERVAL = 0.05
"""Seconds between two drawings of a bar: an installer has more to tell than can be read."""

TEXTS = {
    "python": "making the Python environment",
    "packages": "installing packages",
    "check": "trying it",
    "switch": "putting it in place",
}

TO_LINE_START = "\r\x1b[K"
MIB = 1 << 20


class Progress:
    """Shows events on a stream; leaves a terminal's line empty at the end."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._bar = stream.isatty()
        self._steps = 1
        self._number = 0
        self._step = ""
        self._drawn = 0.0

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._bar and self._step:
            self._write(TO_LINE_START)

    def told(self, event: dict[str, Any]) -> None:
        """Takes one event (`penstock.envs.events`)."""
        match event["event"]:
            case "begin":
                self._steps = event["steps"]
            case "step":
                self._step, self._number = event["step"], event["number"]
                if self._bar:
                    self._draw("", 0.0)
                else:
                    self._write(f"[{self._number}/{self._steps}] {TEXTS[self._step]}\n")
            case "progress" if self._bar and time.monotonic() - self._drawn > INTERVAL:
                total = event["total"] or 0
                part = (event["done"] or 0) / total if total else 0.0
                size = f"  {event['done'] / MIB:.1f} of {total / MIB:.1f} MiB" if total else ""
                self._draw(event["text"] + size, part)

    def _draw(self, text: str, part: float) -> None:
        self._drawn = time.monotonic()
        filled = int(WIDTH * (self._number - 1 + min(part, 1.0)) / self._steps)
        bar = "#" * filled + "." * (WIDTH - filled)
        line = f"[{bar}] {TEXTS[self._step]}  {text}".rstrip()
        printable = "".join(char if char.isprintable() else " " for char in line)
        self._write(TO_LINE_START + printable[: shutil.get_terminal_size().columns - 1])

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()
