"""/api/kernels: start, look, interrupt, restart, delete."""

from __future__ import annotations

import re
import socket
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest

from tests.support import processes
from tests.support.served import Served, serving
from tests.support.tab import Tab
from tests.support.waiting import eventually, seconds

PID = "__import__('os').getpid()"
BUSY = "print('busy', flush=True)\nwhile True: pass"
SEGFAULT = "import ctypes; ctypes.string_at(0)"
FIELDS = {"id", "name", "last_activity", "execution_state", "connections"}
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{1,6}Z")


def idle(server: Served, kernel: str) -> None:
    """Waits until the server says that the kernel has nothing to do."""
    eventually(
        lambda: server.call("GET", f"api/kernels/{kernel}").json["execution_state"] == "idle",
        30,
        "the kernel is idle",
    )


@pytest.mark.parametrize("body", [None, b"", {}, {"name": None}, {"name": "penstock"}])
def test_a_start_tells_the_kernel_and_its_address(server: Served, body: object) -> None:
    reply = server.call("POST", "api/kernels", body)
    assert reply.status == 201
    model = reply.json
    assert set(model) == FIELDS
    assert model["name"] == "penstock"
    assert model["connections"] == 0
    assert model["execution_state"] in ("starting", "idle")
    assert reply.headers["Location"] == f"/api/kernels/{model['id']}"
    assert server.call("GET", reply.headers["Location"], whole=True).json["id"] == model["id"]
    assert server.call("DELETE", f"api/kernels/{model['id']}").status == 204


def test_times_are_as_clients_read_them(server: Served, kernel: str) -> None:
    for path in ("api/kernels", "api/status"):
        said = server.call("GET", path).json
        for time in re.findall(r"'(?:last_activity|started)': '([^']*)'", str(said)):
            assert TIME.fullmatch(time)
            datetime.strptime(time, "%Y-%m-%dT%H:%M:%S.%fZ")  # noqa: DTZ007


def test_a_kernel_is_listed_until_it_is_deleted(server: Served) -> None:
    first, second = server.kernel(), server.kernel()
    listed = [model["id"] for model in server.call("GET", "api/kernels").json]
    assert listed.index(first) < listed.index(second)
    reply = server.call("DELETE", f"api/kernels/{first}")
    assert (reply.status, reply.body) == (204, b"")
    after = [model["id"] for model in server.call("GET", "api/kernels").json]
    assert first not in after
    assert second in after
    assert server.call("DELETE", f"api/kernels/{second}").status == 204


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", ""),
        ("DELETE", ""),
        ("POST", "/interrupt"),
        ("POST", "/restart"),
    ],
)
def test_what_is_not_there_is_named(server: Served, method: str, path: str) -> None:
    missing = str(uuid.uuid4())
    reply = server.call(method, f"api/kernels/{missing}{path}")
    assert reply.status == 404
    assert missing in reply.error()


def test_the_state_follows_what_the_kernel_does(server: Served, kernel: str) -> None:
    tab = Tab(server.as_server(), kernel)
    cell = tab.start(BUSY).until_text("busy")
    model = server.call("GET", f"api/kernels/{kernel}").json
    assert (model["execution_state"], model["connections"]) == ("busy", 1)
    reply = server.call("POST", f"api/kernels/{kernel}/interrupt", b"")
    assert (reply.status, reply.body) == (204, b"")
    cell.finish()
    assert cell.reply
    assert cell.reply["ename"] == "KeyboardInterrupt"
    idle(server, kernel)
    tab.close()
    eventually(
        lambda: server.call("GET", f"api/kernels/{kernel}").json["connections"] == 0,
        10,
        "the connection is not counted any more",
    )


@pytest.mark.parametrize("code", ["print('busy', flush=True)", BUSY], ids=["idle", "busy"])
def test_restart(server: Served, kernel: str, code: str) -> None:
    tab = Tab(server.as_server(), kernel)
    before = int(tab.value(PID))
    tab.start(code).until_text("busy")
    reply = server.call("POST", f"api/kernels/{kernel}/restart", {})
    assert reply.status == 200
    assert set(reply.json) == FIELDS
    assert reply.json["id"] == kernel
    assert not processes.alive(before)
    assert int(Tab(server.as_server(), kernel).value(PID)) != before


def test_delete_ends_a_busy_kernel_and_its_children(server: Served) -> None:
    kernel = server.kernel()
    tab = Tab(server.as_server(), kernel)
    worker = int(tab.value(PID))
    child = int(tab.value("__import__('subprocess').Popen(['sleep', '600']).pid"))
    tab.start(BUSY).until_text("busy")
    assert server.call("DELETE", f"api/kernels/{kernel}").status == 204
    assert not processes.alive(worker)
    eventually(lambda: not processes.alive(child), 10, "the child has ended")


@pytest.mark.parametrize("action", ["interrupt", "restart", "delete"])
def test_a_kernel_that_just_died(server: Served, kernel: str, action: str) -> None:
    tab = Tab(server.as_server(), kernel)
    before = int(tab.value(PID))
    tab.start(SEGFAULT)
    eventually(lambda: not processes.alive(before), 20, "it died")
    path = f"api/kernels/{kernel}"
    if action == "delete":
        assert server.call("DELETE", path).status == 204
        assert server.call("GET", path).status == 404
        return
    assert (
        server.call("POST", f"{path}/{action}").status == {"interrupt": 204, "restart": 200}[action]
    )
    idle(server, kernel)
    assert Tab(server.as_server(), kernel).value("6 * 7") == "42"


def test_restarts_and_deletes_at_the_same_time(server: Served) -> None:
    kernel = server.kernel()
    worker = int(Tab(server.as_server(), kernel).value(PID))
    path = f"api/kernels/{kernel}"
    with ThreadPoolExecutor(8) as pool:
        calls = [pool.submit(server.call, "POST", f"{path}/restart") for _ in range(4)]
        calls += [pool.submit(server.call, "DELETE", path) for _ in range(2)]
        statuses = [call.result().status for call in calls]
    assert set(statuses[:4]) <= {200, 404, 500}
    assert set(statuses[4:]) <= {204, 404}
    assert 204 in statuses[4:]
    assert server.call("GET", path).status == 404
    assert not processes.alive(worker)


def test_an_id_of_the_clients_choice(server: Served) -> None:
    wanted = str(uuid.uuid4())
    assert server.kernel(kernel_id=wanted) == wanted
    again = server.call("POST", "api/kernels", {"kernel_id": wanted})
    assert again.status == 409
    assert wanted in again.error()
    assert server.call("DELETE", f"api/kernels/{wanted}").status == 204
    other = str(uuid.uuid4())
    assert server.kernel(env={"KERNEL_ID": other}) == other
    assert server.call("DELETE", f"api/kernels/{other}").status == 204


@pytest.mark.parametrize("wanted", ["x", "../../../x", "a-b-c-d", "a-b-c-d-e/f", ""])
def test_an_id_that_is_none(server: Served, wanted: str) -> None:
    reply = server.call("POST", "api/kernels", {"kernel_id": wanted})
    assert reply.status == 400
    assert "kernel_id" in reply.error()


def test_a_kernelspec_that_is_not_there(server: Served) -> None:
    before = server.call("GET", "api/kernels").json
    reply = server.call("POST", "api/kernels", {"name": "nobody has it"})
    assert reply.status == 500
    assert "nobody has it" in reply.error()
    assert b"NoSuchKernel" in reply.body
    assert reply.json["traceback"] == "", "as jupyter_server: clients show it"
    assert len(server.call("GET", "api/kernels").json) == len(before)


def test_a_storm_of_starts_keeps_the_limit(root: object) -> None:
    with serving("--max-kernels=2") as server, ThreadPoolExecutor(12) as pool:
        calls = [pool.submit(server.call, "POST", "api/kernels") for _ in range(12)]
        replies = [call.result() for call in calls]
        statuses = sorted(reply.status for reply in replies)
        assert statuses == [201] * 2 + [403] * 10
        assert all("Resource Limit" in reply.error() for reply in replies if reply.status == 403)
        first, second = (model["id"] for model in server.call("GET", "api/kernels").json)
        assert server.call("DELETE", f"api/kernels/{first}").status == 204
        bad = server.call("POST", "api/kernels", {"name": "nobody has it"})
        assert bad.status == 500
        third = server.kernel()  # what failed does not count
        assert server.call("POST", "api/kernels").status == 403
        for kernel in (second, third):
            assert server.call("DELETE", f"api/kernels/{kernel}").status == 204


def test_a_client_that_leaves_during_the_start_leaves_no_process(server: Served) -> None:
    wanted = str(uuid.uuid4())
    body = f'{{"kernel_id": "{wanted}"}}'
    call = (
        f"POST {server.base}api/kernels HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        f"Authorization: token {server.token}\r\nContent-Length: {len(body)}\r\n\r\n{body}"
    )
    with socket.create_connection(("127.0.0.1", server.port), seconds(60)) as tcp:
        # The call and its client's leave in one packet.
        tcp.setsockopt(socket.IPPROTO_TCP, socket.TCP_CORK, 1)
        tcp.sendall(call.encode())
    # It comes up all the same, and ends again: its log stays.
    log = f"api/kernels/{wanted}/log"
    eventually(lambda: server.call("GET", log).status == 200, 20, "it has said something")
    eventually(lambda: server.call("GET", f"api/kernels/{wanted}").status == 404, 20, "its end")


@pytest.mark.parametrize("together", [True, False])
def test_the_next_request_of_a_client_may_come_early(server: Served, together: bool) -> None:
    head = f"Host: 127.0.0.1\r\nAuthorization: token {server.token}\r\nContent-Length: "
    first = f"POST {server.base}api/kernels HTTP/1.1\r\n{head}2\r\n\r\n{{}}".encode()
    last = f"GET {server.base}api HTTP/1.1\r\n{head}0\r\nConnection: close\r\n\r\n".encode()
    with socket.create_connection(("127.0.0.1", server.port), seconds(60)) as tcp:
        for data in [first + last] if together else [first, last]:
            tcp.sendall(data)
        said = b"".join(iter(lambda: tcp.recv(1 << 16), b""))
    assert said.startswith(b"HTTP/1.1 201 ")
    assert said.count(b"HTTP/1.1 200 ") == 1
    assert b'{"version":' in said
    found = re.search(rb'"id":"([^"]+)"', said)
    assert found
    assert server.call("DELETE", f"api/kernels/{found[1].decode()}").status == 204
