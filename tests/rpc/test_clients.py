"""Clients of others: jsonrpclib-pelix, jsonrpcclient."""

from __future__ import annotations

import json

import jsonrpcclient
import jsonrpclib
import pytest
from jsonrpclib.jsonrpc import AppError, ProtocolError

from tests.rpc.calling import Session
from tests.rpc.test_functions import MODEL


def proxy(session: Session) -> jsonrpclib.ServerProxy:
    """jsonrpclib's; it sends application/json-rpc."""
    headers = {"Authorization": f"token {session.server.token}"}
    return jsonrpclib.ServerProxy(session.server.url + session.path, headers=headers)


def test_jsonrpclib(session: Session) -> None:
    remote = proxy(session)
    remote.execute(MODEL)
    assert remote.add(2) == 3
    assert remote.add(a=2, b=3) == 5
    assert remote.model.state("é", 1) == ["é", [1], False, {}]
    assert "add" in remote.system.listMethods()
    task = remote.submit("add", [40, 2])
    assert remote.result(id=task, wait_s=30) == 42
    with pytest.raises(ProtocolError) as failed:
        remote.broken()
    assert failed.value.args == ((-32000, "ZeroDivisionError: division by zero"),)
    with pytest.raises(AppError) as own:
        remote.busy()
    assert own.value.args == ((7, "the model is busy", {"until": "noon"}),)
    with pytest.raises(ProtocolError) as missing:
        remote.nothing()
    assert missing.value.args == ((-32601, "Method not found"),)
    remote._notify.execute("x = 1")
    assert remote.evaluate("x") == 1


def test_batches_of_jsonrpclib(session: Session) -> None:
    remote = proxy(session)
    remote.execute(MODEL)
    batch = jsonrpclib.MultiCall(remote)
    batch.execute("x = 1")
    batch._notify.execute("x += 1")
    batch.evaluate("x")
    batch.broken()
    results = batch()
    batch._notify.execute("x += 1")
    assert len(batch()) == 0
    assert remote.evaluate("x") == 3
    assert len(results) == 3
    assert results[1] == 2
    with pytest.raises(ProtocolError):
        results[2]


def test_jsonrpcclient(session: Session) -> None:
    session.execute(MODEL)
    requests = [
        jsonrpcclient.request("add", (1, 2), id="a"),
        jsonrpcclient.notification("execute", ("x = 1",)),
        jsonrpcclient.request("evaluate", {"expr": "x"}, id=2),
        jsonrpcclient.request("broken", id=3),
    ]
    answers = jsonrpcclient.parse_json(session.post(requests).body.decode())
    added, value, failed = list(answers)
    assert added == jsonrpcclient.Ok(3, "a")
    assert value == jsonrpcclient.Ok(1, 2)
    assert isinstance(failed, jsonrpcclient.Error)
    assert (failed.code, failed.message, failed.id) == (
        -32000,
        "ZeroDivisionError: division by zero",
        3,
    )
    assert failed.data["ename"] == "ZeroDivisionError"
    reply = session.post(jsonrpcclient.request_json("evaluate", ("1",)).encode())
    assert isinstance(jsonrpcclient.parse(json.loads(reply.body)), jsonrpcclient.Ok)
