"""Folders of environments that no installer made, and processes that use them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from envs.made_builds import Use

from penstock.envs.folders import BUILD_FILE, BUILDS, folder_of

USE = """
import fcntl, sys
file = open(sys.argv[1])
fcntl.flock(file, fcntl.LOCK_SH)
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The folder of an environment `plant`."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    made = Path(folder_of("plant"))
    (made / BUILDS).mkdir(parents=True)
    return made


@pytest.fixture
def use() -> Iterator[Use]:
    """Starts processes that use a build as a worker does."""
    started: list[subprocess.Popen[str]] = []

    def begin(build: Path) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", USE, str(build / BUILD_FILE)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        return process

    yield begin
    for process in started:
        process.communicate(timeout=20)
