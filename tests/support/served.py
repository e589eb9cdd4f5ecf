"""`penstock serve` as a process, and calls to it."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import ssl
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import takewhile
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from penstock.client.control import Control
from tests.pages.servers import Server
from tests.support import processes
from tests.support.environment import clean
from tests.support.gateway import COMMAND
from tests.support.waiting import eventually, seconds

TOKEN = "not to be seen anywhere"
"""With spaces, so that no header parser may split it."""


@dataclass(frozen=True)
class Reply:
    """An answer: status, headers, body."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def json(self) -> Any:
        """The body, which has to be JSON and to say so."""
        assert self.headers["Content-Type"] == "application/json", self
        return json.loads(self.body)

    def error(self) -> str:
        """The message of an error in Jupyter's shape."""
        said = self.json
        assert set(said) >= {"message", "reason"}, said
        return str(said["message"])


@dataclass
class Served:
    """A running `penstock serve`."""

    process: subprocess.Popen[str]
    url: str
    token: str
    runtime: Path
    trust: ssl.SSLContext | None = field(default=None)

    @property
    def base(self) -> str:
        """The path before all others, with a slash at both ends."""
        return urlsplit(self.url).path

    @property
    def port(self) -> int:
        """Its TCP port."""
        return int(urlsplit(self.url).port or 0)

    @property
    def folder(self) -> Path:
        """The runtime directory of its gateway."""
        (folder,) = self.runtime.glob("*-s*")
        return folder

    def gateway(self) -> int:
        """Pid of the gateway."""
        return int(processes.gateway_of(self.runtime).pid)

    def as_server(self) -> Server:
        """For `tab.Tab` and `tab.rest`."""
        return Server(self.url, self.token, self.folder / "gateway.log", self.process.pid)

    def call(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        token: bool = True,
        whole: bool = False,
        **headers: str,
    ) -> Reply:
        """One call. `body` is JSON unless it is bytes; names of headers have underscores; `whole`:
        the path is that from the root, not from the base.
        """
        connection = self.connection()
        data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if token and self.token:
            named.setdefault("Authorization", f"token {self.token}")
        try:
            connection.request(method, path if whole else self.base + path, data, named)
            answer = connection.getresponse()
            return Reply(answer.status, answer.headers, answer.read())
        finally:
            connection.close()

    def connection(self) -> http.client.HTTPConnection:
        """A connection to wherever it listens."""
        parts = urlsplit(self.url)
        limit = seconds(60)
        if parts.scheme == "http+unix":
            return _UnixConnection(unquote(parts.netloc), limit)
        assert parts.hostname
        if parts.scheme == "https":
            return http.client.HTTPSConnection(
                parts.hostname, parts.port, timeout=limit, context=self.trust
            )
        return http.client.HTTPConnection(parts.hostname, parts.port, timeout=limit)

    def kernel(self, **model: object) -> str:
        """Starts a kernel; its id."""
        reply = self.call("POST", "api/kernels", model)
        assert reply.status == 201, reply
        return str(reply.json["id"])

    def end(self, number: int = signal.SIGTERM) -> tuple[int, str]:
        """Ends it by a signal; its exit code and what it said since its start."""
        self.process.send_signal(number)
        return self.ended()

    def ended(self) -> tuple[int, str]:
        """Waits until it has ended."""
        said, complaint = self.process.communicate(timeout=seconds(40))
        return self.process.returncode, said + complaint


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: str, limit: float) -> None:
        super().__init__("localhost", timeout=limit)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


def command(runtime: Path, *options: str, **env: str) -> subprocess.Popen[str]:
    """Starts the command with `--json`; its output can be read."""
    return subprocess.Popen(
        [COMMAND, "serve", "--json", *options],
        env={
            **clean(),
            "PENSTOCK_RUNTIME_DIR": str(runtime),
            "XDG_STATE_HOME": str(runtime.with_name("state")),
            **env,
        },
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def refused(*options: str, **env: str) -> str:
    """The message of a command that does not start, as it says it to people."""
    with tempfile.TemporaryDirectory(prefix="pk-") as folder:
        process = command(Path(folder) / "p", "--port=0", *options, **env)
        try:
            said, complaint = process.communicate(timeout=seconds(60))
        finally:
            process.kill()  # it should have ended by itself
        processes.assert_none_left(Path(folder) / "p")
    assert process.returncode == 1, (process.returncode, said, complaint)
    return str(json.loads(said or complaint)["error"]["message"])


@contextmanager
def serving(
    *options: str, token: str | None = TOKEN, runtime: Path | None = None, **env: str
) -> Iterator[Served]:
    """Runs the command on a port of its choice, and sees to it that nothing is left of it. It has
    a runtime directory of its own, unless it is given that of another one, which then sees to that.
    """
    if token is not None:
        env = {"PENSTOCK_TOKEN": token, **env}
    if not any(option.startswith(("--port=", "--socket=")) for option in options):
        options = ("--port=0", *options)
    with tempfile.TemporaryDirectory(prefix="pk-") as folder:
        shared, runtime = runtime is not None, runtime or Path(folder) / "p"
        process = command(runtime, *options, **env)
        try:
            assert process.stdout
            # One JSON value, which ends with its brace; or the end of the output, when it failed.
            lines = [*takewhile(lambda line: line != "}\n", process.stdout), "}"]
            said = json.loads("".join(lines)) if len(lines) > 1 else {}
            assert "url" in said, said or process.communicate(timeout=seconds(10))[1]
            assert said["pid"] == process.pid
            yield Served(process, said["url"], said["token"], runtime)
            if process.poll() is None:
                process.terminate()
                assert process.wait(seconds(40)) == 0
                assert shared or not list(runtime.glob("*-s*")), "its directory stays"
        finally:
            if process.poll() is None:
                process.kill()
            process.communicate()
            if not shared:
                processes.assert_none_left(runtime)


def asked(server: Served, question: str) -> Any:
    """An answer of the server's gateway over its local socket."""
    with Control(str(server.folder)) as control:
        return control.request(question)


def is_gone(folder: Path) -> None:
    """Waits until a directory is gone."""
    eventually(lambda: not folder.exists(), 20, f"{folder} is removed")


def kill(pid: int) -> None:
    """SIGKILL."""
    os.kill(pid, signal.SIGKILL)
