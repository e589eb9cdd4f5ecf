"""A notebook in JupyterLab's page, used as a person would: by its keys, menus and what it shows."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Locator, Page, ViewportSize, expect

from tests.pages.servers import Server
from tests.support.waiting import seconds

KERNEL = "Python 3 (Penstock)"
#: Size of a page.
VIEWPORT: ViewportSize = {"width": 1280, "height": 860}
_NUMBERED = re.compile(r"^\[\d+\]:$")
#: Where a test leaves pictures of its page.
PICTURES = Path(__file__).resolve().parents[2] / "build" / "pages"


class Notebook:
    """An open notebook. Cells are numbered from 0, markdown cells too."""

    def __init__(self, page: Page, kernel: str = KERNEL) -> None:
        self.page = page
        self.kernel = kernel
        self.panel = page.locator(".jp-NotebookPanel")

    @property
    def cells(self) -> Locator:
        """All cells."""
        return self.panel.locator(".jp-Notebook .jp-Cell")

    def cell(self, index: int) -> Locator:
        """One cell."""
        return self.cells.nth(index)

    def output(self, index: int) -> Locator:
        """The area that shows a cell's outputs."""
        return self.cell(index).locator(".jp-OutputArea").first

    def prompt(self, index: int) -> Locator:
        """What stands beside a code cell: ``[ ]:``, ``[*]:`` while it waits or runs, ``[3]:``."""
        return self.cell(index).locator(".jp-InputPrompt")

    def text(self, index: int) -> str:
        """All text that a cell's outputs show."""
        return "".join(self.output(index).locator(".jp-OutputArea-output").all_text_contents())

    def run(self, index: int) -> None:
        """Runs a cell and does not wait for its end."""
        self.cell(index).locator(".cm-content").click()
        self.page.keyboard.press("Control+Enter")

    def run_all(self) -> None:
        """Runs all cells by the menu."""
        self.menu("Run", "Run All Cells")

    def menu(self, name: str, entry: str) -> None:
        """Chooses an entry of the menu bar."""
        bar = self.page.locator(".lm-MenuBar")
        bar.get_by_text(name, exact=True).click()
        self.page.locator(".lm-Menu").get_by_text(entry, exact=True).click()

    def interrupt(self) -> None:
        """Presses I twice in command mode."""
        self.page.keyboard.press("Escape")
        self.page.keyboard.press("i")
        self.page.keyboard.press("i")

    def restart(self) -> None:
        """Restarts the kernel by the menu and waits until it is back."""
        self.menu("Kernel", "Restart Kernel…")
        confirm = self.page.locator(".jp-Dialog").get_by_role(
            "button", name="Confirm Kernel Restart"
        )
        confirm.click()
        self.is_idle()

    def save(self) -> None:
        """Saves the notebook by the menu and waits until it is saved."""
        self.menu("File", "Save Notebook")
        expect(self.page.locator(".lm-DockPanel-tabBar .jp-mod-dirty")).to_have_count(0)

    def is_done(self, index: int, within: float = 60) -> None:
        """Waits until a code cell has run to its end."""
        expect(self.prompt(index)).to_have_text(
            _NUMBERED, timeout=seconds(within) * 1000, use_inner_text=True
        )

    def is_idle(self, within: float = 60) -> None:
        """Waits until the page says that its kernel is the right one, and idle."""
        expect(self.panel.locator(".jp-Toolbar-kernelName").first).to_have_text(
            self.kernel, timeout=seconds(within) * 1000
        )
        expect(
            self.panel.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]")
        ).to_be_visible(timeout=seconds(within) * 1000)

    def picture(self, name: str) -> None:
        """Leaves a picture of the page in build/pages."""
        PICTURES.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=PICTURES / f"{name}.png")


def opened(page: Page, server: Server, path: str, *, kernel: str = KERNEL) -> Notebook:
    """Opens a notebook, in a workspace of its own, and waits until its kernel is there."""
    page.goto(server.page(f"lab/workspaces/{Path(path).stem}/tree/{path}"))
    notebook = Notebook(page, kernel)
    notebook.is_idle()
    return notebook
