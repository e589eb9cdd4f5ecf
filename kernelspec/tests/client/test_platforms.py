"""What is told and done on systems other than Linux."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from penstock.client.request import start_request

SOURCE = Path(__file__).parents[2] / "src"

WINDOWS = """
import runpy, shutil, sys
{before}
sys.platform = "win32"
for name in ("fcntl", "resource", "pwd", "grp", "termios"):
    sys.modules[name] = None
"""
"""What matters of Windows here: the modules that it does not have. shutil wants one that it has and
argparse imports it late (Python 3.13)."""


def on_windows(code: str, before: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", WINDOWS.replace("{before}", before) + code],
        env={**os.environ, "PYTHONPATH": str(SOURCE)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(
    ("module", "arguments"), [("penstock.cli", "['status']"), ("penstock.launcher", "['-f', 'x']")]
)
def test_windows_gets_one_line(module: str, arguments: str) -> None:
    run = f"runpy.run_module({module!r}, run_name='__main__', alter_sys=True)"
    done = on_windows(f"sys.argv[1:] = {arguments}\n{run}")
    lines = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
    assert done.returncode == 1
    assert len(lines) == 1, lines
    assert "does not run on Windows" in lines[0]
    assert "WSL 2" in lines[0]


def test_the_provisioner_says_so_when_it_is_loaded_on_windows() -> None:
    code = "try:\n    import penstock.provisioner\nexcept ImportError as error:\n    print(error)"
    # Jupyter runs there, with modules that only the real system has.
    done = on_windows(code, before="import jupyter_client.provisioning")
    assert done.stdout.strip() == "Penstock does not run on Windows: use it inside WSL 2", (
        done.stderr
    )


@pytest.mark.parametrize(("platform", "fresh"), [("linux", False), ("darwin", True)])
def test_workers_are_forked_on_linux_only(
    monkeypatch: pytest.MonkeyPatch, platform: str, fresh: bool
) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    request = start_request(
        name="penstock",
        via="cli",
        python=sys.executable,
        flags=[],
        args=[],
        env={},
        cwd="/",
        connection={},
        connection_file=None,
    )
    assert request["fresh"] is fresh
