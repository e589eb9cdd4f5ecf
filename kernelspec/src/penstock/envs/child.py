"""Runs an installer: its lines are logged and told, and it ends with this process."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
from collections.abc import Callable
from typing import IO

SUPERVISOR = os.path.join(os.path.dirname(os.path.abspath(__file__)), "supervisor.py")

TAIL = 20
"""Lines that are looked through for what went wrong."""

LONGEST = 400
"""Characters of an error that are told; all of it is in the log."""

END_TIMEOUT = 15.0
"""Seconds in which the supervisor has ended an installer; its own limit is shorter."""


class FailedError(Exception):
    """The program ended with an error; its text is the line that says why."""


def run(
    argv: list[str], cwd: str, log: IO[str], lock: int, told: Callable[[str], None]
) -> list[str]:
    """Runs a program to its end with nothing on stdin, and returns its last lines; `told` gets each
    line. Whatever ends this process, the program and its children end, too; until then the
    descriptor `lock` is held for them.

    Raises FailedError, and OSError when nothing can be started. What else is raised meanwhile,
    KeyboardInterrupt above all, ends the program first.
    """
    log.write(f"$ {' '.join(argv)}\n")
    process = subprocess.Popen(
        [sys.executable, "-I", "-S", SUPERVISOR, *argv],
        cwd=cwd,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
        pass_fds=[lock],
        start_new_session=True,  # Ctrl-C is for us alone
    )
    assert process.stdin is not None
    assert process.stdout is not None
    lines: list[str] = []
    try:
        for line in process.stdout:
            log.write(line)
            lines = [*lines[-TAIL:], line.rstrip("\n")]
            told(lines[-1])
        code = process.wait()
    except BaseException:
        process.stdin.close()
        process.wait(END_TIMEOUT)
        raise
    finally:
        process.stdin.close()
        process.stdout.close()
    if code != 0:
        raise FailedError(_why(lines, code))
    return lines


def _why(lines: list[str], code: int) -> str:
    """The last error with what belongs to it, up to an empty line: advice comes after that."""
    said = [line.strip() for line in lines]
    begins = [i for i, line in enumerate(said) if line.lower().startswith(("error", "× "))]
    if begins:
        text = " ".join(itertools.takewhile(bool, said[begins[-1] :]))
        return text if len(text) <= LONGEST else text[:LONGEST] + "…"
    return next(filter(None, reversed(said)), f"the installer ended with code {code}")
