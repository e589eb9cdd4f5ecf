"""The provisioner under jupyter_client's own managers."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from jupyter_client.manager import AsyncKernelManager, KernelManager
from stand_in_gateway import PORTS, StandInGateway

from penstock.provisioner import PenstockProvisioner


@pytest.fixture
def manager(gateway: StandInGateway, tmp_path: Path) -> Iterator[KernelManager]:
    made = KernelManager(
        kernel_name="penstock", connection_file=str(tmp_path / "k.json"), shutdown_wait_time=0.4
    )
    yield made
    if made.has_kernel:
        made.shutdown_kernel(now=True)


def info(manager: KernelManager) -> dict[str, object]:
    return {name: getattr(manager, name) for name in PORTS} | {"key": manager.session.key}


def test_a_kernel_without_a_process(gateway: StandInGateway, manager: KernelManager) -> None:
    manager.start_kernel(extra_arguments=["--HistoryManager.hist_file=:memory:"])
    assert isinstance(manager.provisioner, PenstockProvisioner)
    (request,) = gateway.asked("start")
    assert request["via"] == "provisioner"
    assert request["name"] == "penstock"
    assert request["args"] == ["--HistoryManager.hist_file=:memory:"]
    assert request["environment"]["python"] == sys.executable
    assert [request["connection"][port] for port in PORTS] == [0] * 5
    assert request["lease"]["pid"] == os.getpid()
    assert request["cwd"] == str(Path.cwd())
    assert manager.is_alive()
    written = json.loads(Path(manager.connection_file).read_text())
    assert written["shell_port"] == manager.shell_port > 0
    assert written["key"].encode() == manager.session.key == request["connection"]["key"].encode()


def test_a_manager_without_a_connection_file_gets_one(gateway: StandInGateway) -> None:
    manager = KernelManager(kernel_name="penstock")
    manager.start_kernel()
    try:
        (request,) = gateway.asked("start")
        assert request["connection_file"] == os.path.realpath(manager.connection_file)
        written = Path(manager.connection_file)
        assert written.stat().st_mode & 0o777 == 0o600
    finally:
        manager.shutdown_kernel(now=True)
    assert not written.exists()


def test_restart_keeps_ports_and_key(gateway: StandInGateway, manager: KernelManager) -> None:
    manager.start_kernel()
    before = info(manager)
    manager.restart_kernel(now=True)
    assert info(manager) == before
    assert manager.is_alive()
    _, second = gateway.asked("start")
    assert [second["connection"][port] for port in PORTS] == [before[port] for port in PORTS]
    assert gateway.asked("release")[0]["id"] == "session-0"


def test_ports_are_kept_when_a_restarter_asks_for_new_ones(
    gateway: StandInGateway, manager: KernelManager
) -> None:
    """As with ipykernel: a client that is connected has no way to learn of others."""
    manager.start_kernel()
    before = info(manager)
    manager.restart_kernel(now=True, newports=True)
    assert info(manager) == before


def test_ports_change_where_they_are_not_cached(
    gateway: StandInGateway, manager: KernelManager
) -> None:
    manager.cache_ports = False
    manager.start_kernel()
    before = info(manager)
    manager.restart_kernel(now=True, newports=True)
    assert manager.shell_port != before["shell_port"]
    assert manager.session.key == before["key"]


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV, signal.SIGTERM])
def test_exit_codes(gateway: StandInGateway, manager: KernelManager, number: int) -> None:
    manager.start_kernel()
    manager.signal_kernel(number)
    gateway.processes["session-0"].wait()
    assert not manager.is_alive()
    assert asyncio.run(manager.provisioner.poll()) == -number
    manager.signal_kernel(signal.SIGTERM)
    asyncio.run(manager.provisioner.kill())
    assert asyncio.run(manager.provisioner.wait()) == -number
    assert not manager.has_kernel
    manager.restart_kernel(now=True)
    assert manager.is_alive()


def test_shutdown_takes_the_steps_of_jupyter_client(
    gateway: StandInGateway, manager: KernelManager
) -> None:
    """The stand-in answers no shutdown_request, so SIGTERM ends the kernel."""
    manager.shutdown_wait_time = 6  # half of it for the request, half until SIGKILL
    manager.start_kernel()
    manager.shutdown_kernel()
    assert gateway.processes["session-0"].returncode == -signal.SIGTERM
    assert [request["signal"] for request in gateway.asked("signal")] == [signal.SIGTERM]
    assert gateway.kernels == {}
    assert not Path(manager.connection_file).exists()


def test_async_managers(gateway: StandInGateway) -> None:
    async def run() -> None:
        manager = AsyncKernelManager(kernel_name="penstock")
        await manager.start_kernel()
        assert await manager.is_alive()
        await manager.restart_kernel(now=True)
        assert await manager.is_alive()
        await manager.shutdown_kernel(now=True)
        assert not await manager.is_alive()

    asyncio.run(run())
    assert gateway.kernels == {}


def test_a_provisioner_may_be_used_from_several_loops(
    gateway: StandInGateway, manager: KernelManager
) -> None:
    manager.start_kernel()
    for _ in range(3):
        assert asyncio.run(manager.provisioner.poll()) is None
    asyncio.run(manager.provisioner.kill())
    assert asyncio.run(manager.provisioner.wait()) == -9


def test_a_gateway_that_is_away_says_nothing_about_its_kernels(
    gateway: StandInGateway, manager: KernelManager
) -> None:
    manager.start_kernel()
    (gateway.directory / "gateway.sock").rename(gateway.directory / "away")
    assert manager.is_alive()
    (gateway.directory / "away").rename(gateway.directory / "gateway.sock")


def test_with_a_dead_gateway_the_files_tell(
    gateway: StandInGateway, manager: KernelManager
) -> None:
    manager.start_kernel()
    gateway.close()
    assert not manager.is_alive()
    assert asyncio.run(manager.provisioner.poll()) == -9
    folder = gateway.directory / "sessions" / "session-0"
    folder.mkdir(parents=True)
    (folder / "exit.json").write_text('{"exit": -15, "cause": "x"}')
    found = asyncio.run(again(manager))
    assert asyncio.run(found.poll()) == -15
    asyncio.run(found.cleanup())
    assert not folder.exists()


async def again(manager: KernelManager) -> PenstockProvisioner:
    """Another provisioner that was given what the first one saved."""
    saved = await manager.provisioner.get_provisioner_info()
    other = PenstockProvisioner(kernel_id=manager.kernel_id, kernel_spec=manager.kernel_spec)
    await other.load_provisioner_info(saved)
    return other


def test_a_kernel_is_found_again(gateway: StandInGateway, manager: KernelManager) -> None:
    manager.start_kernel()
    other = asyncio.run(again(manager))
    assert other.has_process
    assert asyncio.run(other.poll()) is None
    asyncio.run(other.kill())
    assert asyncio.run(other.wait()) == -9


def test_independent_kernels_have_no_lease(gateway: StandInGateway, manager: KernelManager) -> None:
    manager.kernel_spec.metadata["kernel_provisioner"]["config"] = {"independent": True}
    manager.start_kernel()
    assert gateway.asked("start")[0]["lease"] is None


def test_environment_and_directory(
    gateway: StandInGateway, manager: KernelManager, tmp_path: Path
) -> None:
    env = {**os.environ, "OMP_NUM_THREADS": "2", "PENSTOCK_MEMORY_LIMIT": "300M"}
    manager.start_kernel(cwd=str(tmp_path), env=env)
    (request,) = gateway.asked("start")
    assert request["environment"]["start_only"]["OMP_NUM_THREADS"] == "2"
    assert request["limits"] == {"memory": 300 << 20}
    assert request["cwd"] == str(tmp_path)
    (tmp_path / "data.csv").write_text("")
    assert manager.provisioner.resolve_path("data.csv") == str(tmp_path / "data.csv")
    assert manager.provisioner.resolve_path("none.csv") is None


@pytest.mark.parametrize("policy", ["auto", "required"])
def test_encryption_keys_are_made_once_and_kept(
    gateway: StandInGateway, manager: KernelManager, policy: str
) -> None:
    if not hasattr(manager, "transport_encryption"):
        pytest.skip("this jupyter_client knows no transport encryption")
    manager.kernel_spec.metadata["supported_encryption"] = ["curve"]
    manager.transport_encryption = policy
    manager.start_kernel()
    keys = manager.get_connection_info()
    (request,) = gateway.asked("start")
    for name in ("curve_publickey", "curve_secretkey"):
        assert request["connection"][name] == keys[name]
        assert json.loads(Path(manager.connection_file).read_text())[name] == keys[name]
    assert Path(manager.connection_file).stat().st_mode & 0o777 == 0o600
    manager.restart_kernel(now=True)
    assert gateway.asked("start")[1]["connection"] == {
        **request["connection"],
        **{port: keys[port] for port in PORTS},
    }


@pytest.mark.parametrize("policy", ["disabled", "auto"])
def test_no_keys_unless_asked_for_and_declared(
    gateway: StandInGateway, manager: KernelManager, policy: str
) -> None:
    if not hasattr(manager, "transport_encryption"):
        pytest.skip("this jupyter_client knows no transport encryption")
    manager.transport_encryption = policy
    manager.kernel_spec.metadata["supported_encryption"] = ["curve"] * (policy == "disabled")
    manager.start_kernel()
    assert "curve_secretkey" not in gateway.asked("start")[0]["connection"]


def test_other_transports_are_refused(gateway: StandInGateway, manager: KernelManager) -> None:
    manager.transport = "ipc"
    with pytest.raises(RuntimeError, match="'ipc' is not supported"):
        manager.start_kernel()


def test_an_error_is_one_line(gateway: StandInGateway, manager: KernelManager) -> None:
    gateway.fail["start"] = {"code": "start-failed", "message": "no luck", "hint": "wait"}
    with pytest.raises(RuntimeError, match=r"^no luck \(wait\)$"):
        manager.start_kernel()


def test_a_kernel_whose_ports_are_taken_has_ended_at_once(
    gateway: StandInGateway, manager: KernelManager
) -> None:
    manager.start_kernel()
    manager.shutdown_kernel(now=True, restart=True)
    gateway.fail["start"] = {"code": "bind-failed", "message": "port 5 is taken", "hint": ""}
    manager.start_kernel()  # with the ports of before
    assert not manager.is_alive()
    assert asyncio.run(manager.provisioner.poll()) == 1
    before = info(manager)
    del gateway.fail["start"]
    manager.restart_kernel(now=True, newports=True)
    assert manager.is_alive()
    assert manager.shell_port != before["shell_port"]


def test_a_start_that_is_given_up_leaves_no_kernel(gateway: StandInGateway) -> None:
    started = gateway.on_start

    async def run() -> None:
        entered = asyncio.Event()
        loop = asyncio.get_running_loop()
        proceed = asyncio.Event()

        def slow(request: dict[str, object]) -> dict[str, object]:
            loop.call_soon_threadsafe(entered.set)
            asyncio.run_coroutine_threadsafe(proceed.wait(), loop).result(20)
            return started(request)

        gateway.on_start = slow  # type: ignore[method-assign]
        manager = AsyncKernelManager(kernel_name="penstock")
        task = asyncio.ensure_future(manager.start_kernel())
        await entered.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        proceed.set()
        while "session-0" not in gateway.processes:  # noqa: ASYNC110  (a stand-in has no event)
            await asyncio.sleep(0.01)

    asyncio.run(asyncio.wait_for(run(), 20))
    assert gateway.processes["session-0"].wait(20) == -9


def test_only_what_is_needed_is_imported() -> None:
    """Servers import the provisioner: it must not bring more than jupyter_client has already."""
    code = (
        "import sys, jupyter_client.manager, jupyter_client.provisioning;"
        "before = set(sys.modules);"
        "import penstock.provisioner;"
        "print([n for n in set(sys.modules) - before if not n.startswith(('penstock', '_'))])"
    )
    output = subprocess.check_output([sys.executable, "-c", code], text=True)
    assert set(eval(output)) <= {"resource", "fcntl"}
