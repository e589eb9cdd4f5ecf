"""Jupyter's web servers, each on a free port of the loopback interface, with a token."""

from __future__ import annotations

import json
import os
import re
import secrets
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.environment import clean
from tests.support.ports import free_port
from tests.support.processes import alive
from tests.support.waiting import eventually, seconds


@dataclass(frozen=True)
class Server:
    """A running server: where it is, what it asks for, and where it writes what it does."""

    url: str
    token: str
    log: Path
    pid: int

    def page(self, path: str) -> str:
        """The address of a page, with the token that lets its browser in."""
        return f"{self.url}{path}?token={self.token}"


@contextmanager
def jupyter_lab(root: Path, log: Path, *options: str) -> Iterator[Server]:
    """JupyterLab, Notebook 7 and Voila's preview, as one server over the notebooks in `root`, with
    more options of its command line.
    """
    with _jupyter_server("jupyterlab", root, log, *options) as server:
        yield server


@contextmanager
def jupyter_server(root: Path, log: Path, *options: str) -> Iterator[Server]:
    """The server without pages, with more options of its command line."""
    with _jupyter_server("jupyter_server", root, log, *options) as server:
        yield server


@contextmanager
def _jupyter_server(module: str, root: Path, log: Path, *options: str) -> Iterator[Server]:
    arguments = [
        module,
        "--no-browser",
        "--port=0",
        "--ip=127.0.0.1",
        "--allow-root",
        *options,
        str(root),
    ]
    with _process(arguments, root, log) as process:
        info = Path(os.environ["JUPYTER_RUNTIME_DIR"], f"jpserver-{process.pid}.json")
        _until_it_says(process, log, r"Use Control-C to stop this server")
        # It says so before it writes the file, and before it listens.
        said = eventually(lambda: _listening(info), 20, f"the server listens; see {log}")
        # "localhost" may be the other loopback address, where nobody listens.
        yield Server(f"http://127.0.0.1:{said['port']}/", str(said["token"]), log, process.pid)


@contextmanager
def voila(root: Path, log: Path, *, preheated: int = 0) -> Iterator[Server]:
    """Voila over the notebooks in `root`; so many kernels have run each before anybody comes."""
    token = secrets.token_hex(24)
    config: dict[str, dict[str, object]] = {"Voila": {"token": token, "open_browser": False}}
    if preheated:
        config["VoilaConfiguration"] = {"preheat_kernel": True, "default_pool_size": preheated}
    folder = log.with_suffix(".config")
    folder.mkdir(mode=0o700, exist_ok=True)
    (folder / "voila.json").write_text(json.dumps(config), encoding="utf-8")
    arguments = [
        "voila",
        str(root),
        f"--port={free_port()}",
        f"--Voila.config_file_paths={folder}",
    ]
    with _process(arguments, root, log) as process:
        said = _until_it_says(process, log, r"running at:\s+http://[^/]*:(\d+)/")
        if preheated:
            _until_it_says(process, log, rf"filled with {preheated} kernel")
        yield Server(f"http://127.0.0.1:{said[1]}/", token, log, process.pid)


def _listening(info: Path) -> dict[str, object]:
    """What the server's file says, once it is whole and connections are taken."""
    try:
        said: dict[str, object] = json.loads(info.read_text(encoding="utf-8"))
        socket.create_connection(("127.0.0.1", int(str(said["port"])))).close()
    except (OSError, ValueError):
        return {}
    return said


@contextmanager
def _process(arguments: list[str], root: Path, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    with (
        log.open("wb") as output,
        subprocess.Popen(
            [sys.executable, "-m", *arguments],
            cwd=root,
            env=clean(),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        ) as process,
    ):
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(timeout=seconds(60))  # it ends its kernels first
            except subprocess.TimeoutExpired:
                process.kill()
                raise


def _until_it_says(process: subprocess.Popen[bytes], log: Path, pattern: str) -> re.Match[str]:
    def said() -> re.Match[str] | None:
        text = log.read_text(encoding="utf-8", errors="replace")
        assert alive(process.pid), f"the server ended:\n{text}"
        return re.search(pattern, text)

    found = eventually(said, 60, f"the server is up; see {log}")
    assert found is not None
    return found
