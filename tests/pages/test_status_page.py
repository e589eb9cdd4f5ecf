"""The status page of `penstock serve`: who is let in, what it shows, and what its buttons do."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import ConsoleMessage, Locator, Page, expect

from tests.observe.serving import penstock_serve
from tests.pages.lab import PICTURES
from tests.pages.servers import Server
from tests.support import tab
from tests.support.gateway import Gateway
from tests.support.tab import Tab, rest
from tests.support.waiting import seconds

BUSY = "print('busy', flush=True)\nwhile True: pass"


@pytest.fixture(scope="module")
def server(gateway: Gateway, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A running server."""
    with penstock_serve(tmp_path_factory.mktemp("seen")) as running:
        yield running


@pytest.fixture
def kernel(server: Server) -> Iterator[Tab]:
    """A kernel with a client."""
    with tab.opened(server, "provisioner") as opened:
        yield opened


@pytest.fixture
def problems(page: Page) -> Iterator[list[str]]:
    """What the browser's console complains about: nothing that the policy forbids."""
    said: list[str] = []

    def heard(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            said.append(message.text)

    page.on("console", heard)
    page.on("pageerror", lambda error: said.append(str(error)))
    yield said
    # The browser notes each call that the server denies; that is before the token is there.
    assert [text for text in said if "status of 403" not in text] == []


def row(page: Page, kernel: Tab) -> Locator:
    """The table's row of a kernel."""
    return page.locator(f'tr[data-kernel="{kernel.kernel}"]')


def shown(page: Page, server: Server) -> None:
    """Opens the page as the address that the command prints does."""
    page.goto(server.page(""))
    expect(page.get_by_role("heading", name="Kernels")).to_be_visible()


def test_the_token_is_asked_for_and_remembered(
    page: Page, server: Server, problems: list[str]
) -> None:
    page.goto(server.url)
    field = page.get_by_label("Token", exact=True)
    expect(field).to_be_focused()
    field.fill("wrong")
    field.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("not this server's token")
    field.fill(server.token)
    field.press("Enter")
    expect(page.get_by_text("No kernel runs.")).to_be_visible()
    assert page.url == server.url
    page.reload()
    expect(page.get_by_text("No kernel runs.")).to_be_visible()


def test_the_token_leaves_the_address(page: Page, server: Server, problems: list[str]) -> None:
    shown(page, server)
    assert page.url == server.url


def test_kernels_come_and_are_interrupted(
    page: Page, server: Server, kernel: Tab, problems: list[str]
) -> None:
    shown(page, server)
    expect(row(page, kernel)).to_contain_text("idle")
    cell = kernel.start(BUSY).until_text("busy")
    expect(row(page, kernel)).to_contain_text("print('busy', flush=True)")
    expect(row(page, kernel).locator(".state")).to_have_text("busy")
    row(page, kernel).get_by_role("button", name="Interrupt").click()
    cell.finish()
    assert cell.reply
    assert cell.reply["ename"] == "KeyboardInterrupt"
    expect(row(page, kernel).locator(".state")).to_have_text("idle")


def test_the_line_for_a_console_connects_one(
    page: Page, server: Server, kernel: Tab, tmp_path: Path
) -> None:
    kernel.run("here = 6 * 7")
    shown(page, server)
    line = page.locator("#commands div", has_text="A console on a kernel").locator("code")
    expect(line).to_contain_text(kernel.kernel)
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    console = subprocess.run(
        f"{line.inner_text()} --simple-prompt",
        shell=True,
        cwd=tmp_path,
        env={**os.environ, "PATH": path, "PENSTOCK_TOKEN": server.token},
        # At the end of its input it leaves without another look at what has come.
        input="print('seen', here)\n" + "0\n" * 3,
        capture_output=True,
        text=True,
        timeout=seconds(60),
    )
    assert "seen 42" in console.stdout, console.stderr
    assert (tmp_path / "kernel.json").stat().st_mode & 0o777 == 0o600
    assert rest(server, "GET", f"kernels/{kernel.kernel}"), "it lives on"


def test_a_kernel_is_stopped_when_it_is_confirmed(
    page: Page, server: Server, kernel: Tab, problems: list[str]
) -> None:
    shown(page, server)
    stop = row(page, kernel).get_by_role("button", name="Stop")
    stop.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_contain_text("Stop this kernel?")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    assert rest(server, "GET", f"kernels/{kernel.kernel}")
    stop.click()
    page.get_by_role("dialog").get_by_role("button", name="Stop").click()
    expect(row(page, kernel)).to_have_count(0)
    assert kernel.kernel not in [each["id"] for each in rest(server, "GET", "kernels")]


def test_a_restart_keeps_the_row(
    page: Page, server: Server, kernel: Tab, problems: list[str]
) -> None:
    kernel.run("here = 1")
    shown(page, server)
    row(page, kernel).get_by_role("button", name="Restart").click()
    page.get_by_role("dialog").get_by_role("button", name="Restart").click()
    expect(page.locator("#said")).to_have_text("Restart: done")
    assert kernel.run("'here' in globals()").value == "False"
    expect(row(page, kernel).locator(".state")).to_have_text("idle")


def test_how_it_looks(page: Page, server: Server, kernel: Tab, problems: list[str]) -> None:
    kernel.start("simulate = 1\nprint('busy', flush=True)\nwhile simulate: pass").until_text("busy")
    with tab.opened(server, "provisioner") as other:
        other.run("data = bytearray(80_000_000)")
        shown(page, server)
        expect(row(page, other)).to_contain_text("MiB")
        PICTURES.mkdir(parents=True, exist_ok=True)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
            page.screenshot(path=PICTURES / f"status-page-{scheme}.png")
        page.set_viewport_size({"width": 420, "height": 800})
        overflow = "document.documentElement.scrollWidth > innerWidth"
        assert not page.evaluate(overflow), "a narrow page scrolls sideways in its table only"
    kernel.act("interrupt")
