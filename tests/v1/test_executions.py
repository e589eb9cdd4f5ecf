"""Executions: run once, read any number of times."""

from __future__ import annotations

import http.client
import json
import socket
from typing import Any

import httpx
import pytest

from tests.support.gates import Gate
from tests.support.served import Served, serving
from tests.support.tab import Tab
from tests.support.v1 import Session, text
from tests.support.waiting import eventually, seconds

LOOPS = "print('in', flush=True)\nimport time\nwhile True: time.sleep(600)"


def runs(session: Session, run: str) -> None:
    """Waits until it has written something."""
    eventually(lambda: session.outputs(run)["entries"], 30, "it runs")


def test_a_cell(session: Session) -> None:
    run = session.begin("print('é' * 2)\nimport sys; print('no', file=sys.stderr)\n6 * 7")
    told = session.end(run)
    assert (told["mode"], told["state"], told["execution_count"]) == ("cell", "ok", 1)
    assert told["result"]["data"] == {"text/plain": "42"}
    assert told["error"] is None
    assert told["created"] <= told["started"] <= told["ended"]
    assert session.get(run) == told, "any number of times"
    said = session.outputs(run)
    *entries, last = said["entries"]
    assert (text(entries), text(entries, "stderr")) == ("éé\n", "no\n")
    (shown,) = [entry for entry in entries if entry.get("type") == "execute_result"]
    assert shown["content"]["data"] == {"text/plain": "42"}
    assert last["exit"].items() >= {"state": "ok", "ename": None, "reason": None}.items()
    assert last["exit"]["elapsed"] >= 0
    assert told["outputs"]["count"] == len(entries)
    assert told["outputs"]["bytes"] > 0
    assert (said["next"], said["lost"]) == (last["seq"] + 1, 0)
    assert session.outputs(run, said["next"])["entries"] == []
    assert session.outputs(run, last["seq"])["entries"] == [last]


def test_exec_and_eval(session: Session) -> None:
    assert session.run("a = {'b': [1, float('nan'), 'é']}", "exec")["result"] is None
    assert session.value("a") == {"b": [1, None, "é"]}
    assert session.value("None") is None
    assert session.value("12345678901234567890123") == 12345678901234567890123
    assert session.run("a", "exec")["execution_count"] is None
    told = session.run("1 / 0", "eval")
    assert (told["state"], told["error"]["ename"]) == ("error", "ZeroDivisionError")
    assert any("1 / 0" in line for line in told["error"]["traceback"])
    assert told["result"] is None


def test_errors_of_a_cell(session: Session) -> None:
    told = session.run("raise ValueError('so')")
    assert told["state"] == "error"
    assert (told["error"]["ename"], told["error"]["evalue"]) == ("ValueError", "so")
    kinds = [entry.get("type") for entry in session.outputs(told["id"])["entries"]]
    assert kinds == ["error", None]
    dead = session.run("import os; os.kill(os.getpid(), 9)")
    assert (dead["state"], dead["error"]["ename"]) == ("error", "DeadKernelError")
    assert session.value("6 * 7") == 42


def test_cells_behind_an_error(session: Session, gate: Gate) -> None:
    failing = session.begin(gate.wait + "1 / 0", stop_on_error=True)
    behind = session.begin("ran = True")
    gate.open()
    assert session.end(failing)["state"] == "error"
    assert session.end(behind)["state"] == "aborted"
    assert session.run("ran", "eval")["state"] == "error"
    gate.close()
    goes_on = session.begin(gate.wait + "1 / 0")
    behind = session.begin("ran = True")
    gate.open()
    assert session.end(goes_on)["state"] == "error"
    assert session.end(behind)["state"] == "ok"


def test_waiting_for_the_end(session: Session) -> None:
    for named in ({"Prefer": "wait=30"}, {"prefer": "respond-async, wait=30"}):
        reply = session.call("POST", "/executions", {"code": "6 * 7", "mode": "eval"}, **named)
        assert (reply.status, reply.json["result"]) == (200, 42)
    body = {"code": "6 * 7", "mode": "eval", "wait_s": 30}
    assert session.call("POST", "/executions", body).status == 200
    short = session.call("POST", "/executions?wait_s=0.2", {"code": LOOPS})
    assert short.status == 202
    run = short.json["id"]
    runs(session, run)
    assert session.get(run, 0.2)["state"] == "running"
    behind = session.begin("1")
    assert session.get(behind)["state"] == "waiting"
    session.call("POST", f"/executions/{run}/interrupt")
    assert session.get(run, 30)["state"] == "error", "it is told when it is over"
    assert session.get(behind, 30)["state"] == "ok"
    assert session.call("POST", f"/executions/{run}/interrupt").status == 409


def test_the_same_key_runs_once(session: Session) -> None:
    session.run("n = 0", "exec")
    body = {"code": "n += 1", "mode": "exec", "wait_s": 30}
    first = session.call("POST", "/executions", body, Idempotency_Key="k")
    again = session.call("POST", "/executions", body, Idempotency_Key="k")
    assert (first.status, again.status) == (200, 200)
    assert first.json == again.json
    assert session.value("n") == 1
    other = session.call("POST", "/executions", {"code": "n = 7"}, Idempotency_Key="k")
    assert other.status == 409
    assert session.call("POST", "/executions", body, Idempotency_Key="k" * 256).status == 400
    assert session.value("n") == 1


def test_time_limits(session: Session) -> None:
    for mode in ("cell", "exec"):
        told = session.run("while True: pass", mode, timeout_s=0.5)
        assert (told["state"], told["error"]["ename"]) == ("error", "TimeoutError")
        assert "0.5s" in told["error"]["evalue"]
    assert session.run("6 * 7", timeout_s=30)["state"] == "ok"
    assert session.value("6 * 7") == 42


def test_what_waits_and_is_cancelled_never_runs(session: Session) -> None:
    session.run("ran = []", "exec")
    first = session.begin(LOOPS)
    runs(session, first)
    waiting = [session.begin(f"ran.append({mode!r})", mode) for mode in ("cell", "exec", "eval")]
    kept = session.begin("ran.append('kept')", "exec")
    for run in waiting:
        reply = session.call("POST", f"/executions/{run}/cancel")
        assert (reply.status, reply.json["state"]) == (202, "waiting")
    reply = session.call("POST", f"/executions/{first}/cancel")
    assert reply.status in (200, 202)
    told = session.end(first)
    assert (told["state"], told["error"]["ename"]) == ("cancelled", "KeyboardInterrupt")
    for run in waiting:
        assert session.end(run)["state"] == "cancelled"
        *entries, last = session.outputs(run)["entries"]
        assert (entries, last["exit"]["state"]) == ([], "cancelled")
    assert session.end(kept)["state"] == "ok"
    assert session.value("ran") == ["kept"]
    over = session.call("POST", f"/executions/{kept}/cancel")
    assert (over.status, over.json["state"]) == (200, "ok")


def test_what_waits_behind_a_notebooks_cell_is_cancelled_too(
    server: Served, session: Session
) -> None:
    page = Tab(server.as_server(), session.id)
    cell = page.send(
        "execute_request",
        "shell",
        {"code": LOOPS, "silent": False, "allow_stdin": False},
    ).until(lambda it: it.of("stream"), "it runs")
    run = session.begin("ran = 1", "exec")
    assert session.call("POST", f"/executions/{run}/cancel").status in (200, 202)
    session.call("POST", "/interrupt")
    cell.until(lambda it: it.idle, "its end")
    assert session.end(run)["state"] == "cancelled"
    page.close()


def test_input(session: Session) -> None:
    run = session.begin("name = input('who? ')\nprint('hello', name)", allow_stdin=True)
    told = session.until(run, "asking")
    assert told["input"] == {"prompt": "who? ", "password": False}
    answer = {"value": "Ada"}
    assert session.call("POST", f"/executions/{run}/stdin", answer).status == 204
    assert session.end(run)["input"] is None
    assert text(session.outputs(run)["entries"]) == "hello Ada\n"
    assert session.call("POST", f"/executions/{run}/stdin", answer).status == 409
    secret = session.begin("import getpass; p = getpass.getpass()", "exec", allow_stdin=True)
    assert session.until(secret, "asking")["input"]["password"]
    session.call("POST", f"/executions/{secret}/stdin", {"value": "s"})
    assert session.end(secret)["state"] == "ok"
    unanswered = session.run("input()")
    assert unanswered["error"]["ename"] == "StdinNotImplementedError"


def test_a_client_that_leaves_changes_nothing_unless_it_says_so(
    session: Session, gate: Gate
) -> None:
    for query, state in (("&cancel_on_disconnect=1", "cancelled"), ("", "ok")):
        connection = post(session, f"/executions?wait_s=30{query}", "print(1)\n" + gate.wait)
        run = newest(session)
        runs(session, run)
        assert connection.sock
        connection.sock.shutdown(socket.SHUT_RDWR)
        connection.close()
        if state == "ok":
            gate.open()
        assert session.end(run)["state"] == state


def post(session: Session, path: str, code: str) -> http.client.HTTPConnection:
    """Sends a call and does not wait for its answer."""
    connection = session.server.connection()
    headers = {"Authorization": f"token {session.server.token}"}
    url = session.server.base + session.path(path)
    connection.request("POST", url, json.dumps({"code": code}), headers)
    return connection


def newest(session: Session) -> str:
    """The id of the last execution, once it runs."""

    def running() -> Any:
        told = session.call("GET", "/executions").json
        return told[-1]["id"] if told and told[-1]["state"] == "running" else None

    return str(eventually(running, 30, "it runs"))


def test_the_list(session: Session) -> None:
    ids = [session.begin(f"{i}") for i in range(3)]
    for run in ids:
        session.end(run)
    told = session.call("GET", "/executions").json
    assert [entry["id"] for entry in told] == ids
    assert not any("result" in entry or "code" in entry for entry in told)
    assert session.call("GET").json["executions"] == 3
    assert session.call("GET", "/executions/none").status == 404


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"code": 7},
        {"code": "1", "mode": "run"},
        {"code": "1", "timeout_s": 0},
        {"code": "1", "timeout_s": "1"},
        {"code": "1", "wait_s": -1},
        {"code": "1", "allow_stdin": "yes"},
        {"code": "1", "timeout": 1},
        [],
        b"{",
        b"",
    ],
)
def test_nonsense(shared: Session, body: object) -> None:
    before = shared.call("GET", "/executions").json
    reply = shared.call("POST", "/executions", body)
    assert reply.status == 400
    assert reply.error()
    assert shared.call("GET", "/executions").json == before


def test_tracebacks_that_are_not_shown(root: Any) -> None:
    with serving(f"--root-dir={root}", "--no-allow-tracebacks") as server:
        session = Session.start(server)
        for mode in ("cell", "exec", "eval"):
            told = session.run("int('secret')", mode)
            said = json.dumps([told, session.outputs(told["id"])])
            assert told["error"]["ename"] == "ExecutionError"
            assert "secret" not in said
        started = session.call("POST", "/streams", {"expr": "int('secret')"})
        stream = started.json["id"]
        told = session.end(stream)
        assert told["error"]["ename"] == "ExecutionError"
        kept = server.call("GET", f"api/kernels/{session.id}/log").json["entries"]
        kept = [entry for entry in kept if entry["msg_type"] != "execute_input"]
        assert "penstock_stream_error" in {entry["msg_type"] for entry in kept}
        assert "secret" not in json.dumps([told, session.outputs(stream), kept])


def test_messages_that_clients_may_not_send(root: Any) -> None:
    allowed = "--allowed-message-types=execute_request,complete_request"
    with serving(f"--root-dir={root}", allowed) as server:
        session = Session.start(server)
        assert session.run("6 * 7")["state"] == "ok"
        asking = session.begin("input()", allow_stdin=True)
        session.until(asking, "asking")
        calls: list[tuple[str, str, object]] = [
            ("POST", "/executions", {"code": "1", "mode": "exec"}),
            ("POST", "/executions", {"code": "1", "mode": "eval"}),
            ("POST", "/streams", {"expr": "1"}),
            ("POST", f"/executions/{asking}/stdin", {"value": "x"}),
            ("POST", "/inspect", {"code": "print"}),
            ("GET", "/variables", None),
            ("GET", "/variables/a", None),
        ]
        before = len(session.call("GET", "/executions").json)
        for method, path, body in calls:
            reply = session.call(method, path, body)
            assert (reply.status, "--allowed-message-types" in reply.error()) == (403, True), path
        assert len(session.call("GET", "/executions").json) == before
        assert session.call("POST", f"/executions/{asking}/cancel").status in (200, 202)
        assert session.end(asking)["state"] == "cancelled"
        assert "print" in session.call("POST", "/complete", {"code": "prin"}).json["matches"]


def test_other_kernels_run_cells(server: Served) -> None:
    session = Session.start(server, name="python3")
    told = session.run("print('there'); 6 * 7")
    assert told["result"]["data"] == {"text/plain": "42"}
    for mode in ("exec", "eval"):
        reply = session.call("POST", "/executions", {"code": "1", "mode": mode})
        assert (reply.status, "Penstock" in reply.error()) == (400, True)
    stubborn = "import time\ntry:\n    print('in', flush=True)\n    time.sleep(600)\n"
    stubborn += "except KeyboardInterrupt:\n    time.sleep(600)"
    first = session.begin(stubborn)
    runs(session, first)
    behind = session.begin("import time; time.sleep(600)")
    assert session.call("POST", f"/executions/{behind}/cancel").status in (200, 202)
    assert session.call("POST", f"/executions/{first}/cancel").status in (200, 202)
    assert session.end(first)["state"] == "cancelled"
    assert session.end(behind)["state"] == "cancelled"
    assert (
        server.call("POST", "api/v1/sessions", {"name": "python3", "limits": {"cpu_s": 9}}).status
        == 400
    )
    session.delete()


def test_many_at_once(session: Session) -> None:
    session.run("seen = []", "exec")
    headers = {"Authorization": f"token {session.server.token}"}
    with httpx.Client(base_url=session.server.url, headers=headers, timeout=seconds(60)) as client:
        ids = [
            client.post(
                session.path("/executions"), json={"code": f"seen.append({i})", "mode": "exec"}
            ).json()["id"]
            for i in range(100)
        ]
        last = client.get(session.path(f"/executions/{ids[-1]}"), params={"wait_s": 30}).json()
    assert last["state"] == "ok"
    assert session.value("seen") == list(range(100))
