"""The built-in methods: code, expressions, tasks; and sessions."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.rpc.calling import CallError, Session, request
from tests.support.gates import Gate
from tests.support.served import Served
from tests.support.tab import Tab
from tests.support.waiting import eventually

ENDLESS = "import time\nwhile True: time.sleep(0.01)"


def failing(session: Session, method: str, /, *places: object, **names: object) -> CallError:
    """The error of a call."""
    with pytest.raises(CallError) as failed:
        session.call(method, *places, **names)
    return failed.value


def test_code_and_what_it_wrote(session: Session) -> None:
    code = (
        "import os, sys; x = 6; print('a', flush=True); os.system('echo b')\n"
        "print('c', file=sys.stderr)"
    )
    assert session.call("execute", code=code) == {"stdout": "a\nb\n", "stderr": "c\n"}
    assert session.call("evaluate", expr="x * 7") == 42


def test_values_that_no_parser_takes(session: Session) -> None:
    value = session.call("evaluate", "[float('nan'), float('inf'), {'a': (1, None, 1e-7)}, 2**70]")
    assert value == [None, None, {"a": [1, None, 1e-7]}, 2**70]
    assert session.call("evaluate", "{1, }") == "{1}"
    session.execute("def _to_json(value): return sorted(value)")
    assert session.call("evaluate", "{2, 1}") == [1, 2]


def test_errors_of_the_user(session: Session) -> None:
    failed = failing(session, "execute", "print('before')\ndef f(): 1 / 0\nf()")
    assert (failed.code, failed.message) == (-32000, "ZeroDivisionError: division by zero")
    assert failed.data["ename"] == "ZeroDivisionError"
    assert failed.data["evalue"] == "division by zero"
    assert failed.data["stdout"] == "before\n"
    assert "in f" in "\n".join(failed.data["traceback"])
    assert failing(session, "evaluate", "1 +").data["ename"] == "SyntaxError"
    assert failing(session, "execute", "raise SystemExit").message == "SystemExit"
    assert failing(session, "evaluate", "input()").data["ename"] == "StdinNotImplementedError"
    late = failing(session, "execute", code=ENDLESS, timeout_s=0.2)
    assert late.message == "TimeoutError: Execution timed out after 0.2s"
    assert session.call("evaluate", "1") == 1


def test_a_worker_that_dies_is_replaced(session: Session) -> None:
    session.execute("x = 1")
    assert failing(session, "execute", "import os; os._exit(3)").data["ename"] == "DeadKernelError"
    assert session.call("evaluate", "'x' in globals()") is False


def test_a_dead_kernel_of_others_stays(server: Served, kernel: str) -> None:
    session = Session(server, f"rpc/{kernel}")
    path = f"api/kernels/{kernel}"

    def dies_for_good() -> bool:
        failing(session, "execute", "import os; os._exit(3)")
        return bool(server.call("GET", path).json["execution_state"] == "dead")

    eventually(dies_for_good, 60, "dead")
    failed = failing(session, "evaluate", "1")
    assert (failed.code, "dead" in failed.message) == (-32003, True)
    assert server.call("GET", path).json["execution_state"] == "dead"


def test_a_task_is_asked_for_as_often_as_one_likes(session: Session) -> None:
    code = "import time\nwhile not ready: time.sleep(0.01)"
    session.execute("ready = False")
    task = session.call("submit", "execute", {"code": code})
    after = session.call("submit", method="evaluate", params=["6 * 7"])
    eventually(lambda: session.call("status", task)["state"] == "running", 30, "its turn")
    assert session.call("status", after)["state"] == "waiting"
    waiting = failing(session, "result", id=after, wait_s=0.05)
    assert (waiting.code, waiting.data) == (-32002, {"state": "waiting"})
    assert session.call("status", id=task, wait_s=0.05)["ended"] is None
    interrupted = session.server.call("POST", f"api/kernels/{session.kernel}/interrupt", b"")
    assert interrupted.status == 204
    status = session.call("status", id=task, wait_s=30)
    assert status["state"] == "failed"
    assert status["created"] <= status["started"] <= status["ended"]
    for _ in range(2):
        assert failing(session, "result", task).data["ename"] == "KeyboardInterrupt"
        assert session.call("result", id=after, wait_s=30) == 42
    assert session.call("status", after)["state"] == "done"
    assert failing(session, "result", "another").code == -32001


def test_a_task_is_cancelled(session: Session) -> None:
    session.execute("ran = []")
    first = session.call("submit", "execute", [ENDLESS])
    second = session.call("submit", "execute", ["ran.append(2)"])
    third = session.call("submit", "execute", ["ran.append(3)"])
    eventually(lambda: session.call("status", first)["state"] == "running", 30, "its turn")
    assert session.call("cancel", second)["state"] == "cancelled"
    session.call("cancel", first)
    assert session.call("status", id=first, wait_s=30)["state"] == "cancelled"
    assert session.call("status", id=third, wait_s=30)["state"] == "done"
    assert failing(session, "result", first).code == -32004
    assert failing(session, "result", second).code == -32004
    assert session.call("evaluate", "ran") == [3]
    assert session.call("cancel", third)["state"] == "done"


def test_a_task_behind_a_cell_is_cancelled_and_the_cell_is_not(session: Session) -> None:
    session.execute("ran = []")
    tab = Tab(session.server.as_server(), session.kernel)
    cell = tab.start("print('on'); name = input()")
    question = cell.question()
    task = session.call("submit", "execute", ["ran.append(1)"])
    assert session.call("cancel", task)["state"] == "waiting"
    assert not cell.of("error")
    tab.answer(question, "x")
    assert session.call("status", id=task, wait_s=30)["state"] == "cancelled"
    assert session.call("evaluate", "[name, ran]") == ["x", []]
    tab.close()


def test_a_restart_ends_what_runs_and_keeps_what_waits(session: Session) -> None:
    session.execute("x = 1")
    first = session.call("submit", "execute", [ENDLESS])
    second = session.call("submit", "evaluate", ["'x' in globals()"])
    eventually(lambda: session.call("status", first)["state"] == "running", 30, "its turn")
    restarted = session.server.call("POST", f"api/kernels/{session.kernel}/restart")
    assert restarted.status == 200
    assert session.call("status", id=first, wait_s=30)["state"] == "failed"
    assert failing(session, "result", first).code == -32000
    assert session.call("result", id=second, wait_s=30) is False


def test_a_client_that_goes_away_stops_nothing(
    session: Session, gate: Gate, tmp_path: Path
) -> None:
    connection = session.server.connection()
    mark = tmp_path / "runs"
    body = request("execute", f"open({str(mark)!r}, 'w').close()\n{gate.wait}done = True")
    headers = {
        "Content-Type": "application/json",
        "Authorization": f"token {session.server.token}",
    }
    connection.request("POST", session.server.base + session.path, json.dumps(body), headers)
    eventually(mark.exists, 30, "its begin")
    connection.close()
    gate.open()
    assert session.call("evaluate", "done") is True


def test_a_session_is_a_kernel(server: Served, kernel: str) -> None:
    default, named = Session(server), Session(server, "rpc/model-1.a_b~c")
    by_id = Session(server, f"rpc/{kernel}")
    for number, session in enumerate((default, named, by_id)):
        session.execute(f"me = {number}")
    for number, session in enumerate((default, named, by_id)):
        assert session.call("evaluate", "me") == number
    assert Session(server, "rpc/default").call("evaluate", "me") == 0
    assert Session(server, f"rpc/{named.kernel}").call("evaluate", "me") == 1
    tab = Tab(server.as_server(), named.kernel)
    assert tab.run("me += 1; me").value == "2"
    tab.close()
    assert named.call("evaluate", "me") == 2
    assert server.call("DELETE", f"api/kernels/{named.kernel}").status == 204
    assert named.call("evaluate", "'me' in globals()") is False
    assert server.call("DELETE", f"api/kernels/{named.kernel}").status == 204


def test_a_kernel_that_is_none_of_ours(server: Served) -> None:
    other = server.kernel(name="python3")
    failed = failing(Session(server, f"rpc/{other}"), "evaluate", "1")
    assert failed.code == -32003
    assert server.call("DELETE", f"api/kernels/{other}").status == 204
