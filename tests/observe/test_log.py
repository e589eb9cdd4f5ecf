"""A kernel's output log over HTTP: read, filtered, followed and resumed."""

from __future__ import annotations

import base64
import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPResponse
from typing import Any, cast

import pytest

from tests.pages.servers import Server
from tests.support.tab import Tab, rest
from tests.support.waiting import eventually, seconds

LINES = "application/x-ndjson"
EVENTS = "text/event-stream"


def call(page: Tab, query: str = "", accept: str = "*/*", last: int | None = None) -> HTTPResponse:
    """The answer to a call for the kernel's log, not read yet."""
    headers = {"Authorization": f"token {page.server.token}", "Accept": accept}
    if last is not None:
        headers["Last-Event-ID"] = str(last)
    url = f"{page.server.url}api/kernels/{page.kernel}/log{query}"
    request = urllib.request.Request(url, headers=headers)
    return cast("HTTPResponse", urllib.request.urlopen(request, timeout=seconds(30)))


def read(page: Tab, query: str = "") -> dict[str, Any]:
    """The log as one object."""
    with closing(call(page, query)) as answer:
        assert answer.headers["Content-Type"] == "application/json"
        return dict(json.load(answer))


def texts(entries: list[dict[str, Any]]) -> str:
    """All that was printed."""
    return "".join(e["content"]["text"] for e in entries if e["msg_type"] == "stream")


def entries_of(lines: Iterator[bytes]) -> Iterator[dict[str, Any]]:
    """Entries from lines, without the empty ones."""
    return (json.loads(line) for line in lines if line.strip())


def events_of(lines: Iterator[bytes]) -> Iterator[dict[str, str]]:
    """Server-sent events, comments left out."""
    fields: dict[str, str] = {}
    for line in lines:
        name, _, value = line.decode().rstrip("\n").partition(": ")
        if name:
            fields[name] = value
        elif "data" in fields:
            yield fields
            fields = {}
        else:
            fields = {}


def test_entries_are_the_messages_of_iopub_and_the_replies(page: Tab) -> None:
    cell = page.run("print('said')\n6 * 7")
    log = read(page)
    assert log["lost"] == 0
    assert [entry["seq"] for entry in log["entries"]] == list(range(log["next"]))
    mine = [entry for entry in log["entries"] if entry["parent_id"] == cell.msg_id]
    assert [entry["msg_type"] for entry in mine] == [m["msg_type"] for m in cell.messages]
    reply = next(entry for entry in mine if entry["msg_type"] == "execute_reply")
    assert reply["channel"] == "shell"
    assert reply["content"] == cell.reply
    assert {m["header"]["msg_id"] for m in cell.messages} == {e["msg_id"] for e in mine}


def test_a_stretch_is_read_on_where_the_last_one_ended(page: Tab) -> None:
    page.run("for n in range(5): display(n)")
    whole = read(page)["entries"]
    pieces: list[dict[str, Any]] = []
    at = 0
    while piece := read(page, f"?from={at}&limit=3"):
        pieces += piece["entries"]
        assert len(piece["entries"]) <= 3
        if not piece["entries"]:
            break
        at = piece["next"]
    assert pieces == whole


def test_what_a_request_and_a_cell_said(page: Tab) -> None:
    first = page.run("print('one')")
    page.start("print('two')", {"cellId": "the-cell"}).finish()
    page.start("print('three')", {"cellId": "the-cell"}).finish()
    assert texts(read(page, f"?parent={first.msg_id}")["entries"]) == "one\n"
    cell = read(page, "?cell=the-cell")["entries"]
    assert texts(cell) == "two\nthree\n"
    assert {entry["cell_id"] for entry in cell} == {"the-cell"}
    assert read(page, "?cell=another")["entries"] == []


def test_the_cells_in_flight(page: Tab) -> None:
    def in_flight() -> list[dict[str, Any]]:
        told = rest(page.server, "GET", f"kernels/{page.kernel}/executions")["executions"]
        return list(told)

    page.run("print('before')")
    assert in_flight() == []
    cell = page.start("print('in'); input('? ')", {"cellId": "the-cell"})
    cell.until_text("in").question()
    page.start("print('next')")
    eventually(lambda: len(in_flight()) == 2, 10, "both are known")
    running, waiting = in_flight()
    assert (running["msg_id"], running["cell_id"]) == (cell.msg_id, "the-cell")
    assert (running["state"], waiting["state"]) == ("running", "waiting")
    assert waiting["cell_id"] is None
    said = read(page, f"?from={running['from']}")["entries"]
    assert {entry["parent_id"] for entry in said} == {cell.msg_id}
    assert texts(said) == "in\n"


def test_buffers_and_odd_text_pass_unchanged(page: Tab) -> None:
    page.run(
        "from comm import create_comm\n"
        "comm = create_comm('target', buffers=[b'\\x00\\xff'])\n"
        "print('line\\u2028separator \\ud800 lone')"
    )
    entries = read(page)["entries"]
    opened = next(entry for entry in entries if entry["msg_type"] == "comm_open")
    assert [base64.b64decode(buffer) for buffer in opened["buffers"]] == [b"\x00\xff"]
    assert "line\u2028separator" in texts(entries)


def test_lines_end_or_follow_until_the_kernel_is_gone(page: Tab) -> None:
    page.run("print('before')")
    with closing(call(page, accept=LINES)) as ended:
        assert ended.headers["Content-Type"] == LINES
        assert texts(list(entries_of(iter(ended.readline, b"")))) == "before\n"
    with closing(call(page, "?follow=1", LINES)) as followed:
        entries = entries_of(iter(followed.readline, b""))
        next(entry for entry in entries if entry["msg_type"] == "execute_reply")
        page.start("print('after')")
        assert next(e for e in entries if e["msg_type"] == "stream")["content"]["text"] == "after\n"
        rest(page.server, "DELETE", f"kernels/{page.kernel}")
        assert [entry["msg_type"] for entry in entries][-1]  # it ends


def test_events_go_on_where_the_last_one_was(page: Tab) -> None:
    cell = page.run("print('one')")
    with closing(call(page, f"?parent={cell.msg_id}", EVENTS)) as stream:
        assert stream.headers["Content-Type"] == EVENTS
        events = events_of(iter(stream.readline, b""))
        shown = next(e for e in events if json.loads(e["data"])["msg_type"] == "stream")
    page.run("print('two')")
    with closing(call(page, accept=EVENTS, last=int(shown["id"]))) as stream:
        events = events_of(iter(stream.readline, b""))
        again = next(events)
        assert int(again["id"]) == int(shown["id"]) + 1
        more = next(e for e in events if json.loads(e["data"])["msg_type"] == "stream")
        assert json.loads(more["data"])["content"]["text"] == "two\n"


def test_the_log_of_a_kernel_that_is_gone(page: Tab) -> None:
    page.run("print('last words')")
    rest(page.server, "DELETE", f"kernels/{page.kernel}")
    assert texts(read(page)["entries"]) == "last words\n"
    with closing(call(page, "?follow=1", LINES)) as ended:
        assert texts(list(entries_of(iter(ended.readline, b"")))) == "last words\n"


@pytest.mark.parametrize("query", ["?from=x", "?limit=-1", "?from=99999999999999999999"])
def test_a_number_that_is_none(page: Tab, query: str) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        read(page, query)
    assert refused.value.code == 400
    assert "whole number" in json.load(refused.value)["message"]


def test_nobody_reads_without_the_token(page: Tab, server: Server) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"{server.url}api/kernels/{page.kernel}/log", timeout=30)
    assert refused.value.code == 403
    with pytest.raises(urllib.error.HTTPError) as unknown:
        rest(server, "GET", "kernels/nobody/log")
    assert unknown.value.code == 404
