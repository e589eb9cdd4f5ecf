"""Packages that a session asks for: imported if they are there, else installed with pip first."""

from __future__ import annotations

import fcntl
import importlib
import os
import re
import subprocess
import sys
from typing import Any

_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*(\.[a-zA-Z_][a-zA-Z0-9_]*)*")

#: In the environment's folder; whoever has it locked installs.
_LOCK = ".penstock-packages.lock"


def ensure(namespace: dict[str, Any], name: str, spec: str, *, pre: bool = False) -> str | None:
    """Import the module ``name`` into ``namespace``; if it is not there, install ``spec`` into this
    interpreter's environment, with ``pre`` also a release before the release. The version that it
    says it has, if any.

    Raises ``ValueError`` for what is no name or no requirement, ``RuntimeError`` with pip's words
    where pip fails, and whatever the import raises.
    """
    if not _NAME.fullmatch(name):
        raise ValueError(f"Invalid import name: {name!r}")
    try:
        _import(namespace, name)
    except ImportError:
        _install(namespace, name, spec, pre)
    version = getattr(sys.modules[name], "__version__", None)
    return None if version is None else str(version)


def _import(namespace: dict[str, Any], name: str) -> None:
    exec(f"import {name}", namespace)


def _install(namespace: dict[str, Any], name: str, spec: str, pre: bool) -> None:
    if spec.startswith("-"):
        raise ValueError(f"Invalid requirement: {spec!r}")
    with open(os.path.join(sys.prefix, _LOCK), "a") as lock:
        # Sessions of one environment install one after the other: pip knows no lock.
        fcntl.flock(lock, fcntl.LOCK_EX)
        importlib.invalidate_caches()
        try:
            _import(namespace, name)  # another session may have been quicker
        except ImportError:
            _pip(spec, pre)
            importlib.invalidate_caches()
            _import(namespace, name)


def _pip(spec: str, pre: bool) -> None:
    command = [sys.executable, "-m", "pip", "install", spec, "--quiet"]
    # What it says goes to programs; IPython has set FORCE_COLOR.
    command += ["--disable-pip-version-check", "--no-input", "--no-color"]
    command += ["--pre"] if pre else []
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"pip install failed for {spec}: {done.stderr.strip()}")
