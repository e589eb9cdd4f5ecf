"""Functions that the user registered: called, listed, refused."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest

from tests.rpc.calling import CallError, Session
from tests.rpc.test_methods import failing
from tests.support.served import Served, serving
from tests.support.tab import Tab

MODEL = """
from penstock import rpc

@rpc.register
def add(a: float, b: float = 1) -> float:
    '''The sum.

    Of two numbers.
    '''
    return a + b

@rpc.register(name="model.state")
def state(name, /, *more, flag: bool = False, **others):
    return [name, more, flag, others]

@rpc.register
def broken():
    print("before")
    return 1 / 0

@rpc.register
def busy():
    raise rpc.Error(7, "the model is busy", {"until": "noon"})
"""


@pytest.fixture
def model(session: Session) -> Session:
    """A session with methods."""
    session.execute(MODEL)
    return session


def test_they_are_called_by_place_and_by_name(model: Session) -> None:
    assert model.call("add", 2) == 3
    assert model.call("add", a=2, b=0.5) == 2.5
    assert model.call("add", "é\ud83d", "\u2028\\'\"") == "é\ud83d\u2028\\'\""
    assert model.call("model.state", "a", 1, [2]) == ["a", [1, [2]], False, {}]
    assert model.call("evaluate", "add(1, 1)") == 2


def test_parameters_are_checked_before(model: Session) -> None:
    for places, names in (((), {}), ((1, 2, 3), {}), ((), {"a": 1, "c": 2})):
        failed = failing(model, "add", *places, **names)
        assert (failed.code, failed.message) == (-32602, "Invalid params")
    assert "missing a required argument: 'a'" in failing(model, "add").data


def test_their_errors(model: Session) -> None:
    failed = failing(model, "broken")
    assert (failed.code, failed.message) == (-32000, "ZeroDivisionError: division by zero")
    assert failed.data["stdout"] == "before\n"
    text = "\n".join(failed.data["traceback"])
    assert "return 1 / 0" in text
    assert "penstock" not in text
    failed = failing(model, "busy")
    assert (failed.code, failed.message) == (7, "the model is busy")
    assert failed.data == {"until": "noon"}
    failed = failing(model, "add", None)
    assert failed.data["ename"] == "TypeError"
    assert failing(model, "subtract", 1).code == -32601


def test_they_are_submitted(model: Session) -> None:
    task = model.call("submit", "add", {"a": 1})
    assert model.call("result", id=task, wait_s=30) == 2
    task = model.call("submit", "broken")
    assert failing(model, "result", id=task, wait_s=30).data["ename"] == "ZeroDivisionError"
    task = model.call("submit", "subtract")
    assert failing(model, "result", id=task, wait_s=30).code == -32601


def test_they_are_listed(model: Session) -> None:
    own = [
        "cancel", "evaluate", "execute", "result", "rpc.discover", "status", "submit",
        "system.listMethods", "system.methodHelp", "system.methodSignature",
    ]  # fmt: skip
    assert model.call("system.listMethods") == sorted([*own, *MODEL_METHODS])
    assert model.call("system.methodSignature", "add") == "(a: float, b: float = 1) -> float"
    assert model.call("system.methodHelp", "add") == "The sum.\n\nOf two numbers."
    document = model.call("rpc.discover")
    assert document["openrpc"].startswith("1.3.")
    methods = {method["name"]: method for method in document["methods"]}
    assert sorted(methods) == sorted([*own, *MODEL_METHODS])
    assert methods["add"] == {
        "name": "add",
        "summary": "The sum.",
        "description": "The sum.\n\nOf two numbers.",
        "params": [
            {"name": "a", "required": True, "schema": {"type": "number"}},
            {"name": "b", "required": False, "schema": {"type": "number"}},
        ],
        "result": {"name": "result", "schema": {"type": "number"}},
        "x-signature": "(a: float, b: float = 1) -> float",
    }
    assert [it["name"] for it in methods["model.state"]["params"]] == ["name", "flag"]
    for name in own:
        assert methods[name]["x-signature"].startswith("(")
        refused = failing(model, "execute", f"rpc.register(name={name!r})(add)")
        assert refused.data["ename"] == "ValueError"


MODEL_METHODS = ["add", "broken", "busy", "model.state"]


@pytest.mark.parametrize(
    "code",
    [
        "rpc.register(name='execute')(print)",
        "rpc.register(name='rpc.mine')(print)",
        "rpc.register(name='')(print)",
        "rpc.register(1)",
        "@rpc.register\nasync def f(): pass",
        "rpc.Error(-32000, 'reserved')",
    ],
)
def test_what_cannot_be_registered(server: Served, code: str) -> None:
    failed = failing(Session(server), "execute", "from penstock import rpc\n" + code)
    assert failed.data["ename"] in ("ValueError", "TypeError")


def test_a_notebook_registers_and_a_program_calls(server: Served, kernel: str) -> None:
    tab = Tab(server.as_server(), kernel)
    tab.run("from penstock import rpc\n@rpc.register\ndef version(): return 1")
    session = Session(server, f"rpc/{kernel}")
    assert session.call("version") == 1
    tab.run("@rpc.register\ndef version(): return 2")
    assert session.call("version") == 2
    assert server.call("POST", f"api/kernels/{kernel}/restart").status == 200
    with pytest.raises(CallError):
        session.call("version")
    tab.close()


def test_a_seed_notebook_brings_them(jupyter: Path, tmp_path: Path) -> None:
    file = tmp_path / "model.ipynb"
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(MODEL)])
    file.write_text(nbformat.writes(notebook), encoding="utf-8")
    with serving(f"--seed-uri={file}") as server:
        assert Session(server, "rpc/first").call("add", 1) == 2
        assert Session(server).call("add", 2) == 3
