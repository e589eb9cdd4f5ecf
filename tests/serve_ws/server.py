"""A real `penstock serve`, and its kernels over REST."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil

from tests.support import processes
from tests.support.environment import clean
from tests.support.gateway import COMMAND
from tests.support.waiting import eventually, seconds

TOKEN = "secret-of-the-tests"


class Server:
    """A server in a runtime directory of its own."""

    def __init__(self, runtime: Path, *options: str) -> None:
        self.runtime = runtime
        self.process = subprocess.Popen(
            [COMMAND, "serve", "--port", "0", "--json", "--root-dir", str(runtime), *options],
            env={**clean(), "PENSTOCK_RUNTIME_DIR": str(runtime), "PENSTOCK_TOKEN": TOKEN},
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        ready, _, _ = select.select([self.process.stdout], [], [], seconds(60))
        assert ready, "the server does not say where it is"
        lines = iter(self.process.stdout.readline, "}\n")
        self.url: str = json.loads("".join(lines) + "}")["url"]

    @property
    def host(self) -> str:
        """Address and port."""
        return self.url.split("/")[2]

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """A REST call; the parsed answer, None where there is none."""
        request = urllib.request.Request(
            self.url + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"token {TOKEN}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=seconds(60)) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def gateway(self) -> psutil.Process:
        """The JVM of this server."""
        return processes.gateway_of(self.runtime)

    @contextmanager
    def kernel(self) -> Iterator[str]:
        """The id of a fresh kernel, which is deleted at the end."""
        kernel: str = self.call("POST", "api/kernels", {})["id"]
        try:
            yield kernel
        finally:
            try:
                self.call("DELETE", f"api/kernels/{kernel}")
            except urllib.error.HTTPError as gone:
                if gone.code != 404:  # the test deleted it
                    raise

    def stop(self) -> None:
        """SIGTERM, and nothing is left."""
        if self.process.poll() is None:
            os.kill(self.process.pid, signal.SIGTERM)
        self.process.wait(seconds(40))
        assert self.process.stdout is not None
        self.process.stdout.close()
        processes.assert_none_left(self.runtime)

    def connections(self, kernel: str, count: int) -> None:
        """Waits until a kernel has this number of WebSockets."""
        eventually(
            lambda: self.call("GET", f"api/kernels/{kernel}")["connections"] == count,
            20,
            f"{count} connections",
        )
