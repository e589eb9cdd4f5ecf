"""Group SPEC: the kernelspec, and what a provisioner owes to jupyter_client."""

from __future__ import annotations

import asyncio
import inspect
import json
import os
import re
import shutil
import signal
import struct
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jupyter_client.ioloop.manager import AsyncIOLoopKernelManager
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.provisioning.provisioner_base import KernelProvisionerBase
from traitlets.config import Config

from tests.support import specs
from tests.support.environment import clean
from tests.support.gateway import Gateway
from tests.support.kernel import started
from tests.support.specs import KERNEL_NAMES
from tests.support.waiting import seconds

pytestmark = pytest.mark.beyond_reference

DIE = "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"
BUSY = "print('ready', flush=True)\nwhile True: pass"


@pytest.fixture
def spec() -> dict[str, Any]:
    """The installed kernel.json."""
    text = (specs.installed() / "kernel.json").read_text(encoding="utf-8")
    return dict(json.loads(text))


@pytest.fixture
def changed(jupyter: Path, spec: dict[str, Any], way: str) -> Iterator[Any]:
    """Installs the kernelspec with other fields; gives its name."""
    made: list[Path] = []

    def install(**fields: object) -> str:
        base = specs.argv_only(spec) if way == "launcher" else spec
        name = f"changed-{len(made)}"
        specs.write(jupyter / "kernels", name, {**base, **fields})
        made.append(jupyter / "kernels" / name)
        return name

    yield install
    for folder in made:
        shutil.rmtree(folder)


def test_the_installed_spec(spec: dict[str, Any]) -> None:
    assert spec["argv"][0] in ("python", "python3") or Path(spec["argv"][0]).is_absolute()
    assert "{connection_file}" in spec["argv"]
    assert spec["display_name"]
    assert spec["language"] == "python"
    assert spec["interrupt_mode"] in ("signal", "message")
    assert isinstance(spec["metadata"], dict)
    assert re.fullmatch(r"[A-Za-z0-9._-]+", specs.installed().name)


def test_the_logos_are_pictures_of_their_sizes() -> None:
    folder = specs.installed()
    for size in (32, 64):
        png = (folder / f"logo-{size}x{size}.png").read_bytes()
        assert png[:8] == b"\x89PNG\r\n\x1a\n"
        assert struct.unpack(">II", png[16:24]) == (size, size)
    assert "<svg" in (folder / "logo-svg.svg").read_text(encoding="utf-8")


def test_python_in_argv_is_the_clients_python(gateway: Gateway, way: str) -> None:
    with started(way) as kernel:
        assert kernel.value("__import__('sys').executable") == repr(sys.executable)


def test_variables_of_the_spec(
    gateway: Gateway, changed: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLANT", "mill")
    with started(changed(env={"PLACE": "${PLANT}/wheel", "ODD": "$ {none} ${missing}"})) as kernel:
        kernel.run("import os")
        assert kernel.value("os.environ['PLACE']") == "'mill/wheel'"
        assert kernel.value("os.environ['ODD']") == "'$ {none} ${missing}'"


@pytest.mark.parametrize("mode", ["signal", "message"])
def test_both_modes_of_interrupts(gateway: Gateway, changed: Any, mode: str) -> None:
    with started(changed(interrupt_mode=mode)) as kernel:
        cell = kernel.send(BUSY).until_text("ready")
        kernel.manager.interrupt_kernel()
        assert cell.finish().ename == "KeyboardInterrupt"
        kernel.assert_healthy()


def test_the_provisioner_has_every_method() -> None:
    from penstock.provisioner import PenstockProvisioner

    assert not inspect.isabstract(PenstockProvisioner)
    public = {name for name in vars(KernelProvisionerBase) if not name.startswith("_")}
    assert public <= set(dir(PenstockProvisioner))


def test_the_connection_is_the_managers(gateway: Gateway, way: str) -> None:
    with started(way) as kernel:
        info = kernel.manager.get_connection_info()
        assert info["key"] == kernel.manager.session.key
        written = json.loads(Path(kernel.manager.connection_file).read_text(encoding="utf-8"))
        for name in ("shell_port", "iopub_port", "stdin_port", "control_port", "hb_port", "ip"):
            assert written[name] == info[name]
        file = Path(kernel.manager.connection_file)
    assert not file.exists()


def test_a_restart_keeps_ports_and_place(gateway: Gateway, way: str) -> None:
    with started(way) as kernel:
        before, gateway_pid = kernel.manager.get_connection_info(), gateway.status()["pid"]
        worker = kernel.worker_pid
        for now in (True, False):
            kernel.manager.restart_kernel(now=now)
            kernel.is_ready()
            kernel.assert_healthy()
            assert kernel.manager.get_connection_info() == before
        assert kernel.worker_pid != worker
        assert gateway.status()["pid"] == gateway_pid


def test_ports_of_a_killed_kernel_are_free_at_once(gateway: Gateway, way: str) -> None:
    with started(way) as kernel:
        before = kernel.manager.get_connection_info()
        os.kill(kernel.worker_pid, signal.SIGKILL)
        kernel.restart()
        kernel.assert_healthy()
        assert kernel.manager.get_connection_info() == before


async def lives(manager: Any) -> None:
    """Waits until the manager has a living kernel."""
    while not await manager.is_alive():  # noqa: ASYNC110  (jupyter_client has no event for it)
        await asyncio.sleep(0.01)


def test_jupyters_restarter_brings_a_dead_kernel_back(gateway: Gateway, way: str) -> None:
    looks_often = Config({"KernelRestarter": {"time_to_dead": 0.05}})

    async def die_twice() -> None:
        manager = AsyncIOLoopKernelManager(kernel_name=KERNEL_NAMES[way], config=looks_often)
        manager.autorestart = True
        back = asyncio.Event()
        await manager.start_kernel(env=clean())
        manager.add_restart_callback(back.set, "restart")
        try:
            for code in (DIE, DIE, "1"):
                client = manager.client()  # the restarter may choose new ports
                client.start_channels()
                await client.wait_for_ready(timeout=seconds(60))
                if code == DIE:
                    client.execute(code)
                    await asyncio.wait_for(back.wait(), seconds(30))
                    back.clear()  # that was told before the restart
                    await asyncio.wait_for(lives(manager), seconds(30))
                else:
                    reply = await client.execute_interactive(code, timeout=seconds(30))
                    assert reply["content"]["execution_count"] == 1
                client.stop_channels()
        finally:
            await manager.shutdown_kernel(now=True)

    asyncio.run(die_twice())


def test_jupyter_kernelspec_installs_lists_and_removes(tmp_path: Path) -> None:
    def jupyter_kernelspec(*arguments: str) -> str:
        return subprocess.run(
            [sys.executable, "-m", "jupyter_client.kernelspecapp", *arguments],
            env={**clean(), "JUPYTER_DATA_DIR": str(tmp_path)},
            capture_output=True,
            text=True,
            check=True,
            timeout=seconds(60),
        ).stdout

    jupyter_kernelspec("install", str(specs.installed()), "--user", "--name", "Mine")
    listed = json.loads(jupyter_kernelspec("list", "--json"))["kernelspecs"]["mine"]
    assert listed["spec"]["display_name"].startswith("Python 3")
    assert Path(listed["resource_dir"]).parent == tmp_path / "kernels"
    jupyter_kernelspec("remove", "-f", "mine")
    assert "mine" not in json.loads(jupyter_kernelspec("list", "--json"))["kernelspecs"]


def test_jupyter_client_finds_it_whatever_the_case() -> None:
    assert KernelSpecManager().get_kernel_spec("Penstock".lower()).language == "python"
