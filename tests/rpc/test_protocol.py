"""The protocol over HTTP: types, batches, notifications, the document's examples, pages."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.rpc.calling import Session, notification, request
from tests.support.served import Served, serving

METHODS = """
import builtins
from penstock import rpc
seen = []

@rpc.register
def subtract(minuend, subtrahend):
    return minuend - subtrahend

@rpc.register
def update(*numbers):
    seen.append(list(numbers))

@rpc.register
def sum(*numbers):
    return builtins.sum(numbers)

notify_hello = rpc.register(name="notify_hello")(update)
notify_sum = rpc.register(name="notify_sum")(update)

@rpc.register
def get_data():
    return ["hello", 5]
"""

NOT_FOUND = {"code": -32601, "message": "Method not found"}
INVALID = {"code": -32600, "message": "Invalid Request"}
PARSE = {"code": -32700, "message": "Parse error"}


def error(told: dict[str, object], call: object = None) -> dict[str, object]:
    return {"jsonrpc": "2.0", "error": told, "id": call}


def result(value: object, call: object) -> dict[str, object]:
    return {"jsonrpc": "2.0", "result": value, "id": call}


EXAMPLES = [
    (
        '{"jsonrpc": "2.0", "method": "subtract", "params": [42, 23], "id": 1}',
        result(19, 1),
    ),
    (
        '{"jsonrpc": "2.0", "method": "subtract", "params": [23, 42], "id": 2}',
        result(-19, 2),
    ),
    (
        (
            '{"jsonrpc": "2.0", "method": "subtract", "params": {"subtrahend": 23, "minuend": 42},'
            ' "id": 3}'
        ),
        result(19, 3),
    ),
    (
        (
            '{"jsonrpc": "2.0", "method": "subtract", "params": {"minuend": 42, "subtrahend": 23},'
            ' "id": 4}'
        ),
        result(19, 4),
    ),
    ('{"jsonrpc": "2.0", "method": "update", "params": [1,2,3,4,5]}', None),
    ('{"jsonrpc": "2.0", "method": "foobar"}', None),
    ('{"jsonrpc": "2.0", "method": "foobar", "id": "1"}', error(NOT_FOUND, "1")),
    ('{"jsonrpc": "2.0", "method": "foobar, "params": "bar", "baz]', error(PARSE)),
    ('{"jsonrpc": "2.0", "method": 1, "params": "bar"}', error(INVALID)),
    (
        (
            '[{"jsonrpc": "2.0", "method": "sum", "params": [1,2,4], "id": "1"},'
            ' {"jsonrpc": "2.0", "method"'
        ),
        error(PARSE),
    ),
    ("[]", error(INVALID)),
    ("[1]", [error(INVALID)]),
    ("[1,2,3]", [error(INVALID)] * 3),
    (
        (
            '[{"jsonrpc": "2.0", "method": "sum", "params": [1,2,4], "id": "1"},'
            ' {"jsonrpc": "2.0", "method": "notify_hello", "params": [7]},'
            ' {"jsonrpc": "2.0", "method": "subtract", "params": [42,23], "id": "2"},'
            ' {"foo": "boo"},'
            ' {"jsonrpc": "2.0", "method": "foo.get", "params": {"name": "myself"}, "id": "5"},'
            ' {"jsonrpc": "2.0", "method": "get_data", "id": "9"}]'
        ),
        [
            result(7, "1"),
            result(19, "2"),
            error(INVALID),
            error(NOT_FOUND, "5"),
            result(["hello", 5], "9"),
        ],
    ),
    (
        (
            '[{"jsonrpc": "2.0", "method": "notify_sum", "params": [1,2,4]},'
            ' {"jsonrpc": "2.0", "method": "notify_hello", "params": [7]}]'
        ),
        None,
    ),
]


def without_data(answer: object) -> object:
    """What the document shows of an answer."""
    if isinstance(answer, list):
        return [without_data(one) for one in answer]
    assert isinstance(answer, dict)
    if "error" in answer:
        assert isinstance(answer["error"].pop("data"), str)
    return answer


def test_the_examples_of_the_document(session: Session) -> None:
    session.execute(METHODS)
    for body, expected in EXAMPLES:
        reply = session.post(body.encode())
        if expected is None:
            assert (reply.status, reply.body) == (204, b""), body
        else:
            assert reply.status == 200, body
            assert without_data(reply.json) == expected, body
    assert session.call("evaluate", "seen") == [[1, 2, 3, 4, 5], [7], [1, 2, 4], [7]]


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "application/json; charset=utf-8",
        "application/json-rpc",
        "Application/JSON-RPC;charset=UTF-8",
        "application/jsonrequest",
    ],
)
def test_types_of_bodies(server: Served, content_type: str) -> None:
    reply = Session(server).post(request("evaluate", "'aBc é'"), content_type)
    assert reply.json == {"jsonrpc": "2.0", "id": 1, "result": "aBc é"}


def test_other_bodies_and_methods_are_refused(server: Served) -> None:
    for content_type in ("text/plain", "application/x-www-form-urlencoded", ""):
        reply = Session(server).post(request("evaluate", "1"), content_type)
        assert reply.status == 415
        assert "application/json" in reply.error()
    for method in ("GET", "PUT", "PATCH", "DELETE", "HEAD"):
        refused = server.call(method, "rpc")
        assert (refused.status, refused.headers["Allow"]) == (405, "POST")
    assert server.call("POST", "rpc/a%20b", {}, Content_Type="application/json").status == 400


def test_only_those_with_the_token(server: Served) -> None:
    body = request("evaluate", "1")
    reply = server.call("POST", "rpc", body, token=False, Content_Type="application/json")
    assert reply.status == 403


def test_pages_of_the_origin_that_is_allowed(server: Served) -> None:
    page = "https://page.example"
    asked: dict[str, Any] = {"Access_Control_Request_Method": "POST"}
    reply = server.call("OPTIONS", "rpc", token=False, Origin=page, **asked)
    assert reply.status == 204
    assert reply.headers["Access-Control-Allow-Origin"] == page
    assert "POST" in reply.headers["Access-Control-Allow-Methods"]
    assert "content-type" in reply.headers["Access-Control-Allow-Headers"]
    body = request("evaluate", "1")
    reply = server.call("POST", "rpc", body, Origin=page, Content_Type="application/json-rpc")
    assert reply.headers["Access-Control-Allow-Origin"] == page
    assert reply.json["result"] == 1
    other = "https://other.example"
    reply = server.call("POST", "rpc", body, Origin=other, Content_Type="application/json-rpc")
    assert reply.status == 403
    reply = server.call("OPTIONS", "rpc", token=False, Origin=other, **asked)
    assert reply.headers["Access-Control-Allow-Origin"] is None


def test_ids_come_back_as_they_were(server: Served) -> None:
    ids = ["", 'é\x00"', "\ud800", 0, -1, 1.5, 2**70, None]
    batch = [{**request("evaluate", "1"), "id": it} for it in ids]
    assert [one["id"] for one in Session(server).answer(batch)] == ids
    wrongs: list[object] = [True, [], {}]
    for wrong in wrongs:
        answer = Session(server).answer({**request("evaluate", "1"), "id": wrong})
        assert (answer["id"], answer["error"]["code"]) == (None, -32600)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" ",
        b"{",
        b"NaN",
        b"{} {}",
        b'[{"jsonrpc": "2.0", "method": "evaluate", "params": ["1"], "id": "1"}, {"jsonrpc"',
        b'{"jsonrpc": "2.0", "method": "evaluate", "params": ["\'\xe9\'"], "id": 1}',  # Latin-1
        '{"jsonrpc": "2.0", "method": "evaluate", "params": ["1"], "id": 1}'.encode("utf-16"),
        b"[" * 100_000,
        b"[" * 1000 + b"]" * 1000,
        b'{"jsonrpc": "2.0", "method": "evaluate", "id": 1, "params": '
        + b'{"a": ' * 1000
        + b"1"
        + b"}" * 1001,
        b'{"jsonrpc": "2.0", "method": "evaluate", "params": ["1"], "id": ' + b"1" * 5000 + b"}",
    ],
)
def test_what_is_no_json_or_too_deep(server: Served, body: bytes) -> None:
    answer = Session(server).answer(body)
    assert "UTF-8" in answer["error"]["data"]
    assert without_data(answer) == error(PARSE)


def test_batches_have_a_bound(session: Session) -> None:
    calls = [notification("evaluate", "1")] * 999
    assert session.answer([*calls, request("evaluate", "2")]) == [result(2, 1)]
    session.execute("ran = []")
    answer = session.answer([request("execute", "ran.append(1)")] * 1001)
    assert "1000" in answer["error"]["data"]
    assert without_data(answer) == error(INVALID)
    assert session.call("evaluate", "ran") == []


def test_of_two_members_of_a_name_the_last_counts(server: Served) -> None:
    """As in Python and in browsers; calls of one id are answered each by itself."""
    body = (
        b'{"jsonrpc": "2.0", "id": 1, "id": 2, "method": "execute", "params": ["1 / 0"],'
        b' "method": "evaluate", "params": ["6 * 7"]}'
    )
    assert Session(server).answer(body) == result(42, 2)
    batch = [request("evaluate", "1"), request("evaluate", "2")]
    assert Session(server).answer(batch) == [result(1, 1), result(2, 1)]


def test_a_batch_runs_in_order(session: Session) -> None:
    batch = [
        request("execute", "x = [1]"),
        notification("execute", "x.append(2)"),
        notification("execute", "1 / 0"),
        request("evaluate", "x"),
    ]
    first, last = session.answer(batch)
    assert (first["result"], last["result"]) == ({"stdout": "", "stderr": ""}, [1, 2])


def test_what_a_notification_did_is_done(session: Session) -> None:
    assert (
        session.post(notification("execute", "import time; time.sleep(0.2); x = 1")).status == 204
    )
    assert session.call("evaluate", "x") == 1


def test_parameters_that_do_not_fit(server: Served) -> None:
    session = Session(server)
    for call in (
        request("evaluate"),
        request("evaluate", 1),
        request("evaluate", "1", 2, 3),
        request("evaluate", expr="1", more=1),
        request("evaluate", "1", "soon"),
        request("evaluate", "1", 0),
        request("execute", "1", -1),
        request("submit", "rpc.discover"),
        request("submit", "evaluate", "1"),
        request("status", 1),
        request("rpc.discover", 1),
        request("system.methodHelp", "nothing"),
    ):
        told = session.answer(call)["error"]
        assert (told["code"], told["message"]) == (-32602, "Invalid params"), call


def test_answers_are_ascii(session: Session) -> None:
    reply = session.post(request("evaluate", "'\\u2028é\\ud800'"))
    reply.body.decode("ascii")
    assert json.loads(reply.body)["result"] == "\u2028é\ud800"


def test_nobody_gets_past_rules_for_messages() -> None:
    for option in ("--no-allow-tracebacks", "--allowed-message-types=kernel_info_request"):
        with serving(option) as server:
            reply = Session(server).post(request("evaluate", "1"))
            assert reply.status == 403
            assert "--allowed-message-types" in reply.error()
