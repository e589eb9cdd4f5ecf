"""PathView's own page on `penstock serve --api pathview`, and two pages that share a session."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.pages.lab import PICTURES
from tests.support.served import Served, serving
from tests.support.waiting import seconds

TWO = """<!doctype html><html><head><meta charset="utf-8"><title>two</title></head><body><script>
const session = localStorage.session ??= "shared";
const call = (path, body) => fetch("/api/" + path, {
  method: "POST",
  headers: {"Content-Type": "application/json", "X-Session-ID": session},
  body: JSON.stringify(body ?? {}),
}).then((answer) => answer.json());
window.read = async () => {
  const seen = [];
  for (;;) {
    const {messages, done} = await call("stream/poll");
    for (const {type, value} of messages) {
      if (type === "stream-data") seen.push(JSON.parse(value).result);
    }
    if (done) return seen;
  }
};
window.call = call;
</script></body></html>
"""
"""A page that knows nothing of readers."""

STEP = """
import itertools, time
numbers = itertools.count()
def step():
    time.sleep(0.002)
    n = next(numbers)
    return {'result': n, 'done': n == 500}
"""


def open_with_token(page: Page, server: Served) -> None:
    """Opens the page as the address that the command prints does."""
    page.goto(f"{server.url}?token={server.token.replace(' ', '%20')}")


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The environment of the sessions."""
    return tmp_path_factory.mktemp("packages")


@pytest.fixture(scope="module")
def pathview(packages: Path) -> Iterator[Served]:
    """A server with PathView's page; pip, which the page calls, finds nothing."""
    spec = importlib.util.find_spec("pathview")
    assert spec, "make pages installs it"
    assert spec.origin
    site = Path(spec.origin).parent / "static"
    options = ("--api=pathview", f"--static={site}", f"--packages-dir={packages}")
    with serving(*options, PIP_NO_INDEX="1") as running:
        yield running


def test_a_simulation_runs(page: Page, pathview: Served) -> None:
    open_with_token(page, pathview)
    page.goto(f"{pathview.url}editor?model=/examples/harmonic-oscillator.json")
    run = page.get_by_role("button", name="Run", exact=True)
    expect(run).to_be_enabled(timeout=seconds(90) * 1000)
    with page.expect_response(lambda answer: answer.url.endswith("/api/stream/start")) as started:
        run.click()
    assert started.value.status == 200
    done = page.get_by_text("Simulation completed successfully")
    expect(done).to_be_visible(timeout=seconds(90) * 1000)
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / "pathview.png")


def test_two_pages_of_one_session_both_read_everything(
    page: Page, packages: Path, tmp_path: Path
) -> None:
    (tmp_path / "index.html").write_text(TWO)
    options = ("--api=pathview", f"--static={tmp_path}", f"--packages-dir={packages}")
    with serving(*options) as server:
        open_with_token(page, server)
        other = page.context.new_page()
        other.goto(server.url)
        assert page.evaluate("code => call('exec', {code})", STEP)["type"] == "ok"
        assert page.evaluate("call('stream/start', {expr: 'step()'})")["status"] == "started"
        other.evaluate("window.seen = read(), 0")
        mine, others = page.evaluate("read()"), other.evaluate("window.seen")
        assert mine == others == list(range(500))
