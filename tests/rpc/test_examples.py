"""The endpoints of Pyjamas' examples, as their clients call them."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from tests.rpc.calling import Session
from tests.support.served import Served, serving
from tests.support.waiting import eventually

ORIGIN = "http://127.0.0.1:8000"
RPC = "application/json-rpc"
PREFLIGHT = {
    "Allow-Origin": ORIGIN,
    "Allow-Methods": "POST, OPTIONS",
    "Allow-Headers": "Content-Type",
    "Max-Age": "86400",
}


@pytest.fixture(scope="module")
def examples(jupyter: object) -> Iterator[Served]:
    """A server with them, for pages of one origin."""
    with serving("--json-rpc-examples", f"--allow-origin={ORIGIN}") as running:
        yield running


def body(method: str, params: object) -> bytes:
    """As Pyjamas writes it: not in ASCII."""
    call = {"jsonrpc": "2.0", "id": "ID7", "method": method, "params": params}
    return json.dumps(call, ensure_ascii=False).encode()


@pytest.mark.parametrize("path", ["json_echo/", "json_echo_class"])
def test_texts(examples: Served, path: str) -> None:
    for method, expected in {"echo": "aBc é", "reverse": "é cBa", "UPPERCASE": "ABC É"}.items():
        call = body(method, ["aBc é"])
        reply = examples.call("POST", path, call, token=False, Origin=ORIGIN, Content_Type=RPC)
        assert reply.status == 200
        assert reply.headers["Access-Control-Allow-Origin"] == ORIGIN
        assert reply.json == {"jsonrpc": "2.0", "id": "ID7", "result": expected}
    notified = json.dumps({"version": "1.1", "method": "echo", "params": ["a"], "jsonrpc": "2.0"})
    reply = examples.call("POST", path, notified.encode(), Content_Type=RPC)
    assert (reply.status, reply.body) == (204, b"")


def test_a_job_is_polled(examples: Served) -> None:
    jobs = Session(examples, "json_celery_class")
    begun = jobs.post(body("uppercase", ["aBc é"]), RPC).json["result"]
    task = {"task_id": begun["task_id"], "time": "ignored"}
    first = jobs.post(body("get_result", task), RPC).json["result"]
    assert first == {"task_id": begun["task_id"], "state": "PENDING"}

    def done() -> bool:
        result = jobs.post(body("get_result", task), RPC).json["result"]
        return bool(result.get("echo") == "ABC É" and result["state"] == "SUCCESS")

    eventually(done, 30, "the job's end")


def test_the_preflight_of_a_page(examples: Served) -> None:
    for path in ("json_echo/", "json_echo_class", "json_celery_class"):
        reply = examples.call(
            "OPTIONS", path, token=False, Origin=ORIGIN, Access_Control_Request_Method="POST"
        )
        assert (reply.status, reply.body) == (200, b"")
        told = {name: reply.headers[f"Access-Control-{name}"] for name in PREFLIGHT}
        assert told == PREFLIGHT
        other = examples.call("OPTIONS", path, token=False, Origin="https://other.example")
        assert "Access-Control-Allow-Origin" not in other.headers


def test_they_are_there_when_asked_for_only(server: Served) -> None:
    assert server.call("POST", "json_echo/", body("echo", ["a"]), Content_Type=RPC).status == 404


def test_pages_of_other_origins_are_refused(examples: Served) -> None:
    call = body("echo", ["a"])
    reply = examples.call(
        "POST", "json_echo/", call, Origin="https://other.example", Content_Type=RPC
    )
    assert reply.status == 403
