"""A command that counts, and what its viewers have to have seen at the end."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.support.commands import Commands

LINES = 20_000
CODE = f"""
import sys
open(sys.argv[1], "a").write("started\\n")
for n in range({LINES}): print(f"{{n:099}}")
sys.stderr.write("é\\r\\n\\n")
sys.exit(3)
"""
"""Two megabytes on stdout, then a little on stderr, with line ends of all kinds."""

FIRST, SECOND = 300_000, 500_000
"""Bytes that the first two connections bring."""


def most(connection: int) -> int | None:
    """Bytes that connection N brings: the first two are cut within an event."""
    return (FIRST, SECOND, None)[min(connection, 2)]


def start(commands: Commands, starts: Path) -> str:
    """Starts it; its id. It notes each start in a file."""
    return commands.run("python3", "-c", CODE, str(starts))


def check(told: Sequence[tuple[str, int, Any]], starts: Path) -> None:
    """That every line and the exit were told, once each: names, ids and data of events."""
    names, numbers, data = zip(*told, strict=True)
    assert numbers == tuple(range(len(told)))
    assert names[-1] == "exit"
    assert (data[-1]["code"], data[-1]["reason"]) == (3, None)
    said = {"message": "", "stderr": ""}
    for name, piece in zip(names[:-1], data[:-1], strict=True):
        said[name] += piece["text"]
    assert said["message"] == "".join(f"{n:099}\n" for n in range(LINES))
    assert said["stderr"] == "é\r\n\n"
    assert starts.read_text() == "started\n"
