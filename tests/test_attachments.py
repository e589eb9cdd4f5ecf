"""The gateway knows which pages are at a jupyter_server's kernels (local-sockets.md, `attach`)."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from penstock.client.control import Control
from penstock.client.errors import GatewayError
from tests.pages.servers import Server, jupyter_server
from tests.support import tab
from tests.support.gateway import Gateway
from tests.support.specs import KERNEL_NAMES
from tests.support.tab import Tab
from tests.support.waiting import eventually


@pytest.fixture(scope="module")
def server(gateway: Gateway, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that has the extension, as whoever installs Penstock has it."""
    folder = tmp_path_factory.mktemp("server")
    with jupyter_server(folder, folder / "log", "--KernelRestarter.time_to_dead=0.1") as running:
        yield running


@pytest.fixture
def page(server: Server) -> Iterator[Tab]:
    """A tab with a kernel of its own."""
    with tab.opened(server, "provisioner") as opened:
        yield opened


def attached(gateway: Gateway, page: Tab) -> int:
    """How many pages the gateway knows of at a page's kernel; 0 while there is none."""
    name = f"kernel-{page.kernel}.json"
    return sum(
        int(kernel["attached"])
        for kernel in gateway.kernels()
        if str(kernel["connection_file"]).endswith(name) and kernel["state"] != "dead"
    )


def test_pages_are_counted_until_they_leave(gateway: Gateway, page: Tab) -> None:
    assert page.value("6 * 7") == "42"
    assert attached(gateway, page) == 1
    other = page.another()
    assert other.value("6 * 7") == "42"
    assert attached(gateway, page) == 2
    assert gateway.status()["attached"] == sum(k["attached"] for k in gateway.kernels())
    other.close()
    eventually(lambda: attached(gateway, page) == 1, 20, "the second page is gone")
    page.close()
    eventually(lambda: attached(gateway, page) == 0, 20, "the first, too")


def test_a_page_stays_over_restarts_and_deaths(gateway: Gateway, page: Tab) -> None:
    page.act("restart")
    assert attached(gateway, page) == 1
    page.reconnect()
    eventually(lambda: attached(gateway, page) == 1, 20, "the page came again")
    worker = int(page.value("__import__('os').getpid()"))
    os.kill(worker, signal.SIGKILL)
    page.until(lambda: "restarting" in page.states(), "the server sees the death")
    eventually(lambda: attached(gateway, page) == 1, 20, "the page is at the new kernel")
    page.reconnect()  # the server has ended its restart: it deletes no kernel before that


def test_the_next_gateway_is_told(own_gateway: Gateway, tmp_path: Path) -> None:
    with (
        jupyter_server(tmp_path, tmp_path / "log", "--KernelRestarter.time_to_dead=0.1") as running,
        tab.opened(running, "provisioner") as page,
    ):
        page.value("1")
        os.kill(own_gateway.status()["pid"], signal.SIGKILL)
        page.until(lambda: "restarting" in page.states(), "the server sees the death")
        eventually(lambda: attached(own_gateway, page) == 1, 40, "the next one knows of the page")
        page.reconnect()  # waits for the new kernel
        assert page.value("6 * 7") == "42"


def test_what_ends_without_a_word_is_not_counted(gateway: Gateway, page: Tab) -> None:
    page.value("1")
    (kernel,) = (k for k in gateway.kernels() if page.kernel in str(k["connection_file"]))
    directory = gateway.status()["directory"]
    control = Control(directory)
    control.request("attach", connection_file=kernel["connection_file"])
    assert attached(gateway, page) == 2
    with pytest.raises(GatewayError, match="only says that a page is there"):
        control.request("ping")
    control.close()
    eventually(lambda: attached(gateway, page) == 1, 20, "its connection's end ends it")
    with Control(directory) as wrong, pytest.raises(GatewayError, match="connection_file"):
        wrong.request("attach", connection_file=7)


@pytest.mark.parametrize("way", ["launcher", "reference"])
def test_other_kernels_are_as_ever(gateway: Gateway, server: Server, way: str) -> None:
    assert KERNEL_NAMES[way] in tab.rest(server, "GET", "kernelspecs")["kernelspecs"]
    with tab.opened(server, way) as page:
        assert page.value("6 * 7") == "42"
        assert attached(gateway, page) == 0
        page.act("restart")
        page.reconnect()
        assert page.value("6 * 7") == "42"


def test_a_class_of_the_users_own_stays(gateway: Gateway, tmp_path: Path) -> None:
    stock = "jupyter_server.services.kernels.connection.channels.ZMQChannelsWebsocketConnection"
    option = f"--ServerApp.kernel_websocket_connection_class={stock}"
    with (
        jupyter_server(tmp_path, tmp_path / "log", option) as running,
        tab.opened(running, "provisioner") as page,
    ):
        assert page.value("6 * 7") == "42"
        assert attached(gateway, page) == 0


def test_a_class_of_another_extension_is_added_to(
    gateway: Gateway, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "zz_other.py").write_text(
        "from jupyter_server.services.kernels.connection.channels import (\n"
        "    ZMQChannelsWebsocketConnection as Stock)\n"
        "class Other(Stock):\n"
        "    def connect(self):\n"
        "        self.log.warning('this is the other one')\n"
        "        return super().connect()\n"
        "def _load_jupyter_server_extension(server):\n"
        "    server.web_app.settings['kernel_websocket_connection_class'] = Other\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    log = tmp_path / "log"
    option = "--ServerApp.jpserver_extensions={'zz_other': True, 'penstock.jupyter': True}"
    with (
        jupyter_server(tmp_path, log, option) as running,
        tab.opened(running, "provisioner") as page,
    ):
        assert page.value("6 * 7") == "42"
        assert attached(gateway, page) == 1
        assert "this is the other one" in log.read_text(encoding="utf-8")
