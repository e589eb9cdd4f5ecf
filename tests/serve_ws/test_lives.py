"""Restarts, deaths and ends, as a WebSocket sees them."""

from __future__ import annotations

import os
import signal

from tests.serve_ws.client import Message, Tab, of_type, parent, reply, state, text
from tests.serve_ws.server import Server
from tests.support.waiting import eventually

SEGFAULT = "import ctypes; ctypes.string_at(0)"


def said_by(messages: list[Message]) -> set[str]:
    """The kernel sessions that messages on iopub come from."""
    return {m["header"]["session"] for m in messages if m["channel"] == "iopub"}


def test_a_restart_keeps_the_websocket(server: Server, kernel: str, tab: Tab) -> None:
    before = tab.run("x = 1")
    server.call("POST", f"api/kernels/{kernel}/restart", {})
    after = tab.run("'x' in globals()")
    assert of_type(after, "execute_result")[0]["content"]["data"]["text/plain"] == "False"
    assert not said_by(before) & said_by(after)


def test_a_cell_under_a_restart_gets_an_error(server: Server, kernel: str, tab: Tab) -> None:
    cell = tab.execute("print('in', flush=True)\nimport time; time.sleep(600)")
    behind = tab.execute("1")
    tab.until(lambda m: m["header"]["msg_type"] == "stream")
    path = f"api/kernels/{kernel}/executions"
    eventually(lambda: len(server.call("GET", path)["executions"]) == 2, 20, "both have come")
    server.call("POST", f"api/kernels/{kernel}/restart", {})
    for sent, statuses in ((cell, ("error",)), (behind, ("error", "aborted"))):
        answer = tab.until(lambda m: m["channel"] == "shell")[-1]
        assert parent(answer) == sent
        assert answer["content"]["status"] in statuses
    assert tab.evaluate("6 * 7") == "42"


def test_a_death_is_told_and_the_next_cell_runs(tab: Tab) -> None:
    cell = tab.execute(f"input()\n{SEGFAULT}", allow_stdin=True)
    behind = tab.execute("1")
    tab.until(lambda m: m["header"]["msg_type"] == "input_request")
    tab.send("input_reply", {"value": ""}, channel="stdin")
    found = tab.results(cell)
    assert "SIGSEGV" in text(found, "stderr")
    assert reply(found)["ename"] == "DeadKernelError"
    assert "SIGSEGV" in reply(found)["evalue"]
    found = tab.until(state("restarting"))
    assert [parent(m) for m in found if m["channel"] == "shell"] == [behind]
    assert tab.evaluate("6 * 7") == "42"


def test_requests_between_two_lives_are_for_the_next(tab: Tab) -> None:
    found = []
    cells = [tab.execute(SEGFAULT)]
    for n in range(300):
        cells.append(tab.execute(f"n = {n}"))
    waiting = set(cells)
    while waiting:
        message = tab.next()
        if message["channel"] == "shell":
            waiting.remove(parent(message))
            found.append(message["content"])
    dead = [content for content in found if content["status"] == "error"]
    assert {content["ename"] for content in dead} == {"DeadKernelError"}
    assert tab.evaluate("6 * 7") == "42"


def test_one_that_keeps_dying_is_given_up(server: Server, kernel: str) -> None:
    with Tab(server, kernel) as tab:
        for _ in range(5):
            tab.execute(SEGFAULT)
            tab.until(state("restarting"))
        tab.execute(SEGFAULT)
        tab.until(state("dead"))
        late = tab.run("1")
        assert reply(late)["ename"] == "DeadKernelError"
        assert server.call("GET", f"api/kernels/{kernel}")["execution_state"] == "dead"
        server.call("POST", f"api/kernels/{kernel}/restart", {})
        assert tab.evaluate("6 * 7") == "42"


def test_a_kill_of_an_idle_kernel_is_told(tab: Tab) -> None:
    pid = int(tab.evaluate("import os; os.getpid()"))
    os.kill(pid, signal.SIGKILL)
    found = tab.until(state("restarting"))
    assert "SIGKILL" in text(found, "stderr")
    assert tab.evaluate("6 * 7") == "42"


def test_a_deleted_kernel_closes_with_1000(server: Server) -> None:
    with server.kernel() as kernel, Tab(server, kernel) as tab:
        sent = tab.execute("print('in', flush=True)\nimport time; time.sleep(600)")
        tab.until(lambda m: m["header"]["msg_type"] == "stream")
        server.call("DELETE", f"api/kernels/{kernel}")
        answer = tab.until(lambda m: m["channel"] == "shell")[-1]
        assert parent(answer) == sent
        assert tab.closed() == 1000


def test_a_server_that_stops_closes_with_1012(own_server: Server) -> None:
    kernel = own_server.call("POST", "api/kernels", {})["id"]
    with Tab(own_server, kernel) as tab:
        tab.run("pass")
        own_server.process.send_signal(signal.SIGTERM)
        assert tab.closed() == 1012
