"""/api/kernelspecs, their resources, and what the server tells of itself."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest

from tests.support.served import Served


def test_all_kernelspecs(server: Served) -> None:
    said = server.call("GET", "api/kernelspecs?user=somebody").json
    assert set(said) == {"default", "kernelspecs"}
    assert said["default"] == "penstock"
    assert set(said["kernelspecs"]) >= {"penstock", "penstock-argv", "python3"}
    for name, model in said["kernelspecs"].items():
        assert model["name"] == name
        assert {"argv", "display_name", "language", "env"} <= set(model["spec"])


def test_one_kernelspec(server: Served) -> None:
    every = server.call("GET", "api/kernelspecs").json["kernelspecs"]
    for name in every:
        assert server.call("GET", f"api/kernelspecs/{name}").json == every[name]
    assert server.call("GET", "api/kernelspecs/%70enstock").json == every["penstock"]
    missing = server.call("GET", "api/kernelspecs/nobody")
    assert missing.status == 404
    assert "nobody" in missing.error()


def test_logos_come_with_what_caches_need(server: Served) -> None:
    resources = server.call("GET", "api/kernelspecs/penstock").json["resources"]
    assert resources
    for path in resources.values():
        assert path.startswith("/kernelspecs/penstock/")
        reply = server.call("GET", path, whole=True)
        assert reply.status == 200
        assert reply.headers["Content-Type"].startswith("image/")
        if path.endswith(".png"):
            assert reply.headers["Cache-Control"] == "max-age=2592000"
        head = server.call("HEAD", path, whole=True)
        assert (head.status, head.body) == (200, b"")
        assert head.headers["Content-Length"] == str(len(reply.body))
        known = server.call("GET", path, whole=True, If_None_Match=reply.headers["ETag"])
        assert (known.status, known.body) == (304, b"")


@pytest.mark.parametrize(
    "path",
    [
        "nobody.png",
        "../python3/kernel.json",
        "..%2fpython3%2fkernel.json",
        "%2e%2e/%2e%2e/jupyter/kernels/python3/kernel.json",
        "/etc/passwd",
        "%2fetc%2fpasswd",
        "..%5cpython3",
        "",
    ],
)
def test_nothing_outside_of_the_folder_is_served(server: Served, path: str) -> None:
    reply = server.call("GET", f"kernelspecs/penstock/{path}")
    assert reply.status in (400, 404)
    assert b"ipykernel" not in reply.body
    assert b"root:" not in reply.body


def test_status_counts(server: Served, kernel: str) -> None:
    before = server.call("GET", "api/status").json
    assert set(before) == {"started", "last_activity", "kernels", "connections"}
    other = server.kernel()
    assert server.call("GET", "api/status").json["kernels"] == before["kernels"] + 1
    assert server.call("DELETE", f"api/kernels/{other}").status == 204
    assert server.call("GET", "api/status").json["kernels"] == before["kernels"]


def test_the_last_activity_is_that_of_calls_and_of_kernels_that_are_gone(server: Served) -> None:
    def last() -> str:
        return str(server.call("GET", "api/status").json["last_activity"])

    before = last()
    for path in ("api/status", "api/kernels?no_track_activity=1", "api", "healthz"):
        assert server.call("GET", path).status == 200
        assert server.call("GET", path, token=False).status in (200, 403)
    assert last() == before
    assert server.call("GET", "api/kernels").status == 200
    called = last()
    assert called > before
    address = f"api/kernels/{server.kernel()}?no_track_activity=1"
    assert server.call("DELETE", address).status == 204
    assert last() > called


def test_what_is_allowed(server: Served) -> None:
    asked = {"contents": ["read", "write"], "kernels": ["execute"], "nothing": []}
    me = server.call("GET", f"api/me?permissions={quote(json.dumps(asked))}").json
    assert me["permissions"] == asked
    for wrong in ("{", "[]", '{"contents": "read"}', '{"contents": [1]}'):
        reply = server.call("GET", f"api/me?permissions={quote(wrong)}")
        assert reply.status == 400
        assert "permissions should be" in reply.error()


def test_who_am_i(server: Served) -> None:
    me = server.call("GET", "api/me").json
    assert set(me) == {"identity", "permissions"}
    assert {"username", "name", "display_name", "initials"} <= set(me["identity"])


def test_version_and_health_are_for_everybody(server: Served) -> None:
    version = server.call("GET", "api", token=False)
    assert version.status == 200
    assert version.json["version"]
    for path in ("healthz", "readyz"):
        assert server.call("GET", path, token=False).status == 200
