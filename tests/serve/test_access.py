"""Who may use the server: its token, in each place where clients show it."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import pytest

from tests.support.served import TOKEN, Served, serving

PATHS = ("api/kernels", "api/sessions", "api/kernelspecs", "api/status", "api/me", "nowhere")
SPOILED = (TOKEN + "x", TOKEN[:-1], "", TOKEN.upper(), "\0", "ä" * 100)


@pytest.mark.parametrize(
    "header", [f"token {TOKEN}", f"Token {TOKEN}", f"Bearer {TOKEN}", f"bearer   {TOKEN}"]
)
def test_the_header(server: Served, header: str) -> None:
    assert server.call("GET", "api/status", Authorization=header).status == 200


def test_the_query(server: Served) -> None:
    query = f"api/status?token={quote(TOKEN)}"
    assert server.call("GET", query, token=False).status == 200
    assert server.call("GET", "api/status?token=wrong", token=False).status == 403


def test_a_page_gets_a_cookie_that_is_not_the_token(server: Served) -> None:
    shown = server.call("GET", f"api/status?token={quote(TOKEN)}", token=False)
    cookie = shown.headers["Set-Cookie"]
    assert TOKEN not in cookie
    assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= {p.strip() for p in cookie.split(";")}
    pair = cookie.partition(";")[0]
    assert server.call("GET", "api/status", token=False, Cookie=pair).status == 200
    assert server.call("GET", "api/status", token=False, Cookie=pair + "x").status == 403
    # It is for pages: who shows the token in a header gets none.
    assert "Set-Cookie" not in server.call("GET", "api/status").headers


@pytest.mark.parametrize("path", PATHS)
def test_without_a_token(server: Served, path: str) -> None:
    for method in ("GET", "POST", "DELETE", "PATCH", "PUT"):
        reply = server.call(method, path, token=False)
        assert reply.status == 403
        assert reply.error().startswith("Forbidden: show the server's token")
        assert "Set-Cookie" not in reply.headers


@pytest.mark.parametrize("spoiled", SPOILED, ids=range(len(SPOILED)))
def test_a_wrong_token(server: Served, spoiled: str) -> None:
    reply = server.call("GET", f"api/status?token={quote(spoiled)}", token=False)
    assert reply.status == 403
    if "\0" not in spoiled:
        header = f"token {spoiled}".encode()
        connection = server.connection()
        connection.putrequest("GET", "/api/status")
        connection.putheader("Authorization", header)
        connection.endheaders()
        assert connection.getresponse().status == 403
        connection.close()


@pytest.mark.parametrize("header", ["", "token", TOKEN, f"Basic {TOKEN}", "token  "])
def test_a_header_that_is_no_token(server: Served, header: str) -> None:
    assert server.call("GET", "api/status", Authorization=header).status == 403


def test_a_wrong_header_is_not_helped_by_the_query(server: Served) -> None:
    query = f"api/status?token={quote(TOKEN)}"
    assert server.call("GET", query, Authorization="token wrong").status == 403


def test_no_kernel_starts_without_a_token(server: Served) -> None:
    before = server.call("GET", "api/kernels").json
    assert server.call("POST", "api/kernels", token=False).status == 403
    assert len(server.call("GET", "api/kernels").json) == len(before)


def test_no_token_is_asked_for_when_there_is_none() -> None:
    with serving(token="") as server:
        assert server.token == ""
        assert server.call("GET", "api/kernels").status == 200
        for header in ("token ", "token any"):
            assert server.call("GET", "api/kernels", Authorization=header).status == 200


def test_a_token_is_made_when_none_is_given() -> None:
    with serving(token=None) as server:
        assert len(server.token) >= 32
        assert server.call("GET", "api/kernels").status == 200
        assert server.call("GET", "api/kernels", token=False).status == 403


def test_a_token_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("from a file\n", encoding="utf-8")
    file.chmod(0o600)
    with serving(f"--token-file={file}", token=None) as server:
        assert server.token == "from a file"
        assert server.call("GET", "api/kernels").status == 200
