"""/api/sessions: which document has which kernel."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.support.served import Served

KERNEL_FIELDS = {"id", "name", "last_activity", "execution_state", "connections"}


@pytest.fixture
def path() -> str:
    """A document's path that no other test uses."""
    return f"folder/{uuid.uuid4().hex}.ipynb"


@pytest.fixture
def session(server: Served, path: str) -> Iterator[dict[str, Any]]:
    """A notebook's session with a kernel of its own."""
    reply = server.call("POST", "api/sessions", {"path": path, "name": "n", "type": "notebook"})
    assert reply.status == 201
    yield reply.json
    assert server.call("DELETE", f"api/sessions/{reply.json['id']}").status in (204, 404)


def test_a_session_and_its_address(server: Served, path: str, session: dict[str, Any]) -> None:
    assert session["path"] == path
    assert (session["name"], session["type"]) == ("n", "notebook")
    assert session["notebook"] == {"path": path, "name": "n"}
    assert set(session["kernel"]) == KERNEL_FIELDS
    found = server.call("GET", f"api/sessions/{session['id']}").json
    assert (found["id"], found["kernel"]["id"]) == (session["id"], session["kernel"]["id"])
    assert session["id"] in [one["id"] for one in server.call("GET", "api/sessions").json]


def test_a_document_keeps_its_session(server: Served, path: str, session: dict[str, Any]) -> None:
    again = server.call("POST", "api/sessions", {"path": path, "type": "notebook"})
    assert again.status == 201
    assert again.headers["Location"] == f"/api/sessions/{session['id']}"
    assert again.json["kernel"]["id"] == session["kernel"]["id"]


def test_quick_clients_get_one_kernel(server: Served, path: str) -> None:
    before = len(server.call("GET", "api/kernels").json)
    wanted = {"path": path, "type": "notebook"}
    with ThreadPoolExecutor(6) as pool:
        calls = [pool.submit(server.call, "POST", "api/sessions", wanted) for _ in range(6)]
        models = [call.result().json for call in calls]
    assert len({model["id"] for model in models}) == 1
    assert len({model["kernel"]["id"] for model in models}) == 1
    assert len(server.call("GET", "api/kernels").json) == before + 1
    assert server.call("DELETE", f"api/sessions/{models[0]['id']}").status == 204


def test_the_old_form(server: Served, path: str) -> None:
    reply = server.call("POST", "api/sessions", {"notebook": {"path": path, "name": "old"}})
    assert reply.status == 201
    model = reply.json
    assert (model["path"], model["name"], model["type"]) == (path, "old", "notebook")
    assert server.call("DELETE", f"api/sessions/{model['id']}").status == 204


def test_a_console_has_no_notebook(server: Served, path: str) -> None:
    model = server.call("POST", "api/sessions", {"path": path, "type": "console"}).json
    assert "notebook" not in model
    assert model["name"] == ""
    assert server.call("DELETE", f"api/sessions/{model['id']}").status == 204


def test_with_a_kernel_that_runs(server: Served, path: str) -> None:
    kernel = server.kernel()
    wanted = {"path": path, "type": "notebook", "kernel": {"id": kernel}}
    session = server.call("POST", "api/sessions", wanted).json
    assert session["kernel"]["id"] == kernel
    assert server.call("DELETE", f"api/sessions/{session['id']}").status == 204
    assert server.call("GET", f"api/kernels/{kernel}").status == 404


def test_a_path_has_one_session_whatever_its_type(
    server: Served, path: str, session: dict[str, Any]
) -> None:
    again = server.call("POST", "api/sessions", {"path": session["path"], "type": "console"})
    assert again.status == 201
    assert again.json["id"] == session["id"]
    assert again.json["type"] == session["type"]


def test_a_change_without_a_body_is_none(server: Served, session: dict[str, Any]) -> None:
    reply = server.call("PATCH", f"api/sessions/{session['id']}")
    assert reply.status == 400
    assert reply.error() == "No JSON data provided"
    assert server.call("PATCH", f"api/sessions/{session['id']}", {}).json["path"] == session["path"]


def test_a_session_goes_with_its_kernel(server: Served, session: dict[str, Any]) -> None:
    assert server.call("DELETE", f"api/kernels/{session['kernel']['id']}").status == 204
    address = f"api/sessions/{session['id']}"
    assert server.call("GET", address).status == 404
    assert server.call("DELETE", address).status == 404
    assert session["id"] not in [one["id"] for one in server.call("GET", "api/sessions").json]


def test_a_document_is_renamed(server: Served, path: str, session: dict[str, Any]) -> None:
    address = f"api/sessions/{session['id']}"
    changed = server.call("PATCH", address, {"path": "new.ipynb", "name": "m", "type": "file"})
    assert changed.status == 200
    model = changed.json
    assert (model["path"], model["name"], model["type"]) == ("new.ipynb", "m", "file")
    assert model["kernel"]["id"] == session["kernel"]["id"]
    # The kernel that it has is no other kernel.
    same = {"kernel": {"id": session["kernel"]["id"], "name": "penstock"}}
    assert server.call("PATCH", address, same).json["kernel"]["id"] == session["kernel"]["id"]


@pytest.mark.parametrize("by", ["name", "id"])
def test_another_kernel(server: Served, session: dict[str, Any], by: str) -> None:
    old = session["kernel"]["id"]
    wanted = "penstock" if by == "name" else server.kernel()
    changed = server.call("PATCH", f"api/sessions/{session['id']}", {"kernel": {by: wanted}})
    assert changed.status == 200
    assert changed.json["kernel"][by] == wanted
    assert changed.json["kernel"]["id"] != old
    assert server.call("GET", f"api/kernels/{old}").status == 404


def test_a_kernel_of_two_sessions_stays_for_the_other(
    server: Served, path: str, session: dict[str, Any]
) -> None:
    shared = session["kernel"]["id"]
    wanted = {"path": "other" + path, "type": "notebook", "kernel": {"id": shared}}
    other = server.call("POST", "api/sessions", wanted).json
    changed = server.call("PATCH", f"api/sessions/{other['id']}", {"kernel": {"name": "penstock"}})
    assert changed.json["kernel"]["id"] != shared
    assert server.call("GET", f"api/kernels/{shared}").status == 200
    assert server.call("DELETE", f"api/sessions/{other['id']}").status == 204


@pytest.mark.parametrize(
    ("body", "status", "named"),
    [
        (b"{", 400, "JSON"),
        (b"[]", 400, "JSON"),
        (b"\xff", 400, "JSON"),
        ({}, 400, "path"),
        ({"path": "x"}, 400, "type"),
        ({"path": "x", "type": "notebook", "kernel": {"id": "a-b-c-d-e"}}, 404, "a-b-c-d-e"),
        ({"path": "x", "type": "notebook", "kernel": {"kernel_id": "x"}}, 400, "kernel_id"),
    ],
)
def test_what_is_wrong_is_told(server: Served, body: object, status: int, named: str) -> None:
    reply = server.call("POST", "api/sessions", body)
    assert reply.status == status
    assert named in reply.error()


def test_a_kernel_that_is_not_there(server: Served, session: dict[str, Any]) -> None:
    address = f"api/sessions/{session['id']}"
    reply = server.call("PATCH", address, {"kernel": {"id": "a-b-c-d-e"}})
    assert reply.status == 400  # 404 is for a session that is not there
    assert "a-b-c-d-e" in reply.error()
    assert server.call("GET", address).json["kernel"]["id"] == session["kernel"]["id"]


def test_a_kernelspec_that_is_not_there(server: Served, path: str, session: dict[str, Any]) -> None:
    kernel = {"kernel": {"name": "nobody"}}
    wanted = {"path": "x" + path, "type": "notebook", **kernel}
    for reply in (
        server.call("POST", "api/sessions", wanted),
        server.call("PATCH", f"api/sessions/{session['id']}", kernel),
    ):
        assert reply.status == 501
        assert "'nobody'" in reply.error()
        assert reply.json["short_message"]
    assert server.call("GET", f"api/kernels/{session['kernel']['id']}").status == 200


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_a_session_that_is_not_there(server: Served, method: str) -> None:
    reply = server.call(method, "api/sessions/nobody", {} if method == "PATCH" else None)
    assert reply.status == 404
    assert "nobody" in reply.error()
