"""Calls that are wrong, and those that browsers make."""

from __future__ import annotations

from http.client import HTTPMessage

import pytest

from tests.support.served import Served, serving

OTHER = "https://elsewhere.example"


@pytest.mark.parametrize(
    "path", ["nowhere", "api/nowhere", "api/kernels/a-b-c-d-e/nowhere", "api//kernels", "%00"]
)
def test_paths_that_are_not_there(server: Served, path: str) -> None:
    reply = server.call("GET", path)
    assert reply.status in (404, 400)
    if reply.status == 404:
        assert reply.error()


@pytest.mark.parametrize("path", ["api/kernels", "api/sessions", "api/kernelspecs"])
def test_methods_that_are_not_there(server: Served, path: str) -> None:
    for method in ("PUT", "PATCH", "DELETE", "BREW"):
        reply = server.call(method, path)
        assert reply.status == 405
        assert reply.error()
        assert "GET" in reply.headers["Allow"]


@pytest.mark.parametrize("body", [b"{", b"[]", b"1", b"null", b'"x"', b"\xff\xfe", b"{}{}"])
def test_bodies_that_are_no_json_object(server: Served, body: bytes) -> None:
    before = len(server.call("GET", "api/kernels").json)
    reply = server.call("POST", "api/kernels", body)
    assert reply.status == 400
    assert "JSON" in reply.error()
    assert len(server.call("GET", "api/kernels").json) == before


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
def test_what_the_http_parser_refuses_is_told_like_all_else(server: Served, method: str) -> None:
    path = server.call(method, "api/kernels/%03")
    assert (path.status, path.error()) == (400, "Suspicious Path Character")
    header = server.call(method, "api/kernels", Long="x" * 100_000)
    assert header.status == 431
    assert header.error()


def test_a_deep_body_harms_nobody(server: Served) -> None:
    reply = server.call("POST", "api/kernels", b'{"a":' + b"[" * 100_000)
    assert reply.status == 400
    assert server.call("GET", "api/status").status == 200


def test_a_head_is_a_get_without_its_body(server: Served) -> None:
    get = server.call("GET", "api/kernelspecs")
    head = server.call("HEAD", "api/kernelspecs")
    assert (head.status, head.body) == (200, b"")
    assert head.headers["Content-Length"] == str(len(get.body))
    assert server.call("HEAD", "nowhere").status == 404


def test_a_huge_body_is_refused(server: Served) -> None:
    with serving("--max-body-size=1000") as small:
        reply = small.call("POST", "api/kernels", b" " * 1001)
        assert reply.status == 413
        assert "1000" in reply.error()
        reply = small.call("POST", "api/kernels", b'{"x": "' + b"x" * 10_000_000 + b'"}')
        assert reply.status == 413
        assert small.call("GET", "api/kernels").json == []


def test_many_calls_on_one_connection(server: Served) -> None:
    connection = server.connection()
    for n in range(50):
        connection.request("GET", "/api" if n % 2 else "/nowhere")
        answer = connection.getresponse()
        answer.read()
        assert answer.status == (200 if n % 2 else 403)
    connection.close()


def test_options_need_no_token(server: Served) -> None:
    for path, methods in [
        ("api/kernels", {"GET", "POST", "OPTIONS"}),
        ("api/sessions/x", {"GET", "PATCH", "DELETE", "OPTIONS"}),
        ("api/kernelspecs", {"GET", "OPTIONS"}),
    ]:
        reply = server.call("OPTIONS", path, token=False)
        assert reply.status in (200, 204)
        assert set(reply.headers["Allow"].split(", ")) >= methods


def test_pages_of_other_origins_are_refused(server: Served) -> None:
    for method in ("GET", "POST"):
        reply = server.call(method, "api/kernels", Origin=OTHER)
        assert reply.status == 403
        assert "origin" in reply.error()
        assert "Access-Control-Allow-Origin" not in reply.headers
    for origin in (OTHER, "null", "", f"http://127.0.0.1:{server.port}.example"):
        assert server.call("GET", "api/kernels", Origin=origin).status == 403
    own = f"http://127.0.0.1:{server.port}"
    assert server.call("GET", "api/kernels", Origin=own).status == 200


def test_an_allowed_origin_is_told_to_browsers() -> None:
    with serving(
        f"--allow-origin={OTHER}",
        "--allow-credentials=true",
        "--allow-headers=Authorization,Content-Type",
        "--allow-methods=GET,POST",
        "--expose-headers=Location",
        "--cors-max-age=600",
    ) as server:
        for reply in (
            server.call("OPTIONS", "api/kernels", token=False, Origin=OTHER),
            server.call("GET", "api/kernels", Origin=OTHER),
        ):
            assert reply.status in (200, 204)
            headers = reply.headers
            assert headers["Access-Control-Allow-Origin"] == OTHER
            assert headers["Access-Control-Allow-Credentials"] == "true"
            assert headers["Access-Control-Allow-Headers"] == "Authorization,Content-Type"
            assert headers["Access-Control-Allow-Methods"] == "GET,POST"
            assert headers["Access-Control-Expose-Headers"] == "Location"
            assert headers["Access-Control-Max-Age"] == "600"
            assert "Origin" in headers["Vary"]
        assert server.call("GET", "api/kernels", Origin="https://third.example").status == 403
        # What a refused page is not told, its browser does not show it.
        unknown = server.call("GET", "api/kernels", token=False, Origin=OTHER)
        assert unknown.status == 403
        assert unknown.headers["Access-Control-Allow-Origin"] == OTHER


def test_a_page_of_an_allowed_origin_may_show_the_token() -> None:
    with serving(f"--allow-origin={OTHER}") as server:

        def preflight(origin: str) -> HTTPMessage:
            return server.call(
                "OPTIONS",
                "api/kernels",
                token=False,
                Origin=origin,
                Access_Control_Request_Headers="authorization",
            ).headers

        headers = preflight(OTHER)
        assert headers["Access-Control-Allow-Origin"] == OTHER
        allowed = headers["Access-Control-Allow-Headers"].split(", ")
        assert {"authorization", "content-type", "last-event-id"} <= set(allowed)
        # The clients of docs/clients.md send one with each execution.
        assert {"idempotency-key", "prefer"} <= set(allowed)
        assert {"PATCH", "DELETE"} <= set(headers["Access-Control-Allow-Methods"].split(", "))
        third = preflight("https://third.example")
        assert not [name for name in third if name.startswith("Access-Control")]


def test_origins_by_pattern_match_whole() -> None:
    with serving(r"--allow-origin-pat=https://\w+\.example") as server:
        assert server.call("GET", "api/kernels", Origin=OTHER).status == 200
        assert server.call("GET", "api/kernels", Origin=f"{OTHER}.evil").status == 403
        assert server.call("GET", "api/kernels", Origin=f"http://x/?{OTHER}").status == 403
