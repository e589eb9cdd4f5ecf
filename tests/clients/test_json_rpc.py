"""JSON-RPC clients of others in Node: jayson and json-rpc-2.0."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.clients.driven import PROGRAMS, ROOT
from tests.rpc.calling import Session
from tests.rpc.test_functions import MODEL
from tests.support.gateway import Gateway
from tests.support.served import serving
from tests.support.waiting import seconds

MODULES = ROOT / "build" / "node"
BUSY = {"code": 7, "message": "the model is busy", "data": {"until": "noon"}}


@pytest.fixture(scope="module")
def told(gateway: Gateway, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """What the program's clients were told, by their names."""
    node = shutil.which("node")
    if node is None or not (MODULES / "node_modules" / "jayson").is_dir():
        pytest.skip("install Node 20 or newer with npm, then run `make clients`")
    with serving(f"--root-dir={tmp_path_factory.mktemp('rpc')}") as server:
        session = Session(server, "rpc/node")
        session.execute(MODEL)
        session.execute("seen = []")
        address = {"PENSTOCK_URL": server.url + session.path, "PENSTOCK_TOKEN": server.token}
        done = subprocess.run(
            [node, Path(PROGRAMS) / "jsonrpc.cjs", MODULES],
            env={**os.environ, **address},
            capture_output=True,
            text=True,
            timeout=seconds(120),
            check=False,
        )
        assert done.returncode == 0, done.stderr
        yield json.loads(done.stdout)


def test_jayson(told: Any) -> None:
    told = told["jayson"]
    assert told["places"] == {"jsonrpc": "2.0", "id": "own id", "result": 42}
    assert told["names"] == {"jsonrpc": "2.0", "id": 7, "result": 5}
    assert told["notification"] == "nothing"
    assert "jayson" in told["after"]
    assert told["failed"]["code"] == -32000
    assert told["failed"]["data"]["ename"] == "ZeroDivisionError"
    assert told["own"] == BUSY
    assert (told["missing"]["code"], told["missing"]["message"]) == (-32601, "Method not found")
    assert (told["wrong"]["code"], told["wrong"]["message"]) == (-32602, "Invalid params")
    assert told["task"] == 21


def test_batches_of_jayson(told: Any) -> None:
    told = told["jayson"]
    first, second, third = told["batch"]
    assert first == {"jsonrpc": "2.0", "id": 1, "result": 2}
    assert second == {"jsonrpc": "2.0", "id": "second", "error": BUSY}
    assert third["id"] == 3
    assert third["result"].index("jayson") < third["result"].index("batch")
    assert told["unread"] == "nothing"
    assert "unread" in told["last"]


def test_json_rpc_2(told: Any) -> None:
    told = told["json-rpc-2.0"]
    assert (told["places"], told["names"], told["own"]) == (42, 5, BUSY)
    assert told["missing"]["code"] == -32601
    assert told["notified"] is True
    one, other = told["batch"]
    assert one == {"jsonrpc": "2.0", "id": "é", "result": 2}
    assert (other["id"], other["error"]["code"]) == (0, -32601)
