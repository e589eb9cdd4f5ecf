"""By which names the server may be called: a page whose own name leads to this machine (DNS
rebinding) is refused, with a token and without.
"""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
import websocket

from tests.support.served import Served, serving
from tests.support.waiting import seconds

LOCAL = ("localhost", "LOCALHOST:1", "127.0.0.1", "127.9.8.7:80", "[::1]", "[::1]:8888")
FOREIGN = (
    *("evil.example", "evil.example:8888", "localhost.evil.example", "127.0.0.1.evil.example"),
    *("192.0.2.1", "0.0.0.0", "[2001:db8::1]:80", "[", "[localhost", "127.0.0.1:80:80", "-"),
)


def status(server: Served, host: str, method: str = "GET", path: str = "api/kernels") -> int:
    """The status of a call by this name."""
    return server.call(method, path, Host=host).status


def open_channels(server: Served, kernel: str, host: str) -> int:
    """The status of a WebSocket's handshake."""
    url = f"{server.url}api/kernels/{kernel}/channels".replace("http", "ws", 1)
    header = [f"Authorization: token {server.token}"]
    try:
        websocket.create_connection(url, timeout=seconds(20), host=host, header=header).shutdown()
    except websocket.WebSocketBadStatusException as refusal:
        return refusal.status_code
    return 101


@pytest.mark.parametrize("host", LOCAL)
def test_names_of_this_machine(server: Served, host: str) -> None:
    assert status(server, host) == 200


@pytest.mark.parametrize("host", FOREIGN)
def test_other_names_are_refused(server: Served, host: str) -> None:
    for path in ("api", "api/kernels", "api/spec", "healthz", "nowhere", ""):
        reply = server.call("GET", path, Host=host)
        if reply.status == 400:  # not even a name
            assert host in ("[", "[localhost", "127.0.0.1:80:80")
            continue
        assert reply.status == 403
        assert reply.json["reason"] == "Forbidden"
        assert "--allow-remote-access" in reply.error()
        assert "Set-Cookie" not in reply.headers


def test_nothing_is_done_for_other_names(server: Served) -> None:
    before = len(server.call("GET", "api/kernels").json)
    for method in ("POST", "OPTIONS", "PUT", "DELETE"):
        assert status(server, "evil.example", method) == 403
    assert len(server.call("GET", "api/kernels").json) == before


def test_a_client_of_http_1_0_needs_no_name(server: Served) -> None:
    with socket.create_connection(("127.0.0.1", server.port), seconds(20)) as plain:
        plain.sendall(b"GET /api HTTP/1.0\r\n\r\n")
        assert b" 200 " in plain.recv(1000)


def test_without_a_token_a_page_of_another_name_gets_no_kernel() -> None:
    with serving(token="") as server:
        kernel = server.kernel()
        here = f"127.0.0.1:{server.port}"
        evil = f"evil.example:{server.port}"
        assert open_channels(server, kernel, here) == 101
        assert open_channels(server, kernel, evil) == 403
        # The browser holds the page and the server for one: its Origin is the Host.
        rebound = server.call("POST", "api/kernels", Host=evil, Origin=f"http://{evil}")
        assert rebound.status == 403
        assert "Access-Control-Allow-Origin" not in rebound.headers
        assert len(server.call("GET", "api/kernels").json) == 1


def test_named_hosts() -> None:
    with serving("--local-hostnames=lab.example, Other.example") as server:
        for host in ("lab.example", "other.example:1", "127.0.0.1"):
            assert status(server, host) == 200
        for host in ("localhost", "evil.example"):
            assert status(server, host) == 403


def test_remote_access() -> None:
    with serving("--allow-remote-access") as server:
        assert status(server, "lab.example") == 200
    with serving(PENSTOCK_ALLOW_REMOTE_ACCESS="yes") as server:
        assert status(server, "lab.example") == 200


def test_who_listens_for_others_is_called_by_any_name() -> None:
    with serving("--ip=0.0.0.0") as server:
        assert status(server, "lab.example") == 200
    with serving("--ip=0.0.0.0", "--no-allow-remote-access") as server:
        assert status(server, "lab.example") == 403
        assert status(server, "localhost") == 200


def test_no_page_reaches_a_unix_socket(short_folder: Path) -> None:
    with serving(f"--socket={short_folder / 'http.sock'}") as server:
        assert status(server, "whatever.example") == 200
