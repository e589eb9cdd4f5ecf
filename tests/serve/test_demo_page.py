"""The demo page over HTTP: who gets it, and what it may load."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.served import Served, serving


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    """A server below a path."""
    with serving("--base-url=/below", token="secret") as running:
        yield running


def test_the_page_and_its_parts_are_open(server: Served) -> None:
    page = server.call("GET", "demo", token=False)
    assert (page.status, page.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]
    assert b"//" not in page.body.replace(b"<!--", b""), "it loads nothing from elsewhere"
    for path, media_type in {
        "demo/demo.js": "text/javascript",
        "demo/demo.css": "text/css",
        "demo/client/index.js": "text/javascript",
    }.items():
        part = server.call("GET", path, token=False)
        assert (part.status, part.headers["Content-Type"]) == (200, f"{media_type}; charset=utf-8")


def test_the_token_leaves_the_address(server: Served) -> None:
    answer = server.call("GET", "demo?token=secret", token=False)
    assert (answer.status, answer.headers["Location"]) == (303, "/below/demo")
    assert "HttpOnly" in answer.headers["Set-Cookie"]
    other = server.call("GET", "demo?session=a%26b%0d%0a&token=secret", token=False)
    assert other.headers["Location"] == "/below/demo?session=a%26b%0D%0A", "the session stays"


@pytest.mark.parametrize(
    "name", ["none.js", "demo.html", "demo.css.map", "..%2Fpage%2Fpage.js", "client%2Findex.js"]
)
def test_nothing_else_of_the_jar_is_there(server: Served, name: str) -> None:
    assert server.call("GET", f"demo/{name}", token=False).status in (400, 404)
