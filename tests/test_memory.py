"""Memory limits, and the death of a worker for want of memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import cgroups, mounts
from tests.support.gateway import Gateway
from tests.support.kernel import Kernel, started
from tests.support.waiting import eventually, seconds

pytestmark = pytest.mark.beyond_reference

ROOT = Path(__file__).resolve().parents[1]
LIMIT = "300M"
TOLD = "more memory than its limit of 300 MiB"

AT_ONCE = "hoard = b'1' * 2_000_000_000"
SLOWLY = """
import time
hoard = []
for _ in range(400):
    hoard.append(b"\\1" * 5_000_000)
    time.sleep(0.02)
"""
IN_A_CHILD = """
import subprocess, sys
subprocess.run([sys.executable, "-c", "hoard = b'1' * 2_000_000_000"]).returncode
"""

needs_cgroup = pytest.mark.skipif(cgroups.own() is None, reason=cgroups.UNUSABLE)
needs_mount = pytest.mark.skipif(not mounts.mountable(), reason=mounts.UNMOUNTABLE)

AROUND = 700 << 20
"""Memory for a whole gateway, with one worker that is larger than everything else before it is used
up.
"""


@pytest.fixture
def limited(via: str, gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> Iterator[Kernel]:
    """A kernel with a memory limit."""
    monkeypatch.setenv("PENSTOCK_MEMORY_LIMIT", LIMIT)
    with started(via) as kernel:
        yield kernel


def assert_killed(kernel: Kernel) -> None:
    """The manager sees the kill, and the kernel can be started again."""
    eventually(lambda: not kernel.manager.is_alive(), 5, "the manager sees the death")
    assert kernel.exit_code() == -9
    kernel.restart()
    kernel.assert_healthy()


@pytest.mark.parametrize("hoard", [AT_ONCE, SLOWLY], ids=["at_once", "slowly"])
def test_a_cell_that_passes_the_limit_is_told(limited: Kernel, hoard: str) -> None:
    limited.send(hoard).until_text(TOLD, "stderr")
    assert_killed(limited)


def test_the_limit_holds_again_after_a_restart(limited: Kernel) -> None:
    limited.restart()
    limited.send(AT_ONCE).until_text(TOLD, "stderr")


def test_smaller_cells_are_let_be(limited: Kernel) -> None:
    assert limited.run("len(b'1' * 50_000_000)").result() == "50000000"
    limited.assert_healthy()


@needs_cgroup
@pytest.mark.parametrize("start", ["fork", "fresh"])
def test_a_worker_is_inside_before_the_users_code_runs(
    via: str, own_gateway: Gateway, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, start: str
) -> None:
    startup = tmp_path / "profile_default" / "startup"
    startup.mkdir(parents=True)
    code = "inside = any('penstock-' in line for line in open('/proc/self/cgroup'))"
    (startup / "00-first.py").write_text(code, encoding="utf-8")
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    monkeypatch.setenv("PENSTOCK_MEMORY_LIMIT", LIMIT)
    flags = ["--InteractiveShell.ast_node_interactivity=all"] if start == "fresh" else []
    with started(via, extra_arguments=flags) as kernel:
        assert own_gateway.kernel_of(kernel.worker_pid)["start"] == start
        assert kernel.value("inside") == "True"


@needs_cgroup
def test_a_limit_that_is_too_small_to_start_with_is_told(
    own_gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PENSTOCK_MEMORY_LIMIT", "100K")
    done = own_gateway.run("kernel", "start")
    assert done.returncode == 1
    assert "memory limit of 100 KiB is too small" in done.stderr


@needs_cgroup
def test_a_child_that_passes_the_limit_does_not_end_its_worker(limited: Kernel) -> None:
    limited.run("before = 1")
    assert limited.run(IN_A_CHILD).result() == "-9"
    assert limited.value("before") == "1"
    limited.assert_healthy()


@needs_cgroup
def test_cgroups_are_removed(
    via: str, own_gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PENSTOCK_MEMORY_LIMIT", LIMIT)
    with started(via) as kernel:
        pattern = f"penstock-{own_gateway.status()['keeper_pid']}-*"
        outside = cgroups.own()
        assert outside is not None
        assert len(list(outside.glob(pattern))) == 1
        kernel.send(AT_ONCE).until_text(TOLD, "stderr")
        eventually(lambda: not list(outside.glob(pattern)), 5, "gone with its worker")


@needs_mount
def test_without_cgroups_memory_is_sampled(own_gateway: Gateway) -> None:
    """Client and gateway in a mount namespace where no cgroups are mounted."""
    unmount = "umount -a -l -t cgroup,cgroup2"
    command = mounts.masked("/mnt", [sys.executable, "-m", "tests.test_memory"], before=unmount)
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=seconds(120), check=False
    )
    assert json.loads(done.stdout)["code"] == -9, done.stderr
    assert TOLD in json.loads(done.stdout)["told"]
    (log,) = own_gateway.runtime.glob("*/keeper.log")
    assert '"memory-limit-sampled"' in log.read_text(encoding="utf-8")


@needs_cgroup
def test_a_kill_by_the_system_is_told(via: str, own_gateway: Gateway) -> None:
    """No limit of ours: the memory of all processes together runs out."""
    with cgroups.limited(AROUND), started(via) as kernel:
        cell = kernel.send(AT_ONCE)
        cell.until_text("probably ran out of memory", "stderr")
        assert_killed(kernel)
        own_gateway.stop()


@needs_cgroup
def test_a_kill_by_the_system_is_certain_in_a_cgroup_of_the_worker(
    via: str, own_gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PENSTOCK_MEMORY_LIMIT", "10G")
    with cgroups.limited(AROUND), started(via) as kernel:
        cell = kernel.send(AT_ONCE)
        cell.until_text("because memory ran out", "stderr")
        assert "limit" not in cell.text("stderr")
        assert_killed(kernel)
        own_gateway.stop()


def main() -> None:
    """As a program: a client of its own whose cell passes the limit."""
    os.environ["PENSTOCK_MEMORY_LIMIT"] = LIMIT
    with started("provisioner") as kernel:
        cell = kernel.send(SLOWLY).until_text("memory", "stderr")
        eventually(lambda: not kernel.manager.is_alive(), 5, "the manager sees the death")
        print(json.dumps({"told": cell.text("stderr"), "code": kernel.exit_code()}))


if __name__ == "__main__":
    main()
