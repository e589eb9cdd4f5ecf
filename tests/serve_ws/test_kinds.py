"""Kernels of another kind, and clients of ZeroMQ, at the same server."""

from __future__ import annotations

import json
import urllib.error
from pathlib import Path

import pytest
from jupyter_client.blocking.client import BlockingKernelClient

from tests.serve_ws.client import Tab
from tests.serve_ws.server import Server
from tests.support.waiting import seconds


def test_a_console_and_a_tab_share_a_kernel(server: Server, kernel: str, tmp_path: Path) -> None:
    connection = server.call("GET", f"api/penstock/kernels/{kernel}/connection")
    assert connection["shell_port"] > 0
    assert server.call("GET", f"api/penstock/kernels/{kernel}/connection") == connection
    file = tmp_path / "kernel.json"
    file.write_text(json.dumps(connection))
    console = BlockingKernelClient(connection_file=str(file))
    console.load_connection_file()
    console.start_channels()
    try:
        console.wait_for_ready(timeout=seconds(30))
        console.execute("shared = 21", reply=True, timeout=seconds(30))
        with Tab(server, kernel) as page:
            assert page.evaluate("shared * 2") == "42"
    finally:
        console.stop_channels()


def test_a_kernel_that_is_not_there_has_no_connection(server: Server) -> None:
    with pytest.raises(urllib.error.HTTPError, match="404"):
        server.call("GET", "api/penstock/kernels/a-b-c-d-e/connection")


def test_an_ipykernel(server: Server) -> None:
    kernel = server.call("POST", "api/kernels", {"name": "python3"})
    assert kernel["name"] == "python3"
    with Tab(server, kernel["id"]) as page:
        assert page.evaluate("type(get_ipython().kernel).__module__") == "'ipykernel.ipkernel'"
    server.call("POST", f"api/kernels/{kernel['id']}/restart")
    with Tab(server, kernel["id"]) as page:
        assert page.evaluate("6 * 7") == "42"
    server.call("DELETE", f"api/kernels/{kernel['id']}")
