"""What clients may send and see, and how much: jupyter_server's options (WS-35, WS-36)."""

from __future__ import annotations

import json
import shutil
import tempfile
import urllib.error
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.serve_ws.client import Message, Tab, of_type, parent, reply, text
from tests.serve_ws.server import Server

ALLOWED = "execute_request, kernel_info_request,input_reply"
MESSAGES = 10
WINDOW = 60
"""Seconds: longer than the tests, so that no time is in what they see."""

SECRET = "not-for-your-eyes"


@pytest.fixture(scope="module")
def strict(jupyter: Path) -> Iterator[Server]:
    """A server as Voila would want it."""
    folder = Path(tempfile.mkdtemp(prefix="pw-"))
    shared = Server(folder, f"--allowed-message-types={ALLOWED}", "--no-allow-tracebacks")
    yield shared
    shared.stop()
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def limited(jupyter: Path) -> Iterator[Server]:
    """A server that limits outputs, by a file of options."""
    folder = Path(tempfile.mkdtemp(prefix="pw-"))
    config = folder / "limits.json"
    limits = {"iopub_msg_rate_limit": MESSAGES, "iopub_data_rate_limit": 10_000}
    config.write_text(json.dumps({**limits, "rate_limit_window": WINDOW}), encoding="utf-8")
    shared = Server(folder, f"--config={config}")
    yield shared
    shared.stop()
    shutil.rmtree(folder)


def error_of(messages: list[Message]) -> Message:
    """The content of the one error."""
    (error,) = of_type(messages, "error")
    content: Message = error["content"]
    return content


def test_other_types_of_messages_are_dropped(strict: Server, protocol: str | None) -> None:
    with strict.kernel() as kernel, Tab(strict, kernel, protocol=protocol) as tab:
        dropped = tab.send("complete_request", {"code": "prin", "cursor_pos": 4})
        dropped2 = tab.send("shutdown_request", {"restart": False}, channel="control")
        tab.send("comm_open", {"comm_id": "x", "target_name": "x", "data": {}})
        found = tab.run("6 * 7")
        assert not [m for m in found if parent(m) in (dropped, dropped2)]
        assert tab.evaluate("6 * 7") == "42"
        assert reply(tab.results(tab.send("kernel_info_request", {})))["status"] == "ok"


def test_tracebacks_are_hidden(strict: Server, protocol: str | None) -> None:
    with strict.kernel() as kernel, Tab(strict, kernel, protocol=protocol) as tab:
        found = tab.run(f"raise ValueError({SECRET!r})")
        for content in (error_of(found), reply(found)):
            assert content["ename"] == "ExecutionError"
            assert content["evalue"] == "Execution error"
            assert len(content["traceback"]) == 1
            assert "security reasons" in content["traceback"][0]
        assert reply(found)["status"] == "error"
        assert reply(found)["execution_count"] == 1
        asked = tab.run("pass", user_expressions={"bad": f"{SECRET!r}.x", "good": "6 * 7"})
        told = reply(asked)["user_expressions"]
        assert told["bad"]["evalue"] == "Execution error"
        assert told["good"]["data"]["text/plain"] == "42"
        outputs = [m for m in found + asked if m["header"]["msg_type"] != "execute_input"]
        assert SECRET not in json.dumps(outputs, default=repr)
        log = strict.call("GET", f"api/kernels/{kernel}/log")["entries"]
        shown = [entry for entry in log if entry["msg_type"] != "execute_input"]
        assert "ExecutionError" in json.dumps(shown)
        assert SECRET not in json.dumps(shown)


def test_nobody_gets_round_the_rules(strict: Server) -> None:
    with strict.kernel() as kernel, pytest.raises(urllib.error.HTTPError) as refusal:
        strict.call("GET", f"api/penstock/kernels/{kernel}/connection")
    assert refusal.value.code == 403
    assert b"--allowed-message-types" in refusal.value.read()


def test_without_the_options_all_is_shown(server: Server, kernel: str) -> None:
    with Tab(server, kernel) as tab:
        assert error_of(tab.run(f"raise ValueError({SECRET!r})"))["evalue"] == SECRET


def test_too_many_messages(limited: Server, protocol: str | None) -> None:
    cell = f"for i in range({3 * MESSAGES * WINDOW}): display(i)"
    with limited.kernel() as kernel, Tab(limited, kernel, protocol=protocol) as tab:
        found = tab.run("from IPython.display import display\n" + cell)
        shown = [m["content"]["data"]["text/plain"] for m in of_type(found, "display_data")]
        assert shown == [str(i) for i in range(MESSAGES * WINDOW)]
        notices = text(found, "stderr")
        assert notices.count("rate exceeded") == 1
        assert f"--iopub-msg-rate-limit={MESSAGES}" in notices
        assert reply(found)["status"] == "ok"
        # An idle kernel begins anew, and the log has everything.
        assert tab.evaluate("6 * 7") == "42"
        log = limited.call("GET", f"api/kernels/{kernel}/log?limit=100000")["entries"]
        kept = [e for e in log if e["msg_type"] == "display_data"]
        assert len(kept) == 3 * MESSAGES * WINDOW


def test_too_many_bytes(limited: Server) -> None:
    with limited.kernel() as kernel, Tab(limited, kernel) as tab:
        found = tab.run("for _ in range(20): print('x' * 99_999, flush=True)")
        said = text(found)
        assert 0 < len(said) < 700_000
        assert "--iopub-data-rate-limit=10000" in text(found, "stderr")
        assert reply(found)["status"] == "ok"
        assert text(tab.run("print('short')")) == "short\n"
