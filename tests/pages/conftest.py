"""Chromium, the servers, and a page for each test."""

from __future__ import annotations

import itertools
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.pages import servers
from tests.pages.lab import PICTURES, VIEWPORT
from tests.support import notebooks
from tests.support.gateway import Gateway
from tests.support.waiting import seconds

#: What the names of notebooks end with.
NUMBERS = itertools.count()
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu")
#: How JupyterLab says which shell hears what a page sends to a widget.
COMMS = "apputils-extension/kernels-settings"
#: JupyterLab's settings: no questions about news, and every cell is in the page, seen or not.
#: Widgets hear pages in the main shell, where they live: matplotlib's figures are not made for two
#: threads, and one that hears its page in a subshell while its cell shows it may stay blank.
SETTINGS: dict[str, dict[str, object]] = {
    COMMS: {"commsOverSubshells": "disabled"},
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    "notebook-extension/tracker": {"windowingMode": "none"},
}


def chromium() -> str:
    """The path of the browser; ends the run with one line when there is none."""
    script = Path(__file__).resolve().parents[2] / "scripts" / "find-chromium.sh"
    found = subprocess.run(["sh", script], capture_output=True, text=True, check=False)
    if found.returncode != 0:
        pytest.exit(found.stderr.strip(), returncode=3)
    return found.stdout.strip()


@pytest.fixture(scope="session")
def browser(gateway: Gateway) -> Iterator[Browser]:
    """One browser for all tests. It ends before the gateway, whose environment it has."""
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        expect.set_options(timeout=seconds(30) * 1000)
        yield launched
        launched.close()


@pytest.fixture(autouse=True)
def pictures_of_failures(browser: Browser, request: pytest.FixtureRequest) -> Iterator[None]:
    """When a test fails, pictures of all open pages are left in build/pages."""
    failed = request.session.testsfailed
    if "page" in request.fixturenames:
        request.getfixturevalue("page")  # closed after the picture, not before
    yield
    if request.session.testsfailed > failed:
        PICTURES.mkdir(parents=True, exist_ok=True)
        for number, page in enumerate(p for context in browser.contexts for p in context.pages):
            page.screenshot(path=PICTURES / f"failed-{request.node.name}-{number}.png")


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page in a browser that remembers nothing."""
    context = browser.new_context(viewport=VIEWPORT)
    yield context.new_page()
    context.close()


@pytest.fixture(scope="session")
def root(jupyter: Path, gateway: Gateway, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project's notebooks, which the pages may save."""
    for name, settings in SETTINGS.items():
        set_up(name, settings)
    folder = tmp_path_factory.mktemp("root") / "notebooks"
    shutil.copytree(notebooks.FOLDER, folder)
    return folder


def set_up(name: str, settings: dict[str, object]) -> None:
    """Writes settings of JupyterLab for pages that are opened from now on."""
    folder = Path(os.environ["JUPYTER_CONFIG_DIR"], "lab/user-settings/@jupyterlab")
    file = folder / f"{name}.jupyterlab-settings"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(settings), encoding="utf-8")


@pytest.fixture
def comms_over_subshells(root: Path) -> Iterator[None]:
    """Pages talk to widgets as JupyterLab does unless it is told otherwise."""
    set_up(COMMS, {})
    yield
    set_up(COMMS, SETTINGS[COMMS])


@pytest.fixture(scope="session")
def lab(root: Path) -> Iterator[servers.Server]:
    """A JupyterLab that offers Penstock's kernel."""
    with servers.jupyter_lab(root, root.with_name("lab.log")) as server:
        yield server


@pytest.fixture
def write(root: Path, request: pytest.FixtureRequest) -> Any:
    """Writes a notebook of the given cells; returns its name.

    No other has had it: the servers keep the kernel of a path, also for a test that is run again.
    """

    def written(*sources: str, kernel: str = "penstock") -> str:
        test = request.node.name.partition("[")[0].removeprefix("test_")
        name = f"{test}-{kernel}-{next(NUMBERS)}.ipynb"
        notebooks.write(root / name, notebooks.of_cells(*sources), kernel)
        return name

    return written
