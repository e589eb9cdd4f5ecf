"""Voila: the dashboard as its visitors see it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.pages import servers
from tests.pages.lab import PICTURES
from tests.pages.servers import Server
from tests.pages.test_widgets import drawn, pixels, step
from tests.support.gateway import Gateway
from tests.support.waiting import eventually

DASHBOARD = "voila/render/dashboard.ipynb"


@pytest.fixture(scope="module")
def dashboard(root: Path) -> Path:
    """A folder with the dashboard and its data alone."""
    folder = root.with_name("dashboard")
    shutil.copytree(root / "data", folder / "data")
    shutil.copy(root / "dashboard.ipynb", folder)
    return folder


@pytest.fixture(scope="module")
def voila(dashboard: Path) -> Iterator[Server]:
    """Voila as its visitors find it: each waits for a kernel that runs the notebook."""
    with servers.voila(dashboard, dashboard.with_name("voila.log")) as server:
        yield server


@pytest.fixture(scope="module")
def preheated(dashboard: Path) -> Iterator[Server]:
    """Voila with two kernels that ran the notebook before anybody came."""
    with servers.voila(dashboard, dashboard.with_name("preheated.log"), preheated=2) as server:
        yield server


@pytest.fixture
def visitors(browser: Browser) -> Iterator[tuple[Page, Page]]:
    """Pages of two people."""
    contexts = [browser.new_context() for _ in range(2)]
    yield contexts[0].new_page(), contexts[1].new_page()
    for context in contexts:
        context.close()


def visit(server: Server, *pages: Page) -> list[Locator]:
    """Opens the dashboard in all pages at once; returns their plots, drawn."""
    for page in pages:
        page.goto(server.page(DASHBOARD), wait_until="commit")
    canvases = [page.locator(".jupyter-matplotlib-canvas-div canvas").first for page in pages]
    for page, canvas in zip(pages, canvases, strict=True):
        expect(page.get_by_role("heading", name="Which turbine for this river?")).to_be_visible()
        drawn(canvas)
    return canvases


def moves(page: Page, canvas: Locator, value: str) -> None:
    """Moves the slider by a step: number, text and plot follow."""
    before, said = pixels(canvas), page.locator(".widget-html-content").inner_text()
    step(page.locator(".widget-hslider"))
    expect(page.locator(".widget-readout")).to_have_text(value)
    expect(page.locator(".widget-html-content")).not_to_have_text(said)
    eventually(lambda: pixels(canvas) != before, 30, "the plot moves")


def workers(gateway: Gateway) -> set[int]:
    """Pids of the workers that live."""
    return {kernel["worker_pid"] for kernel in gateway.kernels() if kernel["state"] != "dead"}


def test_the_dashboard_moves(page: Page, voila: Server, gateway: Gateway) -> None:
    before = workers(gateway)
    (canvas,) = visit(voila, page)
    assert len(workers(gateway) - before) == 1
    moves(page, canvas, "8.50")
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / "voila-dashboard.png")


def test_two_visitors_do_not_meet(visitors: tuple[Page, Page], voila: Server) -> None:
    one, other = visitors
    canvas, other_canvas = visit(voila, one, other)
    moves(one, canvas, "8.50")
    moves(one, canvas, "9.00")
    moves(other, other_canvas, "8.50")
    expect(one.locator(".widget-readout")).to_have_text("9.00")


def test_preheated_kernels_serve_the_visitors(
    visitors: tuple[Page, Page], preheated: Server
) -> None:
    before = len(preheated.log.read_text("utf-8"))
    for page, canvas in zip(visitors, visit(preheated, *visitors), strict=True):
        moves(page, canvas, "8.50")
    config = "() => JSON.parse(document.getElementById('jupyter-config-data').textContent)"
    kernels = {page.evaluate(config)["kernelId"] for page in visitors}
    log = preheated.log.read_text("utf-8")[before:]
    assert kernels == set(re.findall(r"Using pre-heated kernel: (\S+)", log))
