"""Kernels started as a process by kernel.json's command, without jupyter_client."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.support.environment import clean
from tests.support.ports import free_port
from tests.support.waiting import eventually, seconds

PORTS = ("shell_port", "iopub_port", "stdin_port", "control_port", "hb_port")


class Launched:
    """A launcher and the connection file it was given."""

    def __init__(self, process: subprocess.Popen[str], file: Path) -> None:
        self.process = process
        self.file = file

    def connection(self) -> dict[str, Any]:
        """The connection file, as soon as all its ports are known."""

        def complete() -> dict[str, Any]:
            if self.process.poll() is not None:
                raise AssertionError(f"it ended: {self.complaint()}")
            known = json.loads(self.file.read_text("utf-8")) if self.file.exists() else {}
            return known if all(int(known.get(port, 0)) for port in PORTS) else {}

        return eventually(complete, 30, "a complete connection file")

    def complaint(self) -> str:
        """What it said on stderr; waits for its end."""
        return self.process.communicate(timeout=seconds(30))[1]

    def code(self, within: float = 30) -> int:
        """Its exit code; waits for its end."""
        return self.process.wait(seconds(within))


def fields(**other: object) -> dict[str, Any]:
    """A connection file's fields with five free ports of this machine."""
    return {
        "transport": "tcp",
        "ip": "127.0.0.1",
        **{port: free_port() for port in PORTS},
        "key": "a key",
        "signature_scheme": "hmac-sha256",
        **other,
    }


@contextmanager
def launched(
    file: Path, connection: dict[str, Any] | None, *arguments: str, **env: str
) -> Iterator[Launched]:
    """Runs the launcher in a process group of its own; `{file}` in arguments is the file's path."""
    if connection is not None:
        file.write_text(json.dumps(connection), encoding="utf-8")
    words = [word.replace("{file}", str(file)) for word in arguments or ("-f", "{file}")]
    process = subprocess.Popen(
        [sys.executable, "-m", "penstock.launcher", *words],
        env={**clean(), **env},
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        cwd=os.path.sep,
    )
    try:
        yield Launched(process, file)
    finally:
        process.kill()
        process.communicate()
