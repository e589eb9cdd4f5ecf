"""The report that the status page and `penstock top` show, and how a page is let in."""

from __future__ import annotations

import os
import subprocess
import urllib.error
import urllib.request
from email.message import Message as Headers
from http.client import HTTPResponse
from typing import Any, cast

import pytest

from tests.pages.servers import Server
from tests.support.gateway import COMMAND
from tests.support.tab import Tab, rest
from tests.support.waiting import eventually, seconds


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """Leaves a redirection to the test."""

    def redirect_request(self, *_: Any) -> None:
        """Not followed."""


def get(server: Server, path: str, **headers: str) -> tuple[int, Headers, str]:
    """Status, headers and text of an answer, whatever it is."""
    request = urllib.request.Request(server.url + path, headers=headers)
    try:
        opener = urllib.request.build_opener(NoRedirect)
        with cast("HTTPResponse", opener.open(request, timeout=seconds(30))) as answer:
            return answer.status, answer.headers, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read().decode()


def mine(page: Tab) -> dict[str, Any]:
    """The report's entry of the page's kernel."""
    report = rest(page.server, "GET", "penstock/status")
    return next(kernel for kernel in report["kernels"] if kernel["id"] == page.kernel)


def test_what_runs_and_for_how_long(page: Tab) -> None:
    assert page.run("6 * 7").value == "42"
    assert mine(page)["running"] is None
    assert mine(page)["executions"] == 1
    cell = page.start("# a note\nprint('busy', flush=True)\nwhile True: pass").until_text("busy")
    kernel = mine(page)
    assert kernel["state"] == "busy"
    assert kernel["running"]["line"] == "print('busy', flush=True)"
    assert kernel["running"]["for_s"] >= 0
    assert kernel["connections"] == 1
    page.act("interrupt")
    cell.finish()
    assert mine(page)["running"] is None


def test_a_restart_ends_what_ran(page: Tab) -> None:
    page.start("print('busy', flush=True)\nwhile True: pass").until_text("busy")
    before = mine(page)
    page.act("restart")
    assert mine(page)["running"] is None
    assert mine(page)["pid"] != before["pid"]


def test_the_page_is_for_everybody_and_holds_nothing(server: Server) -> None:
    status, headers, text = get(server, "")
    assert status == 200
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert server.token not in text
    for asset in ("page.js", "sparkline.js", "page.css"):
        assert f'"penstock/{asset}"' in text
        assert get(server, f"penstock/{asset}")[0] == 200
    assert get(server, "api/penstock/status")[0] == 403


def test_the_token_leaves_the_address(server: Server) -> None:
    status, headers, _ = get(server, f"?token={server.token}")
    assert (status, headers["Location"]) == (303, "/")
    cookie = headers["Set-Cookie"].partition(";")[0]
    assert server.token not in cookie
    assert get(server, "api/penstock/status", Cookie=cookie)[0] == 200
    wrong = get(server, "?token=wrong")
    assert wrong[0] == 303
    assert wrong[1]["Set-Cookie"] is None


def test_nobody_gets_the_cookie_without_the_token(server: Server) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        rest(Server(server.url, "wrong", server.log, server.pid), "POST", "penstock/login")
    assert refused.value.code == 403
    assert refused.value.headers["Set-Cookie"] is None


def test_the_terminal_shows_the_same(page: Tab) -> None:
    page.start("print('busy', flush=True)\nwhile True: pass").until_text("busy")

    def top(*options: str, token: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [COMMAND, "top", "--once", *options],
            env={**os.environ, "PENSTOCK_TOKEN": token},
            capture_output=True,
            text=True,
            timeout=seconds(60),
            check=False,
        )

    def shown() -> bool:
        done = top("--url", page.server.url, token=page.server.token)
        assert done.returncode == 0, done.stderr
        line = next(line for line in done.stdout.splitlines() if page.kernel[:8] in line)
        return "busy" in line and "print('busy'" in line

    eventually(shown, 20, "the table has the kernel and its cell")
    denied = top("--url", page.server.url, token="wrong")
    assert denied.returncode == 1
    assert "PENSTOCK_TOKEN" in denied.stderr
    gone = top("--url", "http://127.0.0.1:9/", token="")
    assert gone.returncode == 1
    assert "http://127.0.0.1:9/" in gone.stderr
    page.act("interrupt")
