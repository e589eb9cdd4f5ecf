"""Sessions: made, listed, ended; the same as kernels."""

from __future__ import annotations

import socket
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.support.served import Reply, Served, serving
from tests.support.tab import Tab
from tests.support.v1 import Session
from tests.v1.test_executions import runs


def test_a_session_is_a_kernel_and_the_reverse(server: Served, session: Session) -> None:
    kernels = {kernel["id"] for kernel in server.call("GET", "api/kernels").json}
    assert session.id in kernels
    other = server.kernel()
    listed = {told["id"]: told for told in server.call("GET", "api/v1/sessions").json}
    assert {session.id, other} <= set(listed)
    assert Session(server, other).run("6 * 7")["result"]["data"]["text/plain"] == "42"
    assert server.call("DELETE", f"api/kernels/{session.id}").status == 204
    assert session.call("GET").status == 404
    Session(server, other).delete()
    assert server.call("GET", f"api/kernels/{other}").status == 404


def test_a_notebook_beside_it_has_the_same_names(server: Served, session: Session) -> None:
    session.run("shared = 41", "exec")
    page = Tab(server.as_server(), session.id)
    assert page.run("shared + 1").value == "42"
    page.run("shared = 'of the page'")
    page.close()
    assert session.value("shared") == "of the page"


def test_it_has_the_id_that_its_client_names(server: Served) -> None:
    wanted = str(uuid.uuid4())
    session = Session.start(server, id=wanted)
    assert session.id == wanted
    assert server.call("POST", "api/v1/sessions", {"id": wanted}).status == 409
    session.delete()


def test_it_is_started_once_for_a_key(server: Served) -> None:
    key = f"key {uuid.uuid4()}"
    order = {"limits": {"memory": "1G"}}
    with ThreadPoolExecutor(4) as threads:
        replies = list(threads.map(lambda _: create(server, order, key), range(4)))
    (session,) = {reply.json["id"] for reply in replies}
    assert {reply.status for reply in replies} == {201}
    assert create(server, {"limits": {"memory": "2G"}}, key).status == 409
    assert create(server, order, "x" * 256).status == 400
    assert create(server, {"name": "no such"}, f"{key} 2").status == 400
    Session(server, session).delete()
    again = create(server, order, key).json["id"]
    assert again != session
    Session(server, again).delete()


def test_one_whose_client_left_stays_if_it_has_a_key(server: Served) -> None:
    known = {told["id"] for told in server.call("GET", "api/v1/sessions").json}
    key = f"left {uuid.uuid4()}"
    address = urlsplit(server.url)
    with socket.create_connection((address.hostname or "", address.port or 0)) as leaving:
        leaving.sendall(
            f"POST {address.path}api/v1/sessions HTTP/1.1\r\nHost: {address.netloc}\r\n"
            f"Authorization: token {server.token}\r\nIdempotency-Key: {key}\r\n"
            "Content-Length: 2\r\n\r\n{}".encode()
        )
    again = create(server, {}, key).json["id"]
    now = {told["id"] for told in server.call("GET", "api/v1/sessions").json}
    assert now - known == {again}
    assert Session(server, again).value("6 * 7") == 42
    Session(server, again).delete()


def create(server: Served, order: object, key: str) -> Reply:
    """Asks for a session."""
    return server.call("POST", "api/v1/sessions", order, Idempotency_Key=key)


def test_where_it_is_and_what_it_has(root: Path) -> None:
    (root / "below").mkdir(exist_ok=True)
    with serving(f"--root-dir={root}", "--allow-env=PLAIN") as server:
        order = {
            "cwd": "below",
            "env": {"PLAIN": "as told", "KERNEL_OWN": "too"},
            "limits": {"memory": "1G", "cpu_s": 77},
        }
        session = Session.start(server, **order)
        told = session.call("GET").json
        assert told["cwd"] == str(root / "below")
        assert told["limits"] == {"memory": 1 << 30, "cpu_s": 77}
        assert (told["name"], told["reason"]) == ("penstock", None)
        session.run("import os, resource", "exec")
        assert session.value("os.getcwd()") == str((root / "below").resolve())
        assert session.value("os.environ['PLAIN'] + os.environ['KERNEL_OWN']") == "as toldtoo"
        assert session.value("resource.getrlimit(resource.RLIMIT_CPU)") == [77, 77]
        assert session.value("os.getpid()") == session.call("GET").json["pid"]


@pytest.mark.parametrize(
    ("order", "word"),
    [
        ({"cwd": ".."}, "cwd"),
        ({"cwd": "/"}, "cwd"),
        ({"cwd": "nowhere"}, "cwd"),
        ({"cwd": 7}, "cwd"),
        ({"env": {"LD_PRELOAD": "x"}}, "--allow-env"),
        ({"env": []}, "env"),
        ({"env": {"KERNEL_WORKING_DIR": "/"}}, "cwd"),
        ({"limits": {"memory": "much"}}, "memory"),
        ({"limits": {"memory": -1}}, "memory"),
        ({"limits": {"memory": 1000}}, "16M"),
        ({"limits": {"memory": "16777216T"}}, "memory"),
        ({"limits": {"memory": "8388608T"}}, "memory"),
        ({"limits": {"cpu_s": "1"}}, "cpu_s"),
        ({"limits": {"disk": 1}}, "disk"),
        ({"memory": "1G"}, "memory"),
        ({"environment": "x", "name": "y"}, "environment"),
        ({"id": "one"}, "kernel_id"),
        ({"name": "none such"}, "none such"),
    ],
)
def test_what_cannot_be_had_is_refused(server: Served, order: object, word: str) -> None:
    before = len(server.call("GET", "api/v1/sessions").json)
    reply = server.call("POST", "api/v1/sessions", order)
    assert reply.status == 400, reply
    assert word in reply.error()
    assert len(server.call("GET", "api/v1/sessions").json) == before


def test_a_forced_kernel_is_of_no_other_environment(root: Path) -> None:
    with serving(f"--root-dir={root}", "--force-kernel-name=penstock") as server:
        reply = server.call("POST", "api/v1/sessions", {"environment": "x"})
        assert (reply.status, "--force-kernel-name" in reply.error()) == (400, True)


def test_a_memory_limit_holds(server: Served) -> None:
    session = Session.start(server, limits={"memory": "200M"})
    said = session.run("huge = bytearray(10**9)", "exec")
    assert said["state"] == "error", said
    assert said["error"]["ename"] in ("DeadKernelError", "MemoryError")
    session.delete()


def test_a_restart_forgets_what_it_knew(session: Session) -> None:
    session.run("known = 1", "exec")
    before = session.call("GET").json["pid"]
    earlier = session.begin("1 + 1")
    session.end(earlier)
    reply = session.call("POST", "/restart")
    assert reply.status == 200
    assert reply.json["id"] == session.id
    assert session.run("known", "eval")["error"]["ename"] == "NameError"
    assert session.call("GET").json["pid"] != before
    assert session.get(earlier)["result"]["data"]["text/plain"] == "2", "is still there"


def test_an_interrupt(session: Session) -> None:
    for mode in ("cell", "exec"):
        run = session.begin(
            "print('in', flush=True)\nimport time\nwhile True: time.sleep(600)", mode
        )
        runs(session, run)
        assert session.call("POST", "/interrupt").status == 204
        assert session.end(run)["error"]["ename"] == "KeyboardInterrupt"
    assert session.value("6 * 7") == 42


def test_a_session_that_is_not_there(server: Served) -> None:
    gone = Session(server, str(uuid.uuid4()))
    for method, path in (
        ("GET", ""),
        ("DELETE", ""),
        ("POST", "/restart"),
        ("POST", "/interrupt"),
        ("GET", "/executions"),
        ("POST", "/executions"),
        ("GET", "/executions/x/outputs"),
    ):
        assert gone.call(method, path, {"code": "1"}).status == 404


def test_who_has_no_token_gets_nothing(server: Served, shared: Session) -> None:
    for path in ("", "/executions"):
        assert server.call("GET", shared.path(path), token=False).status == 403
    assert server.call("POST", "api/v1/sessions", {}, token=False).status == 403


def test_results_outlive_the_server(root: Path, tmp_path: Path) -> None:
    options = (f"--root-dir={root}", "--leave-sessions", f"--socket={tmp_path / 's'}")
    with serving(*options) as first:
        session = Session.start(first)
        done = session.begin("print('kept'); 6 * 7")
        assert session.end(done)["state"] == "ok"
        runs = session.begin("import time; time.sleep(2); print('later')", "exec")
        code, _ = first.end()
        assert code == 0
        with serving(*options[:1], options[2], runtime=first.runtime) as second:
            again = Session(second, session.id)
            assert again.get(done)["result"]["data"]["text/plain"] == "42"
            assert again.outputs(done)["entries"][0]["text"] == "kept\n"
            assert again.end(runs)["state"] == "ok"
            assert "later\n" in [e.get("text") for e in again.outputs(runs)["entries"]]
