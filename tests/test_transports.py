"""A transport that Penstock does not offer is refused in one clear line, on every way."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from jupyter_client.manager import KernelManager

from tests.support.gateway import COMMAND, Gateway
from tests.support.waiting import seconds

pytestmark = pytest.mark.beyond_reference

LAUNCHER = [sys.executable, "-m", "penstock.launcher", "-f"]
COMMAND_START = [str(COMMAND), "kernel", "start", "-f"]


def complaint(command: list[str]) -> str:
    """Runs a command that must fail, and returns the one line that it says."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=seconds(60), check=False)
    assert done.returncode == 1, done
    lines = [line for line in (done.stderr + done.stdout).splitlines() if line.strip()]
    assert len(lines) == 1, lines
    return lines[0]


def assert_says_why_and_what_to_do(line: str) -> None:
    for part in ("ipc", "JeroMQ cannot bind Unix sockets", "tcp"):
        assert part in line


@pytest.mark.parametrize("command", [LAUNCHER, COMMAND_START], ids=["launcher", "command"])
def test_ipc_in_the_connection_file(gateway: Gateway, tmp_path: Path, command: list[str]) -> None:
    file = tmp_path / "kernel.json"
    fields = {"transport": "ipc", "ip": str(tmp_path / "socket"), "key": "secret-key"}
    file.write_text(json.dumps(fields))
    line = complaint([*command, str(file)])
    assert_says_why_and_what_to_do(line)
    assert "secret-key" not in line
    assert str(file) not in {kernel["connection_file"] for kernel in gateway.kernels()}
    assert json.loads(file.read_text()) == fields


def test_ipc_in_the_launchers_options(gateway: Gateway, tmp_path: Path) -> None:
    line = complaint([*LAUNCHER, str(tmp_path / "kernel.json"), "--transport=ipc"])
    assert_says_why_and_what_to_do(line)


def test_ipc_by_the_provisioner(gateway: Gateway) -> None:
    manager = KernelManager(kernel_name="penstock", transport="ipc")
    with pytest.raises(RuntimeError) as refused:
        manager.start_kernel()
    assert_says_why_and_what_to_do(str(refused.value))


@pytest.mark.parametrize("command", [LAUNCHER, COMMAND_START], ids=["launcher", "command"])
def test_half_a_key_pair(gateway: Gateway, tmp_path: Path, command: list[str]) -> None:
    file = tmp_path / "kernel.json"
    file.write_text(json.dumps({"transport": "tcp", "curve_secretkey": "s" * 40}))
    line = complaint([*command, str(file)])
    assert "curve_publickey is missing" in line
    assert "sss" not in line
