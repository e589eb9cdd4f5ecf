"""Group SH, the other requests of the shell channel."""

from __future__ import annotations

import pytest

from tests.support import wire
from tests.support.gateway import Gateway
from tests.support.kernel import Kernel, started
from tests.support.waiting import eventually
from tests.support.wire import Client

pytestmark = pytest.mark.beyond_reference

ERROR = {"status", "ename", "evalue", "traceback"}
ASTRAL = "𨭎 = 10; 𨭎.bit_len"


def test_replies_keep_the_order_of_requests(client: Client) -> None:
    sent = []
    for n in range(100):
        sent.append(client.start(f"{n}", silent=bool(n % 2)))
        sent.append(client.send("kernel_info_request"))
        sent.append(client.send("comm_info_request"))
    for exchange in sent:
        exchange.finish()
    replied = [m.parent["msg_id"] for m in client.messages if m.channel == "shell"]
    assert replied[-len(sent) :] == [exchange.msg_id for exchange in sent]


def test_replies_after_an_error_keep_the_order(client: Client) -> None:
    sent = [
        client.start("1/0"),
        client.send("kernel_info_request"),
        client.send("comm_info_request"),
        client.send("inspect_request", {"code": "len", "cursor_pos": 1}),
    ]
    for exchange in sent:
        exchange.finish()
    replied = [m.parent["msg_id"] for m in client.messages if m.channel == "shell"]
    assert replied[-len(sent) :] == [exchange.msg_id for exchange in sent]


@pytest.mark.parametrize("msg_type", ["execute", "complete", "inspect", "is_complete"])
def test_a_request_that_cannot_be_served_gets_an_error(client: Client, msg_type: str) -> None:
    content = client.request(f"{msg_type}_request", {}).content
    assert set(content) >= ERROR
    assert content["status"] == "error"


def test_inspect(client: Client) -> None:
    found = client.request("inspect_request", {"code": "len", "cursor_pos": 3, "detail_level": 0})
    assert set(found.content) == {"status", "found", "data", "metadata"}
    assert found.content["found"] is True
    assert "number of items" in found.content["data"]["text/plain"]
    client.execute("def inspected():\n    return 'the source'")
    source = {"code": "inspected", "cursor_pos": 3, "detail_level": 1}
    assert "the source" in client.request("inspect_request", source).content["data"]["text/plain"]
    brief = {**source, "omit_sections": ["source"]}
    brief_text = client.request("inspect_request", brief).content["data"]["text/plain"]
    assert "the source" not in brief_text
    missing = client.request("inspect_request", {"code": "nowhere", "cursor_pos": 2})
    assert missing.content == {"status": "ok", "found": False, "data": {}, "metadata": {}}


def test_complete(client: Client) -> None:
    client.execute("completed_name = 1")
    content = client.request("complete_request", {"code": "completed_n", "cursor_pos": 11}).content
    assert content["status"] == "ok"
    assert content["matches"] == ["completed_name"]
    assert (content["cursor_start"], content["cursor_end"]) == (0, 11)
    (detail,) = content["metadata"]["_jupyter_types_experimental"]
    assert {"start", "end", "text", "type", "signature"} <= set(detail)


@pytest.mark.parametrize("position", [{"cursor_pos": len(ASTRAL)}, {"cursor_pos": None}, {}])
def test_positions_are_code_points_and_default_to_the_end(
    client: Client, position: dict[str, object]
) -> None:
    client.execute("𨭎 = 10")
    content = client.request("complete_request", {"code": ASTRAL, **position}).content
    assert content["matches"][0].endswith("bit_length")
    assert content["cursor_end"] == len(ASTRAL)
    assert ASTRAL[content["cursor_start"] : content["cursor_end"]] in (".bit_len", "bit_len")


def test_history(way: str, gateway: Gateway) -> None:
    def ask(client: Client, **content: object) -> list[object]:
        found = client.request("history_request", {"raw": True, "output": False, **content})
        assert found.content["status"] == "ok"
        return list(found.content["history"])

    with started(way) as kernel, wire.client(kernel.manager.get_connection_info()) as client:
        client.execute("first = 1")
        client.execute("first + 1")
        here = {"hist_access_type": "range", "session": 0, "start": 1}
        assert ask(client, **here) == [[0, 1, "first = 1"], [0, 2, "first + 1"]]
        with_output = ask(client, **here, output=True)
        assert with_output == [[0, 1, ["first = 1", None]], [0, 2, ["first + 1", "2"]]]
        assert ask(client, **{**here, "start": 2, "stop": 3}) == [[0, 2, "first + 1"]]
        assert ask(client, hist_access_type="tail", n=1) == [[1, 2, "first + 1"]] or (
            ask(client, hist_access_type="tail", n=1)[0][1:] == [2, "first + 1"]  # type: ignore[index]
        )
        found = ask(client, hist_access_type="search", pattern="first*", n=10, unique=True)
        assert sorted(line[2] for line in found) == ["first + 1", "first = 1"]  # type: ignore[index]
        assert ask(client, hist_access_type="odd") == []
        kernel.restart()
        client.ready()
        before = ask(client, hist_access_type="range", session=-1, start=1)
        assert [line[2] for line in before] == ["first = 1", "first + 1"]  # type: ignore[index]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("1", {"status": "complete"}),
        ("if x:", {"status": "incomplete", "indent": "    "}),
        ("1 +* 2", {"status": "invalid"}),
    ],
)
def test_is_complete(client: Client, code: str, expected: dict[str, str]) -> None:
    assert client.request("is_complete_request", {"code": code}).content == expected


def test_connect(client: Client) -> None:
    ports = {name: port for name, port in client.connection.items() if name.endswith("_port")}
    assert client.request("connect_request").content == {"status": "ok", **ports}


@pytest.mark.parametrize("channel", ["shell", "control"])
def test_kernel_info(client: Client, channel: str) -> None:
    content = client.request("kernel_info_request", channel=channel).content
    assert content["status"] == "ok"
    assert content["implementation"] == "ipython"
    assert content["implementation_version"][0].isdigit()
    assert content["banner"].startswith("Python ")
    assert all(set(link) == {"text", "url"} for link in content["help_links"])
    assert content["help_links"]
    language = content["language_info"]
    version = client.execute("__import__('platform').python_version()").value.strip("'")
    assert language == {
        "name": "python",
        "version": version,
        "mimetype": "text/x-python",
        "codemirror_mode": {"name": "ipython", "version": 3},
        "pygments_lexer": "ipython3",
        "nbconvert_exporter": "python",
        "file_extension": ".py",
    }


@pytest.mark.parametrize("api", ["comm", "ipykernel.comm"])
def test_comms_from_the_kernel(client: Client, api: str) -> None:
    maker = "create_comm" if api == "comm" else "Comm"
    cell = client.execute(
        f"from {api} import {maker}\n"
        f"c = {maker}(target_name='mine', data={{'a': 1}})\n"
        "@c.on_msg\ndef heard(m):\n  print('heard', m['content']['data'])\n"
        "  c.send('back', buffers=m['buffers'])\n"
        "c.comm_id"
    )
    comm_id = cell.value.strip("'")
    assert client.request("comm_info_request").content["comms"][comm_id] == {"target_name": "mine"}
    named = client.request("comm_info_request", {"target_name": "mine"}).content["comms"]
    assert comm_id in named
    assert client.request("comm_info_request", {"target_name": "x"}).content["comms"] == {}
    sent = client.send("comm_msg", {"comm_id": comm_id, "data": [1]}, buffers=[b"\x00"])
    sent.finish(replied=False)
    assert sent.text() == "heard [1]\n"
    (back,) = [m for m in sent.iopub if m.type == "comm_msg"]
    assert (back.content["data"], back.buffers) == ("back", [b"\x00"])
    client.send("comm_close", {"comm_id": comm_id, "data": {}}).finish(replied=False)
    assert comm_id not in client.request("comm_info_request").content["comms"]


def test_comms_from_the_client(client: Client) -> None:
    client.execute(
        "def opened(comm, message): print('opened', message['content']['data'])\n"
        "get_ipython().kernel.comm_manager.register_target('theirs', opened)"
    )
    content = {"comm_id": "from-client", "target_name": "theirs", "data": 5}
    assert client.send("comm_open", content).finish(replied=False).text() == "opened 5\n"
    assert client.request("comm_info_request").content["comms"]["from-client"]


def test_a_comm_to_an_unknown_target_is_closed(client: Client) -> None:
    content = {"comm_id": "lost", "target_name": "nobody", "data": {}}
    opened = client.send("comm_open", content).finish(replied=False)
    assert [c["comm_id"] for c in opened.of("comm_close")] == ["lost"]
    for msg_type in ("comm_msg", "comm_close"):
        sent = client.send(msg_type, {"comm_id": "never", "data": {}}).finish(replied=False)
        assert [t for t in sent.types if t != "stream"] == ["busy", "idle"], "a log line at most"


def test_shutdown_on_shell(way: str, gateway: Gateway) -> None:
    with started(way) as kernel, wire.client(kernel.manager.get_connection_info()) as client:
        asked = client.request("shutdown_request", {"restart": False})
        assert asked.content == {"status": "ok", "restart": False}
        eventually(lambda: not kernel.manager.is_alive(), 10, "the kernel ends")
        assert kernel.exit_code() == 0


def test_the_shell_runs_in_the_main_thread(client: Client, shared: Kernel) -> None:
    code = "import threading; threading.current_thread() is threading.main_thread()"
    assert client.execute(code).value == "True"
