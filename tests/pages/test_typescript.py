"""The TypeScript client in a page, as the server has it: also over cut connections."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from tests.pages.test_command_events import Proxy, proxy
from tests.support.gates import Gate
from tests.support.gateway import Gateway
from tests.support.served import Served, serving

OPEN = """async () => {
  const client = await import("/demo/client/index.js");
  window.session = await new client.Penstock({ token: "secret" }).createSession();
  window.PythonError = client.PythonError;
  window.seen = [];
}"""
"""A page sends its cookie to its own origin; this one goes through a proxy and shows the token."""

READ = """async (code) => {
  window.execution = await session.execute(code);
  window.reading = (async () => {
    for await (const output of execution)
      if (output.type === "stdout") seen.push(...output.text.trim().split("\\n").map(Number));
      else seen.push(output.type);
  })();
}"""

#: Prints numbers until a file is there.
COUNTS = """\
import itertools, pathlib, time
for i in itertools.count():
    print(i, flush=True)
    if pathlib.Path({file!r}).exists():
        break
    time.sleep(0.002)"""

STREAM = """async (expr) => {
  await session.run("n = 0\\ndef step():\\n    global n\\n    n += 1\\n    return n");
  window.stream = await session.stream(expr, { pace: 20 });
  window.reading = (async () => { for await (const value of stream) seen.push(value); })();
}"""

BACKEND = """async () => {
  const { Backend } = await import("/demo/client/index.js");
  const backend = new Backend();
  let out = "";
  backend.onStdout((text) => (out += text));
  await backend.init();
  await backend.exec("print(6 * 7)\\nk = 0\\ndef step():\\n    global k\\n    k += 1\\n"
    + "    return {'result': k, 'done': k > 50}");
  const seen = [];
  const note = ({ result }) => seen.push(result);
  const end = await new Promise((resolve) =>
    backend.startStreaming("step()", note, () => resolve("done"), resolve));
  const same = new Backend();
  const shared = await same.evaluate("k");
  await backend.terminate();
  return [out, seen, String(end), shared, localStorage["flask-session-id"].length];
}"""


@pytest.fixture(scope="module")
def server(gateway: Gateway, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server with both APIs."""
    folder = tmp_path_factory.mktemp("typescript")
    options = (f"--root-dir={folder}", "--api=pathview", f"--packages-dir={folder / 'packages'}")
    with serving(*options, token="secret") as running:
        yield running


def opened(page: Page, between: Proxy) -> None:
    """A page with a session, through the proxy."""
    page.goto(f"http://127.0.0.1:{between.port}/demo?token=secret")
    page.evaluate(OPEN)


def cut_while_it_reads(page: Page, between: Proxy, times: int) -> None:
    """Cuts all connections again and again, each time after something more has come."""
    for _ in range(times):
        before = page.evaluate("seen.length")
        page.wait_for_function("before => seen.length > before", arg=before)
        between.cut()


def test_outputs_come_once_each_over_cuts(page: Page, server: Served, gate: Gate) -> None:
    with proxy(server) as between:
        opened(page, between)
        page.evaluate(READ, COUNTS.format(file=str(gate.file)))
        cut_while_it_reads(page, between, 5)
        gate.open()
        page.evaluate("reading")
        seen = page.evaluate("seen")
        assert seen == [*range(len(seen) - 1), "exit"]
        page.evaluate("session.delete()")


def test_a_stream_loses_no_value_over_cuts_and_stops(page: Page, server: Served) -> None:
    with proxy(server) as between:
        opened(page, between)
        page.evaluate(STREAM, "step()")
        cut_while_it_reads(page, between, 5)
        assert page.evaluate("stream.stop().then((model) => model.state)") == "ok"
        page.evaluate("reading")
        seen = page.evaluate("seen")
        assert seen == list(range(1, len(seen) + 1))
        page.evaluate("session.delete()")


def test_values_and_errors_with_the_cookie_alone(page: Page, server: Served) -> None:
    page.goto(f"{server.url}demo?token=secret")
    page.evaluate(OPEN.replace('{ token: "secret" }', "{}"))
    assert page.evaluate("session.evaluate('{\"a\": [None, 1.5]}')") == {"a": [None, 1.5]}
    failing = "session.evaluate('1 / 0').catch((e) => [e instanceof PythonError, e.ename])"
    assert page.evaluate(failing) == [True, "ZeroDivisionError"]
    page.evaluate("session.delete()")


def test_a_page_of_another_origin_that_is_allowed(page: Page, server: Served) -> None:
    own = server.url.removesuffix("/")
    with serving(f"--allow-origin={own}", token="another") as other:
        # A page without a policy: the demo itself may call its own origin only.
        page.goto(f"{server.url}demo/client/index.js")
        page.evaluate(OPEN.replace('token: "secret"', f'url: "{other.url}", token: "another"'))
        assert page.evaluate("session.evaluate('6 * 7')") == 42
        page.evaluate(READ, "for i in range(3): print(i)")
        page.evaluate("reading")
        assert page.evaluate("seen") == [0, 1, 2, "exit"]
        page.evaluate("session.delete()")


def test_the_backend_shares_its_session_with_the_origins_pages(page: Page, server: Served) -> None:
    page.goto(f"{server.url}demo?token=secret")
    out, seen, end, shared, length = page.evaluate(BACKEND)
    assert (out, seen, end) == ("42\n", list(range(1, 51)), "done")
    assert (shared, length) == (51, 36)
