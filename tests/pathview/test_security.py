"""Who may use it: with a token and without (docs/pathview.md)."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.pathview.client import Page
from tests.support.served import Served, refused, serving

KNOCK = """
import os, socket, sys
os.setuid(65534)
with socket.socket() as knock:
    knock.connect(("127.0.0.1", int(sys.argv[1])))
    knock.sendall(b"GET /api/health HTTP/1.0\\r\\n\\r\\n")
    print(knock.recv(100).split()[1].decode())
"""


def test_a_token_is_asked_for(server: Served) -> None:
    for path in ("api/exec", "api/stream/poll", "api/init"):
        assert server.call("POST", path, {}, token=False, X_Session_ID="x").status == 403
    assert server.call("GET", "", token=False).status == 403


def test_the_page_s_cookie_carries_the_token(server: Served) -> None:
    opened = server.call("GET", f"?token={server.token.replace(' ', '%20')}", token=False)
    assert opened.status == 200
    cookie = opened.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    shown = cookie.split(";")[0]
    reply = server.call("POST", "api/stream/poll", token=False, Cookie=shown, X_Session_ID="c")
    assert reply.status == 200


def test_pages_of_other_origins_are_refused(server: Served, bare: Served) -> None:
    for one in (server, bare):
        page = Page(one)
        for origin in ("http://evil.example", "null", f"http://localhost.evil:{one.port}"):
            reply = page.call("exec", {"code": ""}, Origin=origin)
            assert reply.status == 403
            assert "Access-Control-Allow-Origin" not in reply.headers
        assert page.call("exec", {"code": ""}, Host="evil.example").status == 403
        own = f"http://127.0.0.1:{one.port}"
        assert page.call("exec", {"code": ""}, Origin=own).status == 200
        assert page.call("session", method="DELETE").status == 200


def test_without_a_token_there_is_nothing_else(bare: Served) -> None:
    page = Page(bare)
    assert page.eval("6 * 7") == 42
    for path in ("api/kernels", "api/contents", "api/spec", "api/status", "metrics", "healthz"):
        reply = bare.call("GET", path)
        assert b"<title>page" in reply.body or reply.json == {"error": "Not found"}
    for path in ("api/kernels", "api/sessions"):
        assert bare.call("POST", path, {}).status == 405
    page.call("session", method="DELETE")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root becomes somebody else")
def test_other_users_are_refused_without_a_token(bare: Served, server: Served) -> None:
    def knock(one: Served) -> str:
        command = [sys.executable, "-c", KNOCK, str(one.port)]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

    assert knock(bare) == "403"
    assert knock(server) == "200"


def test_pages_that_are_named(packages: str) -> None:
    origin = "http://dev.example:5173"
    options = ("--api=pathview", f"--packages-dir={packages}", f"--allow-origin={origin}")
    with serving(*options, token="") as server:
        asked = server.call(
            "OPTIONS",
            "api/exec",
            Origin=origin,
            Access_Control_Request_Method="POST",
            Access_Control_Request_Headers="content-type,x-session-id",
        )
        assert (asked.status, asked.body) == (200, b"")
        told = asked.headers
        assert told["Access-Control-Allow-Origin"] == origin
        assert told["Vary"] == "Origin"
        assert told["Access-Control-Max-Age"] == "3600"
        assert told["Access-Control-Allow-Headers"] == "content-type,x-session-id"
        methods = "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT"
        assert told["Access-Control-Allow-Methods"] == methods
        health = server.call("GET", "api/health", Origin=origin)
        assert health.headers["Access-Control-Allow-Origin"] == origin
        reply = server.call("GET", "api/exec")
        assert reply.status == 405
        assert server.call("GET", "nowhere").status == 404


def test_what_cannot_be_without_a_token() -> None:
    for option, word in (
        ("--ip=0.0.0.0", "loopback"),
        ("--allow-origin=*", "--allow-origin"),
        ("--allow-origin-pat=.*", "--allow-origin-pat"),
        ("--allow-remote-access", "--allow-remote-access"),
    ):
        assert word in refused("--api=pathview", option, "--token=")


def test_options_that_cannot_be(tmp_path: str) -> None:
    assert "index.html" in refused("--api=pathview", f"--static={tmp_path}")
    assert "--leave-sessions" in refused("--api=pathview", "--leave-sessions")
    allowed = "--allowed-message-types"
    assert allowed in refused("--api=pathview", f"{allowed}=kernel_info_request")
    assert "--no-allow-tracebacks" in refused("--api=pathview", "--no-allow-tracebacks")
    assert "--api=pathview" in refused(f"--static={tmp_path}")
    assert "--api=pathview" in refused("--exec-timeout=5")
