"""Other versions of Python on this machine."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path


def find(version: str) -> Path | None:
    """A Python of this version ("3.12") that makes virtual environments, from PATH or pyenv."""
    return next((python for python in _candidates(version) if _fits(python, version)), None)


def _candidates(version: str) -> Iterator[Path]:
    found = shutil.which(f"python{version}")
    if found:
        yield Path(found)
    root = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    yield from sorted((root / "versions").glob(f"{version}.*/bin/python"))


def _fits(python: Path, version: str) -> bool:
    """Whether it starts at all (pyenv's shims of a version that is switched off do not)."""
    code = "import sys, venv, ensurepip, sqlite3; print('%d.%d' % sys.version_info[:2])"
    done = subprocess.run([python, "-c", code], capture_output=True, text=True, check=False)
    return done.stdout.strip() == version
