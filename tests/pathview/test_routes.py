"""Statuses and bodies of PathView's routes, as its own server has them (docs/pathview.md)."""

from __future__ import annotations

import json

import pytest

from tests.pathview.client import Page
from tests.support.served import Served

MISSING = "Missing X-Session-ID header"


def test_health_needs_nothing(server: Served) -> None:
    reply = server.call("GET", "api/health", token=False)
    assert (reply.status, reply.json) == (200, {"status": "ok"})


@pytest.mark.parametrize("path", ["init", "exec", "eval", "stream/start", "stream/poll", "stream"])
def test_calls_without_a_session(server: Served, path: str) -> None:
    reply = server.call("POST", f"api/{path}", {}, Content_Type="application/json")
    assert reply.status == 400
    assert reply.json == {"type": "error", "error": MISSING}


def test_the_other_calls_without_a_session(server: Served) -> None:
    for method, path in (("POST", "stream/exec"), ("POST", "stream/stop"), ("DELETE", "session")):
        reply = server.call(method, f"api/{path}", {}, Content_Type="application/json")
        assert reply.status == 400
        assert reply.json == {"error": MISSING}


@pytest.mark.parametrize("path", ["init", "exec", "eval", "stream/start", "stream/exec", "stream"])
def test_bodies_that_are_none(page: Page, path: str) -> None:
    null = page.call(path, b"null")
    assert (null.status, null.json["error"]) == (400, "Invalid or missing JSON body")
    for body in (b"{", b""):
        assert page.call(path, body).status == 400
    assert page.call(path, b"[1]").status == 400
    assert page.call(path, {}, Content_Type="text/plain").status == 415
    assert "kernels" not in page.call("stream/poll").json


def test_nothing_but_code_makes_a_session(page: Page) -> None:
    assert page.ok("stream/poll") == {"messages": [], "done": True}
    assert page.ok("stream/stop") == {"status": "stopped"}
    reply = page.call("stream/exec", {"code": "1"})
    assert (reply.status, reply.json) == (404, {"error": "No active session"})
    reply = page.call("interrupt")
    assert (reply.status, reply.json) == (404, {"error": "No active session"})
    names = [k["name"] for k in page.server.call("GET", "api/kernels").json]
    assert f"pathview:{page.session}" not in names


def test_a_connection_goes_on(page: Page) -> None:
    """Also where a body comes that nobody asked for, after its headers."""
    connection = page.server.connection()
    headers = {"X-Session-ID": page.session, "Authorization": f"token {page.server.token}"}
    for path in ("stream/poll", "stream/stop", "interrupt", "stream/poll") * 5:
        connection.request("POST", f"/api/{path}", b"{}" * 5000, headers)
        answer = connection.getresponse()
        assert answer.read()
        assert not answer.will_close
        assert connection.sock is not None
    connection.close()


def test_init_says_what_it_does_and_only_once(page: Page) -> None:
    messages = page.init()
    assert messages[0] == {"type": "progress", "value": "Initializing Python worker..."}
    assert messages[-1] == {"type": "ready"}
    assert page.init() == []
    assert page.call("init", b"{}").json == {"type": "ready", "messages": []}
    assert page.ok("stream/poll") == {"messages": [], "done": False}
    assert page.eval("[gc.__name__, json.__name__, np.__name__]") == ["gc", "json", "numpy"]


def test_code_makes_a_session_ready(page: Page) -> None:
    assert page.exec("x = 6\nprint('a')\nimport sys; print('b', file=sys.stderr)") == {
        "stdout": "a\n",
        "stderr": "b\n",
    }
    assert page.exec("") == {}
    assert page.eval("x * 7") == 42
    assert page.eval("json.dumps(x)") == "6"
    assert page.init() == []


def test_names_of_requests(page: Page) -> None:
    assert page.call("exec", {"code": ""}).json["id"]
    for name in ("", None, 0, False):
        error = page.fails("exec", {"id": name, "code": "1"})
        assert error["error"] == "Invalid exec request: missing id or code"
    error = page.fails("eval", {"id": "i", "expr": 1})
    assert error == {
        "type": "error",
        "id": "i",
        "error": "Invalid eval request: missing id or expr",
    }
    assert page.call("exec", {"id": 7, "code": ""}).json == {"type": "ok", "id": 7}


def test_errors_of_code(page: Page) -> None:
    error = page.fails("exec", {"id": "i", "code": "print('before')\n1 / 0"})
    assert error["error"] == "division by zero"
    assert error["id"] == "i"
    assert error["stdout"] == "before\n"
    assert error["traceback"].startswith("Traceback (most recent call last):\n")
    assert error["traceback"].endswith("ZeroDivisionError: division by zero\n")
    assert "invalid syntax" in page.fails("eval", {"expr": "x ="})["error"]
    assert page.fails("eval", {"expr": "{(1, 2): 3}"})["error"].startswith("keys must be str")


def test_values_have_the_hook_of_the_page(page: Page) -> None:
    page.init()
    assert page.eval("np.arange(3)") == "[0 1 2]"
    assert str(page.eval("object()")).startswith("<object object at")
    page.exec("def _to_json(value): return value.tolist()")
    assert page.eval("{'a': np.arange(3)}") == {"a": [0, 1, 2]}


def test_a_time_limit_keeps_the_state(page: Page) -> None:
    page.exec("kept = 1")
    error = page.fails("exec", {"code": "while True: pass"})
    assert error["error"] == "Execution timed out after 3s"
    assert page.eval("kept") == 1


def test_the_end_of_a_session(page: Page) -> None:
    page.exec("gone = 1")
    kernel = page.kernel()
    assert page.call("session", method="DELETE").json == {"status": "terminated"}
    assert page.server.call("GET", f"api/kernels/{kernel}").status == 404
    assert page.eval("'gone' in globals()") is False


def test_sessions_share_nothing(server: Served, page: Page) -> None:
    other = Page(server)
    page.exec("mine = 1")
    assert other.eval("'mine' in globals()") is False
    other.call("session", method="DELETE")


def test_unknown_paths_and_methods(server: Served) -> None:
    reply = server.call("GET", "api/nothing")
    assert (reply.status, reply.json) == (404, {"error": "Not found"})
    reply = server.call("GET", "api/exec")
    assert (reply.status, reply.json) == (404, {"error": "Not found"})
    reply = server.call("DELETE", "api/exec")
    assert reply.status == 405
    assert "POST" in reply.headers["Allow"]


def test_the_page_and_its_files(server: Served) -> None:
    for path in ("", "editor", "deep/er?model=x"):
        reply = server.call("GET", path)
        assert reply.status == 200
        assert reply.headers["Content-Type"].startswith("text/html")
        assert b"<title>page" in reply.body
    script = server.call("GET", "app/main.js")
    assert (script.status, script.body) == (200, b"export {}")
    assert "javascript" in script.headers["Content-Type"]
    for path in ("link.txt", "../secret.txt", "%2e%2e/secret.txt", "app/..%2f..%2fsecret.txt"):
        assert b"not to be seen" not in server.call("GET", path).body


def test_a_notebook_attaches_to_the_session(page: Page) -> None:
    page.exec("shared = 41")
    said = page.server.call(
        "POST",
        f"api/v1/sessions/{page.kernel()}/executions",
        {"code": "shared += 1", "wait_s": 30},
    )
    assert (said.status, said.json["state"]) == (200, "ok")
    assert page.eval("shared") == 42


def test_every_route_is_described(server: Served) -> None:
    described = json.loads(server.call("GET", "api/spec").body)["paths"]
    for path, item in described.items():
        for told in item.values():
            assert not isinstance(told, dict) or told.get("summary") != "Not described", path
