"""How a server ends, and that nothing is left then; and that its token stays its own."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from urllib.parse import quote

import psutil
import pytest

from penstock.cli import serve
from penstock.client.control import Control
from penstock.client.errors import GatewayError
from tests.serve.test_kernels_api import BUSY, PID
from tests.support import processes
from tests.support.served import TOKEN, Served, is_gone, kill, serving
from tests.support.tab import Tab
from tests.support.waiting import eventually


@pytest.fixture
def own(jupyter: object) -> Iterator[Served]:
    """A server that the test may end."""
    with serving() as server:
        yield server


def busy(server: Served) -> int:
    """Starts a kernel that computes and minds no signal; its pid."""
    tab = Tab(server.as_server(), server.kernel())
    worker = int(tab.value(PID))
    cell = tab.start("import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + BUSY)
    cell.until_text("busy")
    return worker


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_signals_end_it_with_its_kernels(own: Served, number: int) -> None:
    worker, folder = busy(own), own.folder
    assert own.end(number) == (0, "")
    assert not processes.alive(worker)
    assert not folder.exists()


def test_a_killed_command_takes_all_along(own: Served) -> None:
    worker = busy(own)
    kill(own.process.pid)
    own.ended()
    processes.assert_none_left(own.runtime, within=20)
    assert not processes.alive(worker)
    is_gone(own.folder / "gateway.sock")


def test_a_killed_gateway_is_told(own: Served) -> None:
    worker = busy(own)
    folder = own.folder
    kill(own.gateway())
    code, said = own.ended()
    assert code == 1
    eventually(lambda: not processes.alive(worker), 20, "the kernel has ended")
    assert "The gateway ended" in said
    assert str(folder) in said
    assert "Traceback" not in said


def test_a_gateway_that_does_not_end_is_killed(
    own: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker, pid = busy(own), own.gateway()
    monkeypatch.setattr(serve, "STOP_TIMEOUT", 0.5)
    with Control(str(own.folder)) as control:
        os.kill(pid, signal.SIGSTOP)
        with pytest.raises(GatewayError, match=f"process {pid}"):
            serve._end(control)
    assert own.ended()[0] == 1
    eventually(lambda: not processes.alive(worker), 20, "the kernel has ended")


def test_the_token_is_in_no_log_and_no_command_line(own: Served) -> None:
    kernel = own.kernel()
    own.call("GET", f"api/status?token={quote(TOKEN)}", token=False)
    own.call("GET", "api/status?token=wrong", token=False)
    own.call("POST", "api/kernels", b"{" + TOKEN.encode())
    Tab(own.as_server(), kernel).run("1 / 0")
    for process in processes.belonging_to(own.runtime):
        assert TOKEN not in " ".join(processes.command(process))
    gateway = psutil.Process(own.gateway())
    assert TOKEN not in str(gateway.environ())
    for file in own.runtime.rglob("*"):
        if file.is_file():
            try:
                text = file.read_bytes()
            except FileNotFoundError:
                continue  # it was removed since it was found
            assert TOKEN.encode() not in text, file
            assert quote(TOKEN).encode() not in text, file
    assert own.folder.stat().st_mode & 0o077 == 0
