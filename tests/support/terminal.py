"""A client program whose own stdout and stderr are looked at: it runs cells and prints nothing.

usage: python -m tests.support.terminal KERNEL-NAME, with one JSON object on stdin: `cells` (texts;
None restarts the kernel), `options` (arguments of start_kernel; STDOUT and DEVNULL by name).
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.support.environment import clean
from tests.support.kernel import started
from tests.support.specs import KERNEL_NAMES
from tests.support.waiting import seconds

ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def client(
    via: str, cells: list[str | None], options: dict[str, str], stdout: Any, stderr: Any
) -> Iterator[subprocess.Popen[bytes]]:
    """The program with a kernel that is started as `via` says. Once its cells ran it waits for the
    end of its input.
    """
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.support.terminal", KERNEL_NAMES[via]],
        cwd=ROOT,
        env=clean(),
        stdin=subprocess.PIPE,
        stdout=stdout,
        stderr=stderr,
    )
    assert process.stdin is not None
    try:
        process.stdin.write(json.dumps({"cells": cells, "options": options}).encode() + b"\n")
        process.stdin.flush()
        yield process
    finally:
        process.kill()
        process.communicate()


def shown(via: str, cells: list[str | None], **options: str) -> tuple[bytes, bytes]:
    """What the program's stdout and stderr get, without ipykernel's own messages there."""
    with client(via, cells, options, subprocess.PIPE, subprocess.PIPE) as process:
        out, err = process.communicate(timeout=seconds(90))
        assert process.returncode == 0, err.decode()
    return _without_log(out), _without_log(err)


def _without_log(text: bytes) -> bytes:
    lines = text.splitlines(keepends=True)
    return b"".join(line for line in lines if not line.startswith(b"[IPKernelApp]"))


def main() -> None:
    """Runs the cells of its input."""
    wanted = json.loads(sys.stdin.readline())
    options = {name: getattr(subprocess, value) for name, value in wanted["options"].items()}
    with started(sys.argv[1], **options) as kernel:
        for code in wanted["cells"]:
            if code is None:
                # Not at once: a process that is killed has no time for what it was to copy.
                kernel.manager.restart_kernel(now=False)
                kernel.is_ready()
            else:
                kernel.run(code)
        sys.stdin.read()


if __name__ == "__main__":
    main()
