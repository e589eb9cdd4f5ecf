"""Functions registered for JSON-RPC: what is taken, called, described."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from penstock import rpc
from penstock.worker import functions


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    """No function is left for the next test."""
    yield
    functions._functions.clear()


def call(method: str, *places: object, **names: object) -> dict[str, Any]:
    return functions.call(method, json.dumps(names or places))


def test_a_function_stays_a_function() -> None:
    @rpc.register
    def add(a: int, b: int = 1) -> int:
        return a + b

    @rpc.register(name="math.add")
    def other(a: int) -> int:
        return a + 10

    assert add(1) == 2
    assert call("add", 1) == {"result": 2}
    assert call("add", a=1, b=2) == {"result": 3}
    assert call("math.add", 1) == {"result": 11}
    assert call("other")["error"]["code"] == -32601
    rpc.register(name="add")(other)
    assert call("add", 1) == {"result": 11}


def test_parameters_are_bound_before_the_call() -> None:
    called = []

    @rpc.register
    def note(value: object, /, *, flag: bool = False) -> None:
        called.append((value, flag))
        raise TypeError("its own")

    for answer in (call("note"), call("note", 1, 2), call("note", value=1)):
        assert answer["error"]["code"] == -32602
        assert answer["error"]["message"] == "Invalid params"
    assert not called
    answer = call("note", 1)
    assert answer["error"]["code"] == -32000
    assert answer["error"]["data"]["evalue"] == "its own"
    assert called == [(1, False)]


@pytest.mark.parametrize("error", [SystemExit(3), KeyboardInterrupt(), ValueError("x")])
def test_whatever_ends_it_is_an_error(error: BaseException) -> None:
    @rpc.register
    def end() -> None:
        raise error

    told = call("end")["error"]
    assert told["code"] == -32000
    assert told["data"]["ename"] == type(error).__name__
    assert "functions.py" not in "\n".join(told["data"]["traceback"]).replace(__file__, "")


def test_errors_of_its_own() -> None:
    @rpc.register
    def busy(data: object) -> None:
        raise rpc.Error(7, "busy", data)

    assert call("busy", None)["error"] == {"code": 7, "message": "busy"}
    assert call("busy", [1])["error"] == {"code": 7, "message": "busy", "data": [1]}
    for code in (-32000, -32768, True, "7"):
        with pytest.raises(ValueError, match="code"):
            rpc.Error(code, "reserved")  # type: ignore[arg-type]
    assert rpc.Error(-31999, "free").code == -31999


def test_what_is_refused() -> None:
    async def waits() -> None:
        """Never awaited."""

    for wrong in (waits, 1):
        with pytest.raises(TypeError):
            rpc.register(wrong)  # type: ignore[type-var]
    for name in ("evaluate", "cancel", "rpc.x", "system.listMethods", ""):
        with pytest.raises(ValueError, match="method"):
            rpc.register(name=name)(print)
    assert functions.describe() == []


def test_descriptions() -> None:
    @rpc.register
    def all_kinds(
        a: int, b: float, c: list[int], d: int | None = None, *e: str, f: dict, **g: bool
    ) -> None:
        """First line.

        More.
        """

    (told,) = functions.describe()
    assert told["name"] == "all_kinds"
    assert told["summary"] == "First line."
    assert told["description"] == "First line.\n\nMore."
    kinds = {it["name"]: it["schema"].get("type") for it in told["params"]}
    assert kinds == {"a": "integer", "b": "number", "c": None, "d": None, "f": "object"}
    assert [it["name"] for it in told["params"] if it["required"]] == ["a", "b", "c", "f"]
    assert told["x-signature"].startswith("(a: ")
