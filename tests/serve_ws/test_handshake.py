"""What is decided before the upgrade: who may, from where, to which kernel, in which protocol."""

from __future__ import annotations

import contextlib
import http.client
from typing import Any

import pytest
import websocket

from tests.serve_ws import frames
from tests.serve_ws.server import TOKEN, Server
from tests.support.waiting import seconds

AUTHORIZED = (f"Authorization: token {TOKEN}",)


def connect(server: Server, kernel: str, query: str = "", **options: Any) -> websocket.WebSocket:
    """A WebSocket at a kernel's channels, without the token if nothing is said."""
    url = f"{server.url}api/kernels/{kernel}/channels{query}".replace("http", "ws", 1)
    return websocket.create_connection(url, timeout=seconds(20), **options)


def refused(server: Server, kernel: str, query: str = "", **options: Any) -> int:
    """The HTTP status that a handshake ends with."""
    with pytest.raises(websocket.WebSocketBadStatusException) as refusal:
        connect(server, kernel, query, **options)
    status: int = refusal.value.status_code
    return status


@pytest.mark.parametrize(
    ("offered", "chosen"),
    [
        ([], None),
        ([frames.V1], frames.V1),
        (["other", frames.V1, "v2.kernel.websocket.jupyter.org"], frames.V1),
    ],
)
def test_a_protocol_is_chosen_of_those_offered(
    server: Server, kernel: str, offered: list[str], chosen: str | None
) -> None:
    opened = connect(server, kernel, header=AUTHORIZED, subprotocols=offered or None)
    assert opened.getsubprotocol() == chosen
    opened.shutdown()


def test_a_protocol_that_was_not_offered_is_never_named(server: Server, kernel: str) -> None:
    connection = http.client.HTTPConnection(server.host, timeout=seconds(20))
    upgrade = {
        "Authorization": f"token {TOKEN}",
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "c2l4dGVlbiBieXRlcyEhIQ==",
        "Sec-WebSocket-Protocol": "other",
    }
    with contextlib.closing(connection):
        connection.request("GET", f"/api/kernels/{kernel}/channels", headers=upgrade)
        answer = connection.getresponse()
        assert answer.status == 101
        assert answer.headers["Sec-WebSocket-Protocol"] is None


@pytest.mark.parametrize("scheme", ["token", "Bearer"])
def test_the_token_in_a_header(server: Server, kernel: str, scheme: str) -> None:
    connect(server, kernel, header=[f"Authorization: {scheme} {TOKEN}"]).shutdown()


def test_the_token_in_the_query(server: Server, kernel: str) -> None:
    connect(server, kernel, f"?token={TOKEN}").shutdown()


@pytest.mark.parametrize("query", ["", "?token=", "?token=wrong", f"?token={TOKEN[:-1]}"])
def test_without_the_token_there_is_no_upgrade(server: Server, kernel: str, query: str) -> None:
    assert refused(server, kernel, query) == 403


def test_an_unknown_kernel_is_told_before_the_upgrade(server: Server) -> None:
    unknown = "00000000-0000-0000-0000-000000000000"
    assert refused(server, unknown, header=AUTHORIZED) == 404
    assert refused(server, unknown) == 403, "strangers do not learn which kernels there are"


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://127.0.0.1:1", "http://127.0.0.1.evil"]
)
def test_pages_of_other_origins_are_refused(server: Server, kernel: str, origin: str) -> None:
    assert refused(server, kernel, header=AUTHORIZED, origin=origin) == 403


def test_the_own_origin_and_none_are_allowed(server: Server, kernel: str) -> None:
    connect(server, kernel, header=AUTHORIZED, origin=f"http://{server.host}").shutdown()
    connect(server, kernel, header=AUTHORIZED, suppress_origin=True).shutdown()
