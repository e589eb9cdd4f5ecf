"""Group IOP: what is published, in which order, with which content."""

from __future__ import annotations

import base64
import re
from typing import Any

import pytest

from tests.support import wire
from tests.support.gates import Gate
from tests.support.gateway import Gateway
from tests.support.kernel import Kernel, started
from tests.support.wire import Client

pytestmark = pytest.mark.beyond_reference

MIME = re.compile(r"[\w\-+.]+/[\w\-+.]+")
KNOWN = {
    "iopub_welcome",
    "status",
    "execute_input",
    "stream",
    "display_data",
    "update_display_data",
    "execute_result",
    "error",
    "clear_output",
    "comm_open",
    "comm_msg",
    "comm_close",
    "shutdown_reply",
}
REQUESTS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("execute_request", {"code": "1"}),
    ("execute_request", {"code": "1/0"}),
    ("inspect_request", {"code": "len", "cursor_pos": 1}),
    ("complete_request", {"code": "le", "cursor_pos": 2}),
    ("history_request", {"hist_access_type": "tail", "n": 1}),
    ("is_complete_request", {"code": "1"}),
    ("comm_info_request", {}),
    ("kernel_info_request", {}),
)
SILENT: tuple[tuple[str, dict[str, Any]], ...] = (
    ("comm_open", {"comm_id": "a", "target_name": "none", "data": {}}),
    ("comm_msg", {"comm_id": "none", "data": {}}),
    ("comm_close", {"comm_id": "none", "data": {}}),
    ("odd_request", {}),
)
SHOWN = """
from IPython.display import *
shown = display(HTML('<b>'), display_id='spot', metadata={'text/html': {'isolated': True}})
shown.update(HTML('<i>'))
display(JSON({'deep': [1]}))
display(Image(bytes(range(256)), format='png'))
"""


def test_the_first_message_of_a_fresh_subscriber_is_its_welcome(
    connection: dict[str, object],
) -> None:
    fresh = wire.Client(connection, topic=b"kernel")
    fresh.until(lambda: fresh.messages, "a message")
    fresh.ready()
    first = fresh.messages[0]
    fresh.close()
    assert (first.type, first.content) == ("iopub_welcome", {"subscription": "kernel"})


def test_starting_is_told_once_per_process(way: str, gateway: Gateway) -> None:
    with started(way) as kernel:
        for _ in range(2):
            kernel.run("1")
            identity = gateway.kernel_of(kernel.worker_pid)["id"]
            entries = gateway.ask("kernel", "logs", identity, "--output")["entries"]
            states = [e["content"]["execution_state"] for e in entries if e["msg_type"] == "status"]
            assert states[0] == "starting"
            assert states.count("starting") == 1
            assert set(states) == {"starting", "busy", "idle"}
            kernel.restart()


@pytest.mark.parametrize("channel", ["shell", "control"])
@pytest.mark.parametrize(("msg_type", "content"), REQUESTS)
def test_busy_and_idle_surround_each_request(
    client: Client, channel: str, msg_type: str, content: dict[str, object]
) -> None:
    asked = client.request(msg_type, content, channel=channel)
    assert [t for t in asked.types if t in ("busy", "idle")] == ["busy", "idle"]
    assert (asked.types[0], asked.types[-1]) == ("busy", "idle")
    assert [m.type for m in asked.replies] == [msg_type.replace("_request", "_reply")]


@pytest.mark.parametrize(("msg_type", "content"), SILENT)
def test_busy_and_idle_surround_what_has_no_reply(
    client: Client, msg_type: str, content: dict[str, object]
) -> None:
    asked = client.send(msg_type, content).finish(replied=False)
    client.settle()
    assert (asked.types[0], asked.types[-1]) == ("busy", "idle")
    assert asked.replies == []


def test_aborted_requests_have_busy_and_idle_and_no_input(client: Client, gate: Gate) -> None:
    client.start(gate.wait + "1/0")
    behind = [client.start(f"{n}") for n in range(12)]
    client.arrived()
    gate.open()
    for cell in behind:
        assert cell.finish().content["status"] == "aborted"
        assert cell.types == ["busy", "idle"]


def test_a_cell_is_told_in_order(client: Client) -> None:
    count = client.execute("0").content["execution_count"] + 1
    code = "import sys; say = sys.stdout.write; say('a'); display(1); say('b'); 2"
    cell = client.execute(code)
    assert cell.types == [
        "busy",
        "execute_input",
        "stream",
        "display_data",
        "stream",
        "execute_result",
        "idle",
    ]
    assert cell.of("execute_input") == [{"code": code, "execution_count": count}]
    assert cell.content["execution_count"] == count


def test_streams(client: Client) -> None:
    cell = client.execute("import sys; print(end=''); sys.stderr.write(''); print('x', end='')")
    assert cell.of("stream") == [{"name": "stdout", "text": "x"}]


def test_displays(client: Client) -> None:
    cell = client.execute(SHOWN)
    html, structure, image = cell.of("display_data")
    assert html["transient"] == {"display_id": "spot"}
    assert html["metadata"] == {"text/html": {"isolated": True}}
    assert structure["data"]["application/json"] == {"deep": [1]}
    assert base64.b64decode(image["data"]["image/png"], validate=True) == bytes(range(256))
    (update,) = cell.of("update_display_data")
    assert update["data"]["text/html"] == "<i>"
    assert update["transient"] == {"display_id": "spot"}
    for message in (html, structure, image, update):
        assert set(message) == {"data", "metadata", "transient"}
        assert all(MIME.fullmatch(mime) for mime in message["data"])


def test_results(client: Client) -> None:
    cell = client.execute("{'a': 1}")
    (result,) = cell.of("execute_result")
    assert result["data"] == {"text/plain": "{'a': 1}"}
    assert result["metadata"] == {}
    assert result["execution_count"] == cell.content["execution_count"]
    for code in ("None", "1;", "x = 1", ""):
        assert client.execute(code).of("execute_result") == []


def test_errors(client: Client) -> None:
    cell = client.execute(
        "import sys; print('o', end=''); print('e', end='', file=sys.stderr); 1/0"
    )
    assert cell.types[-4:] == ["stream", "stream", "error", "idle"]
    (error,) = cell.of("error")
    assert set(error) == {"ename", "evalue", "traceback"}
    assert (error["ename"], error["evalue"]) == ("ZeroDivisionError", "division by zero")
    assert all(isinstance(line, str) for line in error["traceback"])


def test_clear_output(client: Client) -> None:
    cell = client.execute(
        "from IPython.display import clear_output\n"
        "import sys; say = sys.stdout.write\n"
        "say('x'); clear_output(); say('y'); clear_output(wait=True); say('z');"
    )
    kinds = [t for t in cell.types if t in ("stream", "clear_output")]
    assert kinds == ["stream", "clear_output"] * 2 + ["stream"]
    assert cell.of("clear_output") == [{"wait": False}, {"wait": True}]


def test_comm_messages(client: Client) -> None:
    cell = client.execute(
        "from comm import create_comm\n"
        "c = create_comm(target_name='t', data={'a': 1}, metadata={'m': 2}, buffers=[b'x'])\n"
        "c.send({'b': 2}, metadata={'n': 3}, buffers=[b'', b'y']); c.close({'c': 3})\nc.comm_id"
    )
    comms = [m for m in cell.iopub if m.type.startswith("comm_")]
    opened, sent, closed = comms
    comm_id = cell.value.strip("'")
    assert opened.content.pop("target_module", None) is None
    assert opened.content == {"comm_id": comm_id, "target_name": "t", "data": {"a": 1}}
    assert sent.content == {"comm_id": comm_id, "data": {"b": 2}}
    assert closed.content == {"comm_id": comm_id, "data": {"c": 3}}
    assert [m.buffers for m in comms] == [[b"x"], [b"", b"y"], []]
    assert [m.metadata for m in comms] == [{"m": 2}, {"n": 3}, {}]


def test_a_shutdown_is_told_on_iopub(way: str, gateway: Gateway) -> None:
    with started(way) as kernel, wire.client(kernel.manager.get_connection_info()) as client:
        asked = client.request("shutdown_request", {"restart": False}, channel="control")
        asked.until(lambda e: e.of("shutdown_reply"), "shutdown_reply on iopub")
        assert asked.of("shutdown_reply") == [{"status": "ok", "restart": False}]
        assert asked.content == {"status": "ok", "restart": False}


def test_silent_code_leaves_no_trace(client: Client) -> None:
    before = client.execute("0").content["execution_count"]
    assert client.execute("x = 1; 2", silent=True).types == ["busy", "idle"]
    assert client.execute("print(1, end=''); display(2)", silent=True).types == [
        "busy",
        "stream",
        "display_data",
        "idle",
    ]
    assert client.execute("1/0", silent=True).types == ["busy", "error", "idle"]
    assert client.execute("0").content["execution_count"] == before + 1


def test_no_message_type_is_invented(client: Client, shared: Kernel) -> None:
    client.execute(SHOWN)
    for msg_type, content in (*REQUESTS, *SILENT):
        client.send(msg_type, content)
        client.send(msg_type, content, channel="control")
    client.settle()
    shared.restart()
    client.ready()
    seen = [m for m in client.messages if m.channel == "iopub"]
    assert {m.type for m in seen} <= KNOWN
    states = {m.content["execution_state"] for m in seen if m.type == "status"}
    assert states <= {"starting", "busy", "idle"}


def test_output_is_sent_before_the_reply(client: Client, shared: Kernel, gateway: Gateway) -> None:
    """Two sockets have no order between them, but the kernel's log has one."""
    cells = []
    for n in range(10):
        code = f"import os; print({n}, flush=True); os.write(1, b'{n}\\n'); {n}"
        cells.append(client.execute(code))
        assert cells[-1].text() == f"{n}\n{n}\n"
    identity = gateway.kernel_of(shared.worker_pid)["id"]
    entries = gateway.ask("kernel", "logs", identity, "--output")["entries"]
    for cell in cells:
        told = [e["msg_type"] for e in entries if e["parent"].get("msg_id") == cell.msg_id]
        assert told.index("execute_result") < told.index("execute_reply")
