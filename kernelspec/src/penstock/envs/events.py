"""What is told while an environment is made: the same for a bar on a terminal and for programs.

An event is an object with `event`:
`begin` (`action`, `name`, `installer`, `steps`: how many there will be),
`step` (`step`: `python`, `packages`, `check` or `switch`, `number` from 1),
`progress` (`step`, `text`, and bytes `done` of `total`, null where they are not known).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Report = Callable[[dict[str, Any]], None]

STEPS = ("python", "packages", "check", "switch")


def begin(action: str, name: str, installer: str) -> dict[str, Any]:
    """A change begins."""
    return {
        "event": "begin",
        "action": action,
        "name": name,
        "installer": installer,
        "steps": len(STEPS),
    }


def step(name: str) -> dict[str, Any]:
    """A step of it begins."""
    return {"event": "step", "step": name, "number": STEPS.index(name) + 1}


def progress(
    name: str, text: str, done: int | None = None, total: int | None = None
) -> dict[str, Any]:
    """Something happened in a step."""
    return {"event": "progress", "step": name, "text": text, "done": done, "total": total}
