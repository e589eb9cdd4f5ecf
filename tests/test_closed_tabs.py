"""Outputs of cells that end while no page is there, with kernels of a local jupyter_server
(docs/closed-tabs.md).
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest

from tests.pages.servers import Server, jupyter_server
from tests.support import notebooks
from tests.support.gates import Gate
from tests.support.gateway import Gateway
from tests.support.specs import KERNEL_NAMES
from tests.support.tab import Tab, TabCell, rest
from tests.support.waiting import eventually

SHOW = """
import sys
from IPython.display import display
handle = display('before', display_id=True)
handle.update('after')
print('10%\\r100%')
print('to stderr', file=sys.stderr)
6 * 7
"""


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The server's notebooks."""
    return tmp_path_factory.mktemp("notebooks")


@pytest.fixture(scope="module")
def server(gateway: Gateway, root: Path) -> Iterator[Server]:
    """A Jupyter server; pip has switched on what Penstock brings to it."""
    with jupyter_server(root, root.with_name("log")) as running:
        yield running


class Book:
    """A notebook, its session and the tab that has it open."""

    def __init__(self, server: Server, root: Path, *sources: str) -> None:
        self.server = server
        self.file = root / f"{uuid.uuid4().hex}.ipynb"
        self.gate = Gate(self.file.with_suffix(".gate"))
        self.sources = [source.replace("GATE", self.gate.wait) for source in sources]
        name = KERNEL_NAMES["provisioner"]
        notebooks.write(self.file, notebooks.of_cells(*self.sources), name)
        self.before = self.file.read_bytes()
        model = {"path": self.file.name, "name": "", "type": "notebook", "kernel": {"name": name}}
        self.session = rest(server, "POST", "sessions", model)
        self.kernel = str(self.session["kernel"]["id"])
        self.tab = Tab(server, self.kernel)

    def cells(self) -> list[Any]:
        """The cells as they are now in the file, which has to be valid."""
        notebook = nbformat.read(self.file, as_version=4)
        nbformat.validate(notebook)
        return list(notebook.cells)

    def start(self, index: int, source: str | None = None) -> TabCell:
        """Executes a cell as JupyterLab does, and does not wait."""
        return self.tab.start(source or self.sources[index], {"cellId": self.cells()[index].id})

    def leave(self) -> None:
        """Closes the tab, and then lets the cell go on."""
        self.tab.close()
        eventually(lambda: self.tab.model()["connections"] == 0, 20, "nobody is there")
        self.gate.open()

    def until_written(self, index: int) -> None:
        """Waits until a cell has outputs in the file."""
        eventually(lambda: self.cells()[index].outputs, 40, "outputs in the notebook")


@pytest.fixture
def book(server: Server, root: Path) -> Iterator[Callable[..., Book]]:
    """Makes books, and ends their kernels."""
    made: list[Book] = []

    def make(*sources: str) -> Book:
        made.append(Book(server, root, *sources))
        return made[-1]

    yield make
    for one in made:
        one.tab.close()
        rest(server, "DELETE", f"sessions/{one.session['id']}")


def test_outputs_are_in_the_notebook(book: Callable[..., Book]) -> None:
    mine = book("print('first', flush=True)\nGATE" + SHOW, "print('queued')", "1 / 0", "'never'")
    cells = [mine.start(index) for index in range(4)]
    cells[0].until_text("first")
    mine.leave()
    mine.until_written(2)
    shown, queued, error, never = mine.cells()
    first, handle, bar, complaint, result = shown.outputs
    assert (first.text, bar.text) == ("first\n", "100%\n")
    assert handle.data["text/plain"] == "'after'"
    assert (complaint.name, complaint.text) == ("stderr", "to stderr\n")
    assert (result.data["text/plain"], result.execution_count) == ("42", 1)
    assert (queued.outputs[0].text, queued.execution_count) == ("queued\n", 2)
    assert error.outputs[0].ename == "ZeroDivisionError"
    assert (never.outputs, never.execution_count) == ([], None)
    opened = rest(mine.server, "GET", f"contents/{mine.file.name}")["content"]["cells"]
    assert opened[0]["metadata"]["trusted"]  # as what a page has executed
    assert mine.file.read_text("utf-8") == nbformat.writes(nbformat.read(mine.file, 4)) + "\n"
    assert not list(mine.file.parent.glob(".~*"))


def test_another_source_is_left_alone(book: Callable[..., Book]) -> None:
    mine = book("GATE\nprint('in the file')")
    mine.start(0, mine.sources[0].replace("in the file", "unsaved"))
    mine.leave()
    told = f"stay in the log of kernel {mine.kernel}, no page was there: the cell's source in the"
    eventually(lambda: told in mine.server.log.read_text("utf-8"), 20, "the reason in the log")
    assert mine.file.read_bytes() == mine.before


def test_a_file_with_two_names_keeps_both(book: Callable[..., Book]) -> None:
    mine = book("GATE\nprint('x')")
    other = mine.file.with_suffix(".other")
    other.hardlink_to(mine.file)
    mine.start(0)
    mine.leave()
    told = f"Outputs of a cell are in {mine.file.name}"
    eventually(lambda: told in mine.server.log.read_text("utf-8"), 40, "the end")
    assert mine.cells()[0].outputs[0].text == "x\n"
    assert other.samefile(mine.file)


def test_a_notebook_that_is_gone_is_not_made(book: Callable[..., Book]) -> None:
    mine = book("GATE\nprint('x')")
    mine.start(0)
    mine.file.unlink()
    mine.leave()
    told = f"stay in the log of kernel {mine.kernel}, no page was there: the notebook is not there"
    eventually(lambda: told in mine.server.log.read_text("utf-8"), 40, "the reason in the log")
    assert not mine.file.exists()


def test_what_a_page_sees_and_what_a_client_ends_is_not_written(book: Callable[..., Book]) -> None:
    mine = book(*["print('in', flush=True)\nGATE"] * 2, "GATE\nprint('later')")
    other = mine.tab.another()
    cell = mine.start(0).until_text("in")
    mine.tab.close()
    mine.gate.open()
    other.until(lambda: other.seen(cell).idle, "the end of the cell")
    mine.gate.close()
    mine.tab = other
    mine.start(1).until_text("in")
    mine.tab.close()
    eventually(lambda: mine.tab.model()["connections"] == 0, 20, "nobody is there")
    mine.tab.act("restart")
    assert mine.file.read_bytes() == mine.before
    mine.tab = mine.tab.another()
    mine.start(2)
    mine.leave()
    mine.until_written(2)
    assert [len(cell.outputs) for cell in mine.cells()] == [0, 0, 1]
