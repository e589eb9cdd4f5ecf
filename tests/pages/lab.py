"""A notebook in JupyterLab's page, used as a person would: by its keys, menus and what it shows."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path

from playwright.sync_api import Locator, Page, ViewportSize, expect

from tests.pages.servers import Server
from tests.support.waiting import eventually, seconds

KERNEL = "Python 3 (Penstock)"
#: Size of a page.
VIEWPORT: ViewportSize = {"width": 1280, "height": 860}
#: Cells of which the first ends the kernel once it is answered.
KILLED = ("input('Sure? ')\nimport ctypes\nctypes.string_at(1)", "'queued'", "6 * 7")
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

    def shows(self, index: int, text: str) -> None:
        """Waits until this is all that a cell's outputs show, but for white space around it.

        A cell's outputs and its number are not shown in the same moment.
        """
        with suppress(AssertionError):  # what there is instead is told below
            eventually(lambda: self.text(index).strip() == text.strip(), 30, "the text")
        assert self.text(index).strip() == text.strip()

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

    def answer(self, index: int, text: str) -> None:
        """Answers the question that a cell asks."""
        box = self.cell(index).locator(".jp-Stdin-input")
        box.fill(text)
        box.press("Enter")

    def interrupt(self) -> None:
        """Interrupts the kernel by the menu: two keys count as one command only if the page takes
        them soon after each other.
        """
        self.menu("Kernel", "Interrupt Kernel")

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


def toured(notebook: Notebook) -> None:
    """Runs all of the tour and sees that its text and its pictures are there."""
    notebook.run_all()
    last = notebook.cells.count() - 1
    notebook.is_done(last)
    expect(notebook.output(last)).to_contain_text("that is how a trash rack clogs")
    pictures = notebook.panel.locator(".jp-OutputArea-output img[src^='data:image/png']")
    expect(pictures).to_have_count(4)
    for picture in pictures.all():
        assert width(picture) > 300
    expect(notebook.panel.get_by_text("Traceback")).to_have_count(0)
    pictures.first.scroll_into_view_if_needed()


def width(picture: Locator) -> int:
    """How many pixels wide a picture is, once it is decoded."""
    return int(
        picture.evaluate("async image => { await image.decode(); return image.naturalWidth; }")
    )


def frame_text(frame: str | bytes) -> str:
    """A frame of a WebSocket, to look for words in it."""
    return frame if isinstance(frame, str) else frame.decode("utf-8", "replace")


def killed(notebook: Notebook, picture: str) -> None:
    """Runs `KILLED`, sees that the death is told, that nothing waits and that the next cell runs.

    The first cell asks before it dies: an answer comes behind the requests of all cells, while a
    cell that dies at once may be dead before the page has sent the next one, and a request that
    comes between two lives is for the next one.
    """
    notebook.run_all()
    notebook.answer(0, "yes")
    expect(notebook.output(0)).to_contain_text("SIGSEGV")
    notebook.output(0).get_by_text("SIGSEGV").scroll_into_view_if_needed()
    notebook.picture(picture)
    # JupyterLab says that it restarts the kernel; the cells that waited do not wait any more.
    notebook.page.locator(".jp-Dialog").get_by_role("button", name="Ok").click()
    expect(notebook.prompt(1)).not_to_have_text("[*]:")
    notebook.is_idle()
    notebook.run(2)
    expect(notebook.output(2)).to_contain_text("42", timeout=seconds(30) * 1000)
    expect(notebook.prompt(2)).to_have_text(re.compile(r"\[1\]:"))
