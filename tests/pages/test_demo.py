"""The page at /demo: what it shows, over reloads, in two tabs, by keyboard alone."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import ConsoleMessage, Page, expect

from tests.pages.lab import PICTURES
from tests.support.gateway import Gateway
from tests.support.served import Served, serving
from tests.support.waiting import seconds

COUNT = "import time\nfor i in range({}):\n    print('step', i)\n    time.sleep({})\n'done'"
WHOLE = "".join(f"step {i}\n" for i in range(30)) + "'done'\n"


@pytest.fixture(scope="module")
def server(gateway: Gateway, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server with a path before all others."""
    root = tmp_path_factory.mktemp("root")
    with serving(f"--root-dir={root}", "--base-url=/below/", token="secret") as running:
        yield running


@pytest.fixture
def demo(page: Page, server: Served) -> Iterator[Page]:
    """The page with a new session; it complains about nothing, and the session ends."""
    said: list[str] = []

    def heard(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            said.append(message.text)

    page.on("console", heard)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(f"{server.url}demo?token=secret")
    expect(page.get_by_role("button", name="Run")).to_be_visible()
    yield page
    end_sessions(server)
    assert said == []


def end_sessions(server: Served) -> None:
    """Ends all sessions that there are."""
    for model in server.call("GET", "api/v1/sessions").json:
        server.call("DELETE", f"api/v1/sessions/{model['id']}")


def run(page: Page, code: str) -> None:
    """Runs code by the keyboard."""
    page.get_by_label("Python code", exact=True).fill(code)
    page.get_by_label("Python code", exact=True).press("Control+Enter")


def test_the_token_is_asked_for_and_the_session_is_in_the_address(
    page: Page, server: Served
) -> None:
    end_sessions(server)
    page.goto(f"{server.url}demo")
    field = page.get_by_label("Token", exact=True)
    expect(field).to_be_focused()
    field.fill("wrong")
    field.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("not the server's token")
    field.fill("secret")
    field.press("Enter")
    expect(page.get_by_role("button", name="Run")).to_be_visible()
    expect(page.get_by_role("alert")).to_be_hidden()
    (model,) = server.call("GET", "api/v1/sessions").json
    assert page.url == f"{server.url}demo?session={model['id']}"
    server.call("DELETE", f"api/v1/sessions/{model['id']}")
    expect(page.get_by_role("alert")).to_contain_text("session has ended")
    page.get_by_role("button", name="New session").click()
    expect(page.locator("#state")).to_have_text("idle")
    (other,) = server.call("GET", "api/v1/sessions").json
    server.call("DELETE", f"api/v1/sessions/{other['id']}")


def test_outputs_go_on_after_a_reload_and_in_another_tab(demo: Page) -> None:
    run(demo, COUNT.format(30, 0.1))
    output = demo.get_by_role("log")
    expect(output).to_contain_text("step 3")
    demo.reload()
    expect(output).to_contain_text("step 5")
    with demo.context.expect_page() as opened:
        demo.get_by_role("link", name="Open it in another tab").click()
    other = opened.value
    for page in (demo, other):
        expect(page.get_by_role("log")).to_contain_text("'done'")
        assert page.get_by_role("log").text_content() == WHOLE
        expect(page.locator("#ended")).to_contain_text("ok, after")
    run(other, "print('from', 'the other tab')")
    expect(output).to_have_text("from the other tab\n")


def test_a_question_is_answered_and_what_runs_is_interrupted(demo: Page) -> None:
    run(demo, "import time\nprint('hello', input('Who? '))\ntime.sleep(600)")
    field = demo.get_by_label("Who?")
    expect(field).to_be_focused()
    field.fill("Ada")
    field.press("Enter")
    expect(demo.get_by_role("log")).to_have_text("hello Ada\n")
    expect(field).to_be_hidden()
    demo.get_by_role("button", name="Interrupt").press("Enter")
    expect(demo.get_by_role("log")).to_contain_text("KeyboardInterrupt")
    expect(demo.get_by_role("button", name="Interrupt")).to_be_disabled()


def test_what_a_kernel_sends_is_no_part_of_the_page(demo: Page) -> None:
    code = "from IPython.display import HTML, display\nprint('<b>text</b>')\n"
    run(demo, code + "display(HTML('<script>document.title = 1</script>'))")
    expect(demo.locator("#ended")).to_contain_text("ok")
    expect(demo.get_by_role("log")).to_contain_text("<b>text</b>")
    assert demo.title() == "Penstock: a session"


def test_a_stream_is_plotted_steered_and_seen_again_after_a_reload(demo: Page) -> None:
    demo.get_by_role("button", name="Start").press("Enter")
    plot = demo.locator("#plot")
    expect(plot).to_have_attribute(
        "aria-label", re.compile(r"\b([2-9]\d|\d{3,}) values, the latest")
    )
    with demo.expect_response(lambda answer: answer.url.endswith("/exec")):
        demo.get_by_label("speed").press("End")
    expect(demo.locator("#speed-now")).to_have_text("4.0")
    demo.reload()
    expect(demo.locator("#speed-now")).to_have_text("4.0")
    many = re.compile(r"\b([2-9]\d\d|\d{4,}) values, the latest")
    expect(plot).to_have_attribute("aria-label", many, timeout=seconds(90) * 1000)
    run(demo, "print(speed)")
    expect(demo.get_by_role("log")).to_have_text("4\n")
    PICTURES.mkdir(parents=True, exist_ok=True)
    demo.screenshot(path=PICTURES / "demo.png", full_page=True)
    demo.get_by_role("button", name="Stop").press("Enter")
    expect(demo.locator("#plotted")).to_contain_text("stopped")
    expect(demo.get_by_role("button", name="Stop")).to_be_disabled()


def test_the_tab_key_gets_everywhere(demo: Page) -> None:
    demo.get_by_label("Python code", exact=True).focus()
    passed = []
    for _ in range(4):
        demo.keyboard.press("Tab")
        passed.append(demo.evaluate("document.activeElement.id"))
    assert passed == ["run", "output", "setup", "start"]
