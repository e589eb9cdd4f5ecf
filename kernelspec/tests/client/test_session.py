"""How a session ended, when no gateway can be asked."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from penstock.client.session import exit_code, forget
from penstock.procstat import start_time


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "sessions" / "s1"
    path.mkdir(parents=True)
    return path


def test_what_the_keeper_wrote_counts(tmp_path: Path, folder: Path) -> None:
    (folder / "exit.json").write_text('{"exit": -11, "cause": "x"}')
    assert exit_code(str(tmp_path), "s1", os.getpid(), start_time(os.getpid())) == -11


def test_a_living_worker_is_alive(tmp_path: Path) -> None:
    assert exit_code(str(tmp_path), "s1", os.getpid(), start_time(os.getpid())) is None
    assert exit_code(str(tmp_path), "s1", os.getpid(), None) is None


def test_a_worker_that_is_gone_was_killed(tmp_path: Path) -> None:
    process = subprocess.Popen(["/bin/true"])
    process.wait()
    assert exit_code(str(tmp_path), "s1", process.pid, 5) == -9
    assert exit_code(str(tmp_path), "s1", os.getpid(), 5) == -9, "the number was used again"


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"exit": null}'])
def test_half_a_file_tells_nothing(tmp_path: Path, folder: Path, content: str) -> None:
    (folder / "exit.json").write_text(content)
    assert exit_code(str(tmp_path), "s1", os.getpid(), None) is None


def test_forget(tmp_path: Path, folder: Path) -> None:
    (folder / "exit.json").write_text("{}")
    forget(str(tmp_path), "s1")
    assert not folder.exists()
    forget(str(tmp_path), "s1")
