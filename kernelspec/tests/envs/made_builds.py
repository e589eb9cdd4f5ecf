"""Builds of environments that no installer made."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

from penstock.envs.building import link
from penstock.envs.folders import BUILD_FILE, BUILDS, CURRENT

Use = Callable[[Path], subprocess.Popen[str]]
"""Starts a process that uses a build as a worker does."""


def add_build(folder: Path, name: str, *, complete: bool = True, current: bool = False) -> Path:
    """Adds a build without an interpreter."""
    build = folder / BUILDS / name
    build.mkdir()
    if complete:
        (build / BUILD_FILE).write_text(json.dumps({"made": "now"}))
    if current:
        (folder / CURRENT).symlink_to(Path(BUILDS, name))
    return build


def add_python(build: Path) -> Path:
    """Adds what stands for an interpreter, with this package linked to it; its path."""
    (build / "bin").mkdir()
    (build / "lib" / "python3.99" / "site-packages").mkdir(parents=True)
    (build / "bin" / "python").write_text("")
    link(str(build))
    return build / "bin" / "python"
