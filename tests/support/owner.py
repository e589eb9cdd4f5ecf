"""A client program of its own: it starts a kernel, tells about it, and lives until it is killed.

usage: python -m tests.support.owner KERNEL-NAME
Prints one JSON object: `worker` (pid), `launcher` (pid of the process that jupyter_client started,
or null).
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.support.kernel import started
from tests.support.specs import KERNEL_NAMES

ROOT = Path(__file__).resolve().parents[2]


class Owner:
    """The client program while it runs; `pid`, `worker` and `launcher` are pids."""

    def __init__(self, process: subprocess.Popen[str], told: dict[str, Any]) -> None:
        self.process = process
        self.pid = process.pid
        self.worker: int = told["worker"]
        self.launcher: int | None = told["launcher"]


@contextmanager
def running(via: str) -> Iterator[Owner]:
    """Starts the program with a kernel that is started as `via` says."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.support.owner", KERNEL_NAMES[via]],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        yield Owner(process, json.loads(process.stdout.readline()))
    finally:
        process.kill()
        process.communicate()


def main() -> None:
    """Starts the kernel, tells, and waits for the end of its input."""
    with started(sys.argv[1]) as kernel:
        process = getattr(kernel.manager.provisioner, "process", None)
        told = {"worker": kernel.worker_pid, "launcher": process.pid if process else None}
        print(json.dumps(told), flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
