"""Group WIRE: frames, signatures, headers and bytes."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest

from tests.support import raw
from tests.support.kernel import Kernel
from tests.support.messages import Message, signature
from tests.support.wire import Client

pytestmark = pytest.mark.beyond_reference

DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{1,6}(Z|[+-]\d\d:?\d\d)")
HEADER = {"msg_id", "session", "username", "date", "msg_type", "version"}
ECHO = """
from comm import create_comm
echo = create_comm(target_name='echo')
echo.on_msg(lambda m: echo.send(m['content']['data'], metadata=m['metadata'], buffers=m['buffers']))
echo.comm_id
"""


@pytest.fixture
def conversation(client: Client) -> list[Message]:
    """Messages of many kinds, on all channels."""
    client.execute("print('x'); display(1); 2")
    client.execute("1 / 0")
    cell = client.start("input('? ')", allow_stdin=True)
    cell.until(lambda e: e.asked, "question")
    client.answer(cell.asked[0], {"value": "y"})
    cell.finish()
    for msg_type in ("comm_info_request", "history_request", "connect_request"):
        client.request(msg_type)
    client.send("odd_request").finish(replied=False)
    client.settle()
    return client.messages


@pytest.fixture
def echo(client: Client) -> Callable[..., Message]:
    """Sends data, metadata and buffers to the worker; the message that comes back."""
    comm_id = client.execute(ECHO).value.strip("'")

    def send(data: object, metadata: object = None, buffers: tuple[bytes, ...] = ()) -> Message:
        parts = [
            json.dumps(client.header("comm_msg")).encode(),
            b"{}",
            json.dumps(metadata or {}).encode(),
            json.dumps({"comm_id": comm_id, "data": data}).encode(),
        ]
        sent = client.send_parts(parts, buffers=buffers).finish(replied=False)
        (back,) = [m for m in sent.iopub if m.type == "comm_msg"]
        return back

    return send


def test_every_message_has_its_frames_and_a_true_signature(
    client: Client, conversation: list[Message]
) -> None:
    assert {m.channel for m in conversation} == {"shell", "control", "stdin", "iopub"}
    for message in conversation:
        assert len(message.parts) == 4
        assert re.fullmatch(rb"[0-9a-f]{64}", message.signature)
        assert message.signature == signature(client.connection, message.parts)


def test_no_message_is_sent_twice(conversation: list[Message]) -> None:
    assert len({m.signature for m in conversation}) == len(conversation)
    assert len({m.header["msg_id"] for m in conversation}) == len(conversation)


def test_headers_have_the_fields_of_the_spec(conversation: list[Message]) -> None:
    for message in conversation:
        assert set(message.header) == HEADER, message.header
        assert DATE.fullmatch(message.header["date"])
        assert all(isinstance(value, str) for value in message.header.values())


def test_all_parts_are_objects_of_plain_json(conversation: list[Message]) -> None:
    for message in conversation:
        for part in message.parts:
            assert isinstance(json.loads(part), dict)
            assert b"NaN" not in part
            part.decode("utf-8", "strict")


def test_the_parent_header_is_the_requests_header(client: Client) -> None:
    for extra in ({"cell": {"deep": [1, 2.5, None]}}, {"date": 12.5}):
        cell = client.send("execute_request", {"code": "print(1)"}, header=extra).finish()
        for message in [*cell.replies, *cell.iopub]:
            assert {name: message.parent[name] for name in extra} == extra
            assert set(message.parent) == HEADER | set(extra)


def test_what_nobody_asked_for_has_no_parent(client: Client) -> None:
    (welcome,) = [m for m in client.messages if m.type == "iopub_welcome"]
    assert welcome.parent == {}


@pytest.mark.parametrize("date", [None, 1700000000.25, 7, "yesterday", ""])
def test_any_date_is_taken(client: Client, date: object) -> None:
    assert (
        client.send("execute_request", {"code": "1"}, header={"date": date}).finish().value == "1"
    )


def test_one_session_per_process(shared: Kernel, client: Client) -> None:
    client.settle()
    before = {m.header["session"] for m in client.messages}
    assert len(before) == 1
    shared.restart()
    client.ready()
    client.execute("print(1)")
    after = {m.header["session"] for m in client.messages} - before
    assert len(after) == 1


def test_identities_come_back_unchanged(client: Client) -> None:
    hops = [b"far", b"", b"\xff\x00" * 20, b"near"]
    sent = client.send("kernel_info_request", idents=hops).finish()
    assert sent.replies[0].idents == hops
    sent = client.send("execute_request", {"code": "1"}, idents=hops).finish()
    assert sent.replies[0].idents == hops
    assert client.request("kernel_info_request").replies[0].idents == []


def test_only_the_first_delimiter_counts(echo: Callable[..., Message]) -> None:
    assert echo(1, buffers=(raw.DELIMITER, b"x", raw.DELIMITER)).buffers == [
        raw.DELIMITER,
        b"x",
        raw.DELIMITER,
    ]


@pytest.mark.parametrize(
    "buffers",
    [
        (b"",),
        (b"", b"\x00", b""),
        tuple(bytes([n]) * n for n in range(256)),
        (bytes(range(256)) * 80_000,),
    ],
    ids=["empty", "empties", "many", "20MB"],
)
def test_buffers_pass_byte_for_byte(
    echo: Callable[..., Message], buffers: tuple[bytes, ...]
) -> None:
    assert tuple(echo(1, buffers=buffers).buffers) == buffers


def test_numbers_keep_value_and_type(echo: Callable[..., Message]) -> None:
    numbers = [2**53 + 1, -(2**63), 2**200, 1, 1.0, 1e300, 0.1, True]
    back = echo(numbers, metadata={"n": numbers})
    for found in (back.content["data"], back.metadata["n"]):
        assert found == numbers
        assert list(map(type, found)) == list(map(type, numbers))


def test_of_equal_keys_the_last_counts(client: Client) -> None:
    head = json.dumps(client.header("execute_request")).encode()
    sent = client.send_parts([head, b"{}", b"{}", b'{"code": "1", "code": "2"}'])
    assert sent.finish().value == "2"
    sent = client.send_parts([b'{"msg_type": "odd",' + head[1:], b"{}", b"{}", b'{"code": "3"}'])
    assert sent.finish().value == "3"


def test_lone_surrogates_and_broken_utf8_do_no_harm(client: Client) -> None:
    cell = client.execute("print('\ud800|\\udcff|\U0001f600')")
    assert cell.content["status"] in ("ok", "error")
    assert client.execute("'\\ud83d\\ude00', '\\ud800'").content["status"] == "ok"
    head = json.dumps(client.header("execute_request")).encode()
    assert (
        client.send_parts([head, b"{}", b"{}", b'{"code": "\'a\xff\'"}']).finish().value
        == "'a\ufffd'"
    )


@pytest.mark.parametrize(
    "content", [b"\x81\xa4code\xa11", b"\x80\x04}q\x00.", b"null", b"[1]", b"", b"{"]
)
def test_what_is_no_json_object_is_dropped(client: Client, content: bytes) -> None:
    head = json.dumps(client.header("execute_request")).encode()
    sent = client.send_parts([head, b"{}", b"{}", content])
    client.settle()
    assert sent.types == []
    assert sent.replies == []


def test_topics(client: Client, shared: Kernel) -> None:
    cell = client.execute("import sys; print(1); print(2, file=sys.stderr); display(3); 4")
    topics = {(m.idents[0], m.type) for m in cell.iopub}
    assert (b"stream.stdout", "stream") in topics
    assert (b"stream.stderr", "stream") in topics
    named = [t for t in topics if not t[0].startswith(b"stream.")]
    for topic, msg_type in named:
        assert re.fullmatch(rb"(kernel\.[0-9a-f-]+\.)?" + msg_type.encode(), topic), topic
    assert all(len(m.idents) == 1 for m in cell.iopub)
