"""A client of ZeroMQ and one of the WebSocket, at the same kernel at the same time."""

from __future__ import annotations

import json
import queue
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from jupyter_client.blocking.client import BlockingKernelClient

from tests.serve_ws.client import Message, Tab, of_type, parent, state, text
from tests.serve_ws.server import Server
from tests.support.waiting import seconds

idle = state("idle")
ASKS = "print('hello', input('who? '))"
QUIET = 0.3
"""Seconds in which something that must not come would have come."""


@pytest.fixture(params=["penstock", "python3"])
def kernel(server: Server, request: pytest.FixtureRequest) -> Iterator[str]:
    """The id of a kernel of ours, and of one that has a process and sockets of its own."""
    fresh: str = server.call("POST", "api/kernels", {"name": request.param})["id"]
    yield fresh
    server.call("DELETE", f"api/kernels/{fresh}")


@pytest.fixture
def page(server: Server, kernel: str) -> Iterator[Tab]:
    """The client of the WebSocket."""
    with Tab(server, kernel) as opened:
        yield opened


@pytest.fixture
def console(
    server: Server, kernel: str, page: Tab, tmp_path: Path
) -> Iterator[BlockingKernelClient]:
    """jupyter_client, by the file that the server tells."""
    file = tmp_path / "kernel.json"
    connection = server.call("GET", f"api/penstock/kernels/{kernel}/connection")
    file.write_text(json.dumps(connection), encoding="utf-8")
    client = BlockingKernelClient(connection_file=str(file))
    client.load_connection_file()
    client.start_channels()
    client.wait_for_ready(timeout=seconds(30))
    # It may have asked more than once: this drops the answers that it did not wait for.
    client.execute("pass", store_history=False, reply=True, timeout=seconds(30))
    yield client
    client.stop_channels()


def heard(console: BlockingKernelClient, msg_id: str) -> list[Message]:
    """What the console hears on iopub up to a request's idle."""
    found: list[Message] = []
    while not (found and parent(found[-1]) == msg_id and idle(found[-1])):
        found.append(console.get_iopub_msg(timeout=seconds(30)))
    return found


def nothing_on(get: Callable[..., Message]) -> None:
    """A channel of the console stays empty."""
    with pytest.raises(queue.Empty):
        get(timeout=QUIET)


def test_both_see_all_outputs_and_each_its_replies(
    page: Tab, console: BlockingKernelClient
) -> None:
    from_page = page.execute("print('of the page')")
    said = page.results(from_page)
    assert text([m for m in heard(console, from_page) if parent(m) == from_page]) == "of the page\n"
    nothing_on(console.get_shell_msg)

    from_console = console.execute("print('of the console'); 6 * 7")
    answer = console.get_shell_msg(timeout=seconds(30))
    assert (parent(answer), answer["content"]["status"]) == (from_console, "ok")
    outputs = heard(console, from_console)
    said += page.until(lambda m: parent(m) == from_console and idle(m))
    for seen in (outputs, said):
        own = [m for m in seen if parent(m) == from_console]
        assert [m["header"]["msg_type"] for m in own] == [
            "status",
            "execute_input",
            "stream",
            "execute_result",
            "status",
        ]
        assert text(own) == "of the console\n"
    assert [parent(m) for m in said if m["channel"] == "shell"] == [from_page]


def test_who_runs_the_cell_is_asked(page: Tab, console: BlockingKernelClient) -> None:
    sent = page.execute(ASKS, allow_stdin=True)
    question = page.until(lambda m: m["channel"] == "stdin")[-1]
    nothing_on(console.get_stdin_msg)
    page.send("input_reply", {"value": "page"}, channel="stdin", parent_header=question["header"])
    assert "hello page\n" in text(page.results(sent))

    sent = console.execute(ASKS, allow_stdin=True)
    question = console.get_stdin_msg(timeout=seconds(30))
    assert parent(question) == sent
    console.input("console")
    assert console.get_shell_msg(timeout=seconds(30))["content"]["status"] == "ok"
    seen = page.until(lambda m: parent(m) == sent and idle(m))
    assert of_type(seen, "input_request") == []
    assert "hello console\n" in text(seen)


def test_variables_are_shared_while_both_run_cells(
    page: Tab, console: BlockingKernelClient
) -> None:
    page.run("count = 0")
    mine = [page.execute("count += 1") for _ in range(20)]
    theirs = [console.execute("count += 1") for _ in range(20)]
    answered = [console.get_shell_msg(timeout=seconds(30)) for _ in theirs]
    assert [parent(m) for m in answered] == theirs
    replies = [page.until(lambda m: m["channel"] == "shell")[-1] for _ in mine]
    assert [parent(m) for m in replies] == mine
    assert {m["content"]["status"] for m in replies} == {"ok"}
    assert page.evaluate("count") == "40"
