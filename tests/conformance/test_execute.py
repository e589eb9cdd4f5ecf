"""Group SH, execute requests: replies, counts, aborts, payloads, asynchronous cells."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.support import wire
from tests.support.gates import Gate
from tests.support.gateway import Gateway
from tests.support.kernel import Kernel, started
from tests.support.waiting import eventually
from tests.support.wire import Client

pytestmark = pytest.mark.beyond_reference

ERROR = {"status", "ename", "evalue", "traceback"}
ENDS = {
    "syntax": ("def", "SyntaxError"),
    "system exit": ("raise SystemExit(3)", "SystemExit"),
    "interrupt": ("raise KeyboardInterrupt", "KeyboardInterrupt"),
    "awaited interrupt": (
        "import asyncio; await asyncio.sleep(0); raise KeyboardInterrupt",
        "KeyboardInterrupt",
    ),
    "cancelled": ("import asyncio; raise asyncio.CancelledError", "CancelledError"),
    "NUL": ("x = '\x00'", "SyntaxError"),
    "broken text": ("class E(Exception):\n  def __str__(self): raise ValueError\nraise E", "E"),
}
GOOD = (
    "",
    "   \n\t",
    "# nothing",
    "x = 1\n" * 20_000,
    f"x = '{'a' * 4_000_000}'",
    "pass;" * 3,
    "%%time\n1",
)


def ends(kernel: Kernel) -> int | None:
    """Waits for the kernel's end; its exit code."""
    eventually(lambda: not kernel.manager.is_alive(), 10, "the kernel ends")
    return kernel.exit_code()


def test_a_good_cell(client: Client) -> None:
    content = client.execute("x = 1").content
    assert content.pop("execution_count") > 0
    assert content == {"status": "ok", "user_expressions": {}, "payload": []}


def test_fields_that_are_missing_have_their_defaults(client: Client) -> None:
    cell = client.start("input()", unknown=[1]).finish()
    assert cell.content["ename"] == "StdinNotImplementedError", "allow_stdin is false"
    assert cell.of("execute_input"), "silent is false"
    stored = client.execute("1").content["execution_count"]
    quiet = client.execute("2", silent=True)
    assert quiet.content["execution_count"] == stored, "store_history is false when silent"


def test_a_failing_cell(client: Client) -> None:
    cell = client.execute("1/0", user_expressions={"a": "1"})
    content = cell.content
    assert set(content) >= ERROR | {"execution_count", "user_expressions", "payload"}
    assert content["user_expressions"] == {}
    assert set(content["engine_info"]) == {"engine_uuid", "engine_id", "method"}
    (error,) = cell.of("error")
    assert error == {name: content[name] for name in ERROR - {"status"}}


def test_reply_metadata(client: Client) -> None:
    for code, status in (("1", "ok"), ("1/0", "error")):
        metadata = client.execute(code).replies[0].metadata
        assert datetime.fromisoformat(metadata["started"].replace("Z", "+00:00")).tzinfo
        assert metadata["dependencies_met"] is True
        assert metadata["engine"]
        assert metadata["status"] == status


def test_counts(way: str, gateway: Gateway) -> None:
    cells: tuple[tuple[str, dict[str, Any], int], ...] = (
        ("1", {"store_history": False}, 0),
        ("1", {}, 1),
        ("2", {"silent": True}, 1),
        ("2", {"silent": True, "store_history": True}, 1),
        ("3", {"store_history": False}, 1),
        ("4", {}, 2),
        ("1/0", {}, 3),
        ("5", {}, 4),
    )
    with started(way) as kernel, wire.client(kernel.manager.get_connection_info()) as client:
        counts = [
            client.execute(code, **fields).content["execution_count"] for code, fields, _ in cells
        ]
        assert counts == [count for _, _, count in cells]
        assert client.execute("len(In)").value == "6"


def test_an_error_aborts_the_cells_behind_and_nothing_else(client: Client, gate: Gate) -> None:
    failing = client.start(gate.wait + "1/0")
    aborted = client.start("ran = 'yes'")
    others = [
        client.send(msg_type, content)
        for msg_type, content in (
            ("kernel_info_request", {}),
            ("comm_info_request", {}),
            ("inspect_request", {"code": "len", "cursor_pos": 2}),
        )
    ]
    client.arrived()
    gate.open()
    assert failing.finish().content["status"] == "error"
    assert aborted.finish().content == {"status": "aborted"}
    assert aborted.replies[0].metadata["status"] == "aborted"
    for other in others:
        assert other.finish().content["status"] == "ok"
    assert client.execute("'ran' in globals()").value == "False"
    replied = [m.parent["msg_id"] for m in client.messages if m.channel == "shell"]
    sent = [failing, aborted, *others]
    assert [i for i in replied if i in {e.msg_id for e in sent}] == [e.msg_id for e in sent]


@pytest.mark.parametrize("fields", [{"stop_on_error": False}, {"silent": True}])
def test_nothing_is_aborted_when_not_asked_for(
    client: Client, gate: Gate, fields: dict[str, Any]
) -> None:
    client.start(gate.wait + "1/0", **fields)
    behind = client.start("1")
    client.arrived()
    gate.open()
    assert behind.finish().content["status"] == "ok"


def test_user_expressions(client: Client) -> None:
    asked = {"good": "x * 2", "bad": "nope", "rich": "__import__('IPython').display.HTML('<b>')"}
    values = client.execute("x = 3", user_expressions=asked).content["user_expressions"]
    assert values["good"] == {"status": "ok", "data": {"text/plain": "6"}, "metadata": {}}
    assert set(values["bad"]) == ERROR
    assert values["bad"]["ename"] == "NameError"
    assert values["rich"]["data"]["text/html"] == "<b>"


def test_payloads(client: Client, tmp_path: Path) -> None:
    (page,) = client.execute("print?\nprint?").content["payload"]
    assert page["source"] == "page"
    assert "text/plain" in page["data"]
    assert page["start"] == 0
    (text,) = client.execute("get_ipython().set_next_input('a', replace=True)").content["payload"]
    assert text == {"source": "set_next_input", "text": "a", "replace": True}
    (edit,) = client.execute(f"%edit {tmp_path}/new.py").content["payload"]
    assert (edit["source"], edit["filename"]) == ("edit_magic", f"{tmp_path}/new.py")
    assert "line_number" in edit
    assert client.execute("1").content["payload"] == []


def test_exit_asks_and_ends(way: str, gateway: Gateway) -> None:
    for code in ("exit()", "quit"):
        with started(way) as kernel, wire.client(kernel.manager.get_connection_info()) as client:
            content = client.start(code).until(lambda e: e.replies, "reply").content
            assert content["status"] == "ok"
            assert content["payload"] == [{"source": "ask_exit", "keepkernel": False}]
            assert ends(kernel) == 0


def test_an_error_while_the_result_is_shown_is_the_cells_error(client: Client) -> None:
    cell = client.execute("class R:\n  def __repr__(self): raise ValueError('no')\nR()")
    assert cell.content["status"] == "error"
    assert cell.content["ename"] == "ValueError"
    shown = client.execute("try: 1/0\nexcept Exception: get_ipython().showtraceback()")
    assert shown.content["status"] == "ok"
    assert shown.of("error")


@pytest.mark.parametrize("end", ENDS)
def test_every_end_of_a_cell_gives_a_reply(client: Client, end: str) -> None:
    code, ename = ENDS[end]
    content = client.execute(code).content
    assert content["status"] == "error"
    assert content["ename"] in (ename, "ValueError")
    assert client.execute("1").value == "1"


@pytest.mark.parametrize("code", GOOD, ids=range(len(GOOD)))
def test_any_code_gives_a_reply(client: Client, code: str) -> None:
    assert client.execute(code).content["status"] == "ok"


def test_a_request_without_code_gets_an_error(client: Client) -> None:
    content = client.request("execute_request", {}).content
    assert set(content) >= ERROR
    assert content["status"] == "error"


def test_asynchronous_cells(client: Client) -> None:
    assert client.execute("import asyncio\nawait asyncio.sleep(0, 'done')").value == "'done'"
    client.execute("async def tick():\n  await go.wait()\n  return 'ticked'")
    client.execute("go = asyncio.Event(); task = asyncio.create_task(tick())")
    assert client.execute("go.set(); await task").value == "'ticked'"
    assert client.execute("%autoawait").text().startswith("IPython autoawait is `on`")
    assert client.execute("await asyncio.sleep(0); 1/0").content["ename"] == "ZeroDivisionError"
    waiting = client.start("print('ready', flush=True); await asyncio.sleep(600)")
    waiting.until_text("ready")
    client.request("interrupt_request", channel="control")
    assert waiting.finish().content["ename"] in ("KeyboardInterrupt", "CancelledError")


def test_context_variables_persist(client: Client) -> None:
    client.execute("import contextvars; v = contextvars.ContextVar('v')\nv.set('sync')")
    assert client.execute("v.get()").value == "'sync'"
    client.execute("import asyncio\nawait asyncio.sleep(0); v.set('async')")
    assert client.execute("v.get()").value == "'async'"


def test_request_metadata_reaches_ipython(client: Client) -> None:
    client.execute(
        "seen = []\nget_ipython().events.register('pre_run_cell', lambda info: seen.append(info))"
    )
    metadata = {"cellId": "c-1", "tags": ["x"]}
    client.send("execute_request", {"code": "2"}, metadata=metadata).finish()
    assert client.execute("seen[0].cell_id").value == "'c-1'"
    assert client.execute("getattr(seen[0], 'cell_meta', {}).get('tags', ['x'])").value == "['x']"


def test_control_executes_in_order(client: Client) -> None:
    client.execute("order = []")
    cells = [client.start(f"order.append({n}); {n}", channel="control") for n in range(20)]
    assert [cell.finish().value for cell in cells] == [str(n) for n in range(20)]
    assert client.execute("order == list(range(20))").value == "True"
