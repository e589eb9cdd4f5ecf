"""The resident gateway, seen through the `penstock` command."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import ChainMap, Counter
from pathlib import Path
from typing import Any

from penstock.client.control import Control
from penstock.client.gateway import connect_gateway
from tests.support import processes
from tests.support.waiting import seconds

COMMAND = Path(sys.executable).with_name("penstock")


class Gateway:
    """The gateway of one runtime directory, running or not.

    Its environment is the current one with PENSTOCK_RUNTIME_DIR set to `runtime`.
    """

    def __init__(self, runtime: Path) -> None:
        self.runtime = runtime

    def environment(self) -> dict[str, str]:
        """The environment in which clients find this gateway."""
        return {**os.environ, "PENSTOCK_RUNTIME_DIR": str(self.runtime)}

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Runs the `penstock` command to its end, with its output as text."""
        return subprocess.run(
            [COMMAND, *arguments],
            env=self.environment(),
            capture_output=True,
            text=True,
            timeout=seconds(60),
            check=False,
        )

    def ask(self, *arguments: str) -> Any:
        """The command's answer to `--json`."""
        done = self.run(*arguments, "--json")
        assert done.returncode == 0, f"penstock {' '.join(arguments)}: {done.stdout}{done.stderr}"
        return json.loads(done.stdout)

    def status(self) -> dict[str, Any]:
        """`penstock status`: pids of gateway, keeper and zygotes, number of kernels."""
        answer: dict[str, Any] = self.ask("status")
        return answer

    def control(self) -> Control:
        """A connection to it; to be closed."""
        connected = connect_gateway()
        assert connected, "no gateway runs"
        return connected

    def kernels(self) -> list[dict[str, Any]]:
        """`penstock kernel list`: one entry for each session."""
        kernels: list[dict[str, Any]] = self.ask("kernel", "list")
        return kernels

    def kernel_of(self, worker_pid: int) -> dict[str, Any]:
        """The entry of the session whose worker has this pid."""
        listed = self.kernels()
        for entry in listed:
            if entry["worker_pid"] == worker_pid:
                return entry
        raise AssertionError(f"no kernel with worker {worker_pid} in {listed}")

    def log(self) -> str:
        """The text of gateway.log, of whichever installed version."""
        return "".join(
            file.read_text(encoding="utf-8") for file in self.runtime.glob("*/gateway.log")
        )

    def starts(self) -> Counter[str]:
        """How many workers were started so far, by who asked: `provisioner`, `launcher`, `cli`."""
        lines = map(json.loads, self.log().splitlines())
        return Counter(
            dict(ChainMap(*line["kvpList"]))["via"]
            for line in lines
            if line["message"] == "worker started"
        )

    def stop(self) -> None:
        """Ends the gateway and what belongs to it; fails when something stays."""
        if processes.belonging_to(self.runtime):
            self.run("gateway", "stop")
        processes.assert_none_left(self.runtime)
