"""Jupyter's web servers, each on a free port of the loopback interface, with a token."""

from __future__ import annotations

import json
import os
import re
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.environment import clean
from tests.support.processes import alive
from tests.support.waiting import eventually, seconds


@dataclass(frozen=True)
class Server:
    """A running server: where it is and what it asks for."""

    url: str
    token: str

    def page(self, path: str) -> str:
        """The address of a page, with the token that lets its browser in."""
        return f"{self.url}{path}?token={self.token}"


@contextmanager
def jupyter_lab(root: Path, log: Path) -> Iterator[Server]:
    """JupyterLab, Notebook 7 and Voila's preview, as one server over the notebooks in `root`."""
    arguments = [
        "jupyterlab",
        "--no-browser",
        "--port=0",
        "--ip=127.0.0.1",
        "--allow-root",
        str(root),
    ]
    with _process(arguments, root, log) as process:
        info = Path(os.environ["JUPYTER_RUNTIME_DIR"], f"jpserver-{process.pid}.json")
        _until_it_says(process, log, r"Use Control-C to stop this server")
        said = json.loads(info.read_text(encoding="utf-8"))
        # "localhost" may be the other loopback address, where nobody listens.
        yield Server(f"http://127.0.0.1:{said['port']}/", said["token"])


@contextmanager
def voila(root: Path, log: Path, *, preheated: str | None = None) -> Iterator[Server]:
    """Voila over the notebooks in `root`; kernels wait ready for the one named `preheated`."""
    token = secrets.token_hex(24)
    config: dict[str, dict[str, object]] = {"Voila": {"token": token, "open_browser": False}}
    if preheated is not None:
        config["VoilaConfiguration"] = {"preheat_kernel": True}
        config["VoilaKernelManager"] = {
            "kernel_pools_config": {preheated: {"pool_size": 2}},
            "fill_delay": 0,
        }
    folder = log.with_suffix(".config")
    folder.mkdir(mode=0o700)
    (folder / "voila.json").write_text(json.dumps(config), encoding="utf-8")
    arguments = ["voila", str(root), "--port=0", f"--Voila.config_file_paths={folder}"]
    with _process(arguments, root, log) as process:
        said = _until_it_says(process, log, r"running at:\s+http://[^/]*:(\d+)/")
        yield Server(f"http://127.0.0.1:{said[1]}/", token)


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
                process.wait(timeout=seconds(20))
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
