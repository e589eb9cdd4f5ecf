"""Group SOCK: the five sockets and who gets what."""

from __future__ import annotations

import socket
import struct
from pathlib import Path
from typing import Any

import pytest
import zmq

from tests.support import raw, wire
from tests.support.messages import Message
from tests.support.waiting import eventually, seconds
from tests.support.wire import Client

pytestmark = pytest.mark.beyond_reference

TYPES = {
    "shell": {b"ROUTER"},
    "control": {b"ROUTER"},
    "stdin": {b"ROUTER"},
    "iopub": {b"XPUB"},
    "hb": {b"ROUTER", b"REP"},
}
PEER = {"shell": "DEALER", "control": "DEALER", "stdin": "DEALER", "iopub": "SUB", "hb": "REQ"}
KEEPALIVE = "02"
"""What /proc/net/tcp says of a connection whose keepalive timer runs."""


def told_socket_type(connection: dict[str, Any], channel: str) -> bytes:
    """The Socket-Type in the READY command that the kernel answers a handshake with (RFC 23)."""
    address = (connection["ip"], connection[f"{channel}_port"])
    with (
        socket.create_connection(address, timeout=seconds(10)) as peer,
        peer.makefile("rb") as came,
    ):
        peer.sendall(raw.GREETING)
        came.read(64)
        peer.sendall(raw.ready_command(PEER[channel]))
        _, length = came.read(2)
        body = came.read(length)
    name = b"Socket-Type"
    start = body.index(name) + len(name)
    (size,) = struct.unpack(">I", body[start : start + 4])
    return body[start + 4 : start + 4 + size]


def subscriber(connection: dict[str, Any], context: Any, topic: bytes) -> Any:
    """A bare SUB socket."""
    sub = context.socket(zmq.SUB)
    sub.linger = 0
    sub.subscribe(topic)
    sub.connect(f"tcp://{connection['ip']}:{connection['iopub_port']}")
    return sub


def welcome(sub: Any) -> Message:
    """The first message of a subscriber."""
    assert sub.poll(seconds(10) * 1000), "no welcome"
    return Message("iopub", sub.recv_multipart())


@pytest.mark.parametrize("channel", raw.CHANNELS)
def test_socket_types(connection: dict[str, Any], channel: str) -> None:
    assert told_socket_type(connection, channel) in TYPES[channel]


def test_who_reconnects_with_its_identity_takes_over(connection: dict[str, Any]) -> None:
    with wire.client(connection, identity=b"tab") as first:
        gone = first.start("import time; time.sleep(0.2); 1")
        gone.until(lambda e: "busy" in e.types, "busy")
        with wire.client(connection, identity=b"tab") as second:
            assert second.execute("2").value == "2"
            assert second.request("kernel_info_request", channel="control").replies
            asking = second.start("input()", allow_stdin=True)
            asking.until(lambda e: e.asked, "question")
            second.answer(asking.asked[0], {"value": "here"})
            assert asking.finish().value == "'here'"


@pytest.mark.parametrize("frames", [[b"ping"], [b""], [b"a", b"", b"\xff" * 300, b"b"]])
def test_heartbeat_echoes_any_frames(client: Client, frames: list[bytes]) -> None:
    assert client.heartbeat(frames) == frames


def test_heartbeat_and_control_answer_while_the_interpreter_is_held(client: Client) -> None:
    cell = client.start("print('held', flush=True)\nimport ctypes; ctypes.PyDLL(None).sleep(60)")
    cell.until_text("held")
    assert client.heartbeat([b"1"], within=20) == [b"1"]
    assert client.request("kernel_info_request", channel="control").content["status"] == "ok"
    client.arrived()
    assert not cell.replies, "they were answered before the cell ended"
    client.request("interrupt_request", channel="control")  # ends C's sleep, too
    assert cell.finish().content["ename"] == "KeyboardInterrupt"


def test_each_client_gets_its_own_replies_and_all_outputs(client: Client, other: Client) -> None:
    mine, others = [], []
    for n in range(20):
        mine.append(client.start(f"print('mine', {n})"))
        others.append(other.start(f"print('other', {n})"))
        client.send("kernel_info_request", channel="control")
    for cell in (*mine, *others):
        cell.finish()
    client.settle()
    other.settle()
    for reader, strangers in ((client, others), (other, mine)):
        asked = {e.msg_id for e in reader.exchanges.values() if e.msg_id}
        replied = [m for m in reader.messages if m.channel in ("shell", "control")]
        assert all(m.parent["msg_id"] in asked for m in replied)
        published = {m.parent.get("msg_id") for m in reader.messages if m.type == "stream"}
        assert {cell.msg_id for cell in strangers} <= published


def test_questions_go_to_the_asker_alone(client: Client, other: Client) -> None:
    cell = client.start("input('? ')", allow_stdin=True)
    (question,) = cell.until(lambda e: e.asked, "question").asked
    assert question.idents == []  # a ROUTER takes the identity off: it was this client's own
    other.settle("control")
    assert not [m for m in other.messages if m.channel == "stdin"]
    client.answer(question, {"value": "1"})
    assert cell.finish().value == "'1'"


def test_every_subscriber_is_welcomed(connection: dict[str, Any], client: Client) -> None:
    with zmq.Context() as context:
        for topic in (b"", b"", b"stream.stdout", b"stream.stdout", "ρ".encode()):
            with subscriber(connection, context, topic) as sub:
                first = welcome(sub)
                assert first.type == "iopub_welcome"
                assert first.content == {"subscription": topic.decode()}
                assert first.parent == {}
                assert first.idents == ([topic] if topic else [])
                sub.unsubscribe(topic)
        client.settle()


def test_a_subscription_that_is_no_text_gets_no_welcome(
    connection: dict[str, Any], client: Client
) -> None:
    with zmq.Context() as context, subscriber(connection, context, b"\xff\xfe") as sub:
        sub.subscribe(b"kernel.")
        assert welcome(sub).content == {"subscription": "kernel."}
        client.settle()


def test_a_prefix_gets_what_it_asks_for(connection: dict[str, Any], client: Client) -> None:
    with zmq.Context() as context, subscriber(connection, context, b"stream.stderr") as sub:
        welcome(sub)
        client.execute("import sys; print('no'); display(1); print('yes', file=sys.stderr)")
        assert welcome(sub).content == {"name": "stderr", "text": "yes\n"}
        assert not sub.poll(0)


def test_a_client_that_does_not_read_holds_nobody_up(
    connection: dict[str, Any], client: Client
) -> None:
    with zmq.Context() as context, subscriber(connection, context, b"") as stalled:
        welcome(stalled)
        cell = client.execute("for n in range(3000): print('x' * 5000, n, flush=True)")
        lines = cell.text().splitlines()
        assert [line.split()[1] for line in lines] == [str(n) for n in range(3000)]


def test_a_client_that_vanished_holds_nobody_up(connection: dict[str, Any], client: Client) -> None:
    gone = wire.Client(connection)
    gone.ready()
    gone.start("import time; time.sleep(0.2)")
    gone.start("'x' * 1_000_000")
    gone.close()
    assert client.execute("1").value == "1"


def test_an_idle_connection_is_kept_alive(connection: dict[str, Any]) -> None:
    if not Path("/proc/net/tcp").exists():
        pytest.skip("needs Linux's /proc/net/tcp")
    with wire.client(connection) as client:
        port = f":{connection['shell_port']:04X}"

        def timers() -> list[str]:
            # The kernel's end may be an IPv6 socket that serves IPv4, too.
            tables = [Path(f"/proc/net/{name}") for name in ("tcp", "tcp6")]
            lines = [
                line
                for table in tables
                if table.exists()
                for line in table.read_text(encoding="ascii").splitlines()
            ]
            ours = [line.split() for line in lines if line.split()[1].endswith(port)]
            return [words[5].partition(":")[0] for words in ours if words[3] == "01"]

        client.settle()
        eventually(lambda: KEEPALIVE in timers(), 5, f"keepalive; timers are {timers()}")
