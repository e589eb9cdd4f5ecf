"""A third-party suite: where it comes from and how it is run."""

from __future__ import annotations

import subprocess
import sys
import tarfile
from dataclasses import dataclass
from pathlib import Path

BUILD = Path(__file__).resolve().parents[2] / "build" / "suites"


@dataclass(frozen=True)
class Suite:
    """A source distribution on the Python package index that carries its tests."""

    name: str
    version: str
    tests: tuple[str, ...]
    options: tuple[str, ...] = ()
    limit_s: int = 600

    @property
    def folder(self) -> Path:
        """Where the unpacked distribution lies."""
        return BUILD / f"{self.name}-{self.version}"

    def fetch(self) -> Path:
        """Downloads and unpacks the distribution unless it is here; returns its folder."""
        if self.folder.is_dir():
            return self.folder
        BUILD.mkdir(parents=True, exist_ok=True)
        requirement = f"{self.name}=={self.version}"
        command = [
            sys.executable,
            "-m",
            "pip",
            "download",
            "--quiet",
            "--no-deps",
            "--no-binary",
            self.name,
        ]
        subprocess.run([*command, "--dest", str(BUILD), requirement], check=True, timeout=300)
        with tarfile.open(BUILD / f"{self.name}-{self.version}.tar.gz") as archive:
            archive.extractall(BUILD, filter="data")
        return self.folder


#: Pytest turns warnings into errors there, also the one about this option when it is unset.
_LOOP_SCOPE = ("-o", "asyncio_default_fixture_loop_scope=function")

#: Of ipykernel's test files those that talk to a kernel as clients do.
_BLACK_BOX = ("async", "debugger", "kernel", "message_spec", "subshells")

SUITES = {
    "ipykernel": Suite(
        name="ipykernel",
        version="7.4.0",
        tests=tuple(f"tests/test_{name}.py" for name in _BLACK_BOX),
        options=(*_LOOP_SCOPE, "--timeout=120"),
    ),
    "jupyter_console": Suite(
        name="jupyter_console",
        version="6.6.3",
        tests=("jupyter_console/tests",),
        options=("--timeout=120",),
    ),
    "nbclient": Suite(
        name="nbclient",
        version="0.11.0",
        tests=("tests",),
        options=(*_LOOP_SCOPE, "--timeout=120"),
    ),
}
