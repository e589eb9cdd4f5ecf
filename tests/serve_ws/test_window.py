"""At most 1 MiB is on its way to a client that has not told that it arrived (docs/websocket.md)."""

from __future__ import annotations

import websocket

from tests.serve_ws.client import Message, Tab, parent, text
from tests.serve_ws.server import Server

WINDOW = 1 << 20
LARGEST = 128 << 10
"""Of the messages of this test."""
LINES = 800


def ended(message: Message) -> bool:
    """Whether it tells the end of a request."""
    return bool(message["content"].get("execution_state") == "idle")


def test_a_reply_on_control_passes_what_waits_for_pongs(server: Server, kernel: str) -> None:
    with Tab(server, kernel) as slow, Tab(server, kernel) as quick:
        pings: list[str | bytes] = []
        slow.socket.pong = pings.append  # type: ignore[method-assign, assignment]
        cell = quick.execute(f"for n in range({LINES}): print('x' * 9999)")
        quick.results(cell)
        said: list[Message] = []
        while len(text(said)) <= WINDOW - LARGEST:
            said.append(slow.next())
        asked = slow.send("usage_request", {}, channel="control")
        said += slow.until(lambda m: m["channel"] == "control")
        assert parent(said[-1]) == asked
        arrived = len(text(said))
        assert WINDOW - LARGEST < arrived < WINDOW + LARGEST
        del slow.socket.pong
        for payload in pings:
            slow.socket.pong(payload)
        said += slow.until(lambda m: parent(m) == cell and ended(m))
        assert text(said) == f"{'x' * 9999}\n" * LINES


def test_a_pong_that_nobody_asked_for_tells_nothing(server: Server, kernel: str) -> None:
    with Tab(server, kernel) as tab:
        for payload in (b"", b"other", bytes(8), b"\xff" * 8, (1 << 40).to_bytes(8, "big")):
            tab.socket.send(payload, websocket.ABNF.OPCODE_PONG)
        assert text(tab.run("print('here')")) == "here\n"
