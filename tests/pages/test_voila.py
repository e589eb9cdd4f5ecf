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


def visit(page: Page, server: Server) -> Locator:
    """Opens the dashboard; returns its plot, drawn."""
    page.goto(server.page(DASHBOARD))
    expect(page.get_by_role("heading", name="Which turbine for this river?")).to_be_visible()
    canvas = page.locator(".jupyter-matplotlib-canvas-div canvas").first
    drawn(canvas)
    return canvas


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
    canvas = visit(page, voila)
    assert len(workers(gateway) - before) == 1
    moves(page, canvas, "8.50")
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / "voila-dashboard.png")


def test_two_visitors_do_not_meet(browser: Browser, voila: Server) -> None:
    pages = [browser.new_context().new_page() for _ in range(2)]
    canvases = [visit(page, voila) for page in pages]
    moves(pages[0], canvases[0], "8.50")
    moves(pages[0], canvases[0], "9.00")
    moves(pages[1], canvases[1], "8.50")
    expect(pages[0].locator(".widget-readout")).to_have_text("9.00")
    for page in pages:
        page.context.close()


def test_preheated_kernels_serve_the_visitors(browser: Browser, preheated: Server) -> None:
    pages = [browser.new_context().new_page() for _ in range(2)]
    for page in pages:
        moves(page, visit(page, preheated), "8.50")
    config = "() => JSON.parse(document.getElementById('jupyter-config-data').textContent)"
    kernels = [page.evaluate(config)["kernelId"] for page in pages]
    ready = re.findall(r"Using pre-heated kernel: (\S+)", preheated.log.read_text("utf-8"))
    assert kernels == ready
    for page in pages:
        page.context.close()
