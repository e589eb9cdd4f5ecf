"""Pages of `jupyter server --gateway-url`, whose binary messages go through (WS-39)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.pages import servers
from tests.pages.servers import jupyter_server
from tests.serve_ws.client import Message, Tab
from tests.serve_ws.frames import V1
from tests.serve_ws.server import TOKEN, Server
from tests.support.tab import rest
from tests.support.waiting import eventually

#: Not UTF-8, not valid in any text.
BYTES = [b"\xff\xfe\x00\x80", bytes(range(256)), b""]
BACKWARDS = """\
def opened(comm, message):
    comm.on_msg(lambda message: comm.send(
        {'count': len(message['buffers'])},
        buffers=[bytes(part)[::-1] for part in message['buffers']]))
get_ipython().kernel.comm_manager.register_target('backwards', opened)
"""
STOCK = "jupyter_server.gateway.connections"


@pytest.fixture(scope="module")
def notebook_server(
    server: Server, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[servers.Server]:
    """The server that its users see; the kernels are at `server`."""
    folder = tmp_path_factory.mktemp("notebooks")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JUPYTER_GATEWAY_AUTH_TOKEN", TOKEN)
        patch.setenv("JUPYTER_TOKEN", TOKEN)
        with jupyter_server(folder, folder / "log", f"--gateway-url={server.url}") as running:
            yield running


@pytest.fixture
def kernel(notebook_server: servers.Server) -> Iterator[str]:
    """The id of a kernel that this server had its gateway start; both know it by this id."""
    fresh: str = rest(notebook_server, "POST", "kernels", {"name": "penstock"})["id"]
    yield fresh
    rest(notebook_server, "DELETE", f"kernels/{fresh}")


@pytest.fixture(params=[V1, None], ids=["v1", "without-a-name"])
def page(
    notebook_server: servers.Server, kernel: str, request: pytest.FixtureRequest
) -> Iterator[Tab]:
    """A page of that server, at a fresh kernel which turns buffers around on a comm named "c"."""
    with Tab(notebook_server, kernel, protocol=request.param) as opened:
        assert opened.socket.getsubprotocol() == request.param
        opened.run(BACKWARDS)
        opened.send("comm_open", {"comm_id": "c", "target_name": "backwards", "data": {}})
        yield opened


def turned(page: Tab, buffers: list[bytes]) -> Message:
    """The message of the kernel that answers these buffers."""
    page.send("comm_msg", {"comm_id": "c", "data": {}}, buffers=buffers)
    return page.until(lambda message: message["header"]["msg_type"] == "comm_msg")[-1]


def test_bytes_go_both_ways(page: Tab) -> None:
    for _ in range(2):
        said = turned(page, BYTES)
        assert said["buffers"] == [part[::-1] for part in BYTES]
        assert said["content"]["data"] == {"count": 3}
    assert page.evaluate("6 * 7") == "42"


def test_a_message_larger_than_tornado_likes(page: Tab) -> None:
    page.execute(
        "from comm import create_comm\n"
        "create_comm(target_name='large', data={}, buffers=[b'\\xff' * (12 << 20)])"
    )
    said = page.until(lambda message: message["header"]["msg_type"] == "comm_open")[-1]
    assert said["buffers"] == [b"\xff" * (12 << 20)]


def test_a_connection_to_the_gateway_that_is_lost_comes_back(
    server: Server, kernel: str, page: Tab
) -> None:
    with Tab(server, kernel, session=page.session) as usurper:
        assert usurper.closed() == 1000  # the page's connection is there again
    assert turned(page, BYTES)["buffers"] == [part[::-1] for part in BYTES]


def test_a_page_that_leaves_is_not_counted(server: Server, kernel: str, page: Tab) -> None:
    server.connections(kernel, 1)
    page.socket.close()
    server.connections(kernel, 0)


def test_a_gateway_that_knows_no_name(tmp_path: Path) -> None:
    """Enterprise Gateway is one. The first page is sent away, and what comes then works."""
    nameless = "--ZMQChannelsWebsocketConnection.kernel_ws_protocol="
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JUPYTER_GATEWAY_AUTH_TOKEN", TOKEN)
        patch.setenv("JUPYTER_TOKEN", TOKEN)
        with (
            jupyter_server(tmp_path, tmp_path / "far.log", nameless) as far,
            jupyter_server(tmp_path, tmp_path / "log", f"--gateway-url={far.url}") as running,
        ):
            kernel = rest(running, "POST", "kernels", {"name": "penstock"})["id"]
            with Tab(running, kernel) as first:
                assert first.closed() == 1012
            with Tab(running, kernel, protocol=None) as page:
                page.run(BACKWARDS)
                page.send("comm_open", {"comm_id": "c", "target_name": "backwards", "data": {}})
                assert turned(page, BYTES)["buffers"] == [part[::-1] for part in BYTES]
            rest(running, "DELETE", f"kernels/{kernel}")


def test_a_class_of_the_users_own_stays(server: Server, tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(
        f"from {STOCK} import GatewayWebSocketConnection\n"
        "class Mine(GatewayWebSocketConnection):\n"
        "    async def connect(self):\n"
        "        self.log.warning('this is mine')\n"
        "        await super().connect()\n"
    )
    options = (
        f"--gateway-url={server.url}",
        "--ServerApp.kernel_websocket_connection_class=mine.Mine",
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JUPYTER_GATEWAY_AUTH_TOKEN", TOKEN)
        patch.setenv("JUPYTER_TOKEN", TOKEN)
        log = tmp_path / "log"
        with jupyter_server(tmp_path, log, *options) as running:
            kernel = rest(running, "POST", "kernels", {"name": "penstock"})["id"]
            with Tab(running, kernel, protocol=None) as page:
                assert page.evaluate("6 * 7") == "42"
            eventually(lambda: "this is mine" in log.read_text(), 10, "the class is used")
            rest(running, "DELETE", f"kernels/{kernel}")
