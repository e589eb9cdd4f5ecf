"""Outputs of cells that end while nobody is there (docs/closed-tabs.md)."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest

from tests.support import notebooks
from tests.support.gates import Gate
from tests.support.served import Served, serving
from tests.support.tab import Tab, TabCell
from tests.support.waiting import eventually

PLOT = """
import base64
from IPython.display import display, clear_output, Image
print('gone at once')
clear_output(wait=True)
print('kept')
handle = display('before', display_id=True)
handle.update('after')
print('10%\\r20%\\r100%', end='')
print('!')
import sys; print('to stderr', file=sys.stderr)
display(Image(data=base64.b64decode('iVBORw0KGgo='), format='png'))
6 * 7
"""


class Book:
    """A notebook in the server's root, its session and the tab that has it open.

    session_name: what the root is called in JPY_SESSION_NAME, which stands for the session.
    """

    def __init__(
        self, server: Served, root: Path, *sources: str, session_name: Path | None = None
    ) -> None:
        self.server = server
        self.file = root / "books" / f"{uuid.uuid4().hex}.ipynb"
        self.file.parent.mkdir(exist_ok=True)
        self.gate = Gate(self.file.with_suffix(".gate"))
        self.sources = [source.replace("GATE", self.gate.wait) for source in sources]
        notebooks.write(self.file, notebooks.of_cells(*self.sources), "penstock")
        self.before = self.file.read_bytes()
        self.path = str(self.file.relative_to(root))
        if session_name is None:
            model = {"path": self.path, "name": self.file.name, "type": "notebook"}
            self.kernel = str(server.call("POST", "api/sessions", model).json["kernel"]["id"])
        else:
            self.kernel = server.kernel(env={"JPY_SESSION_NAME": str(session_name / self.path)})
        self.counted = counts(server)
        self.tab = Tab(server.as_server(), self.kernel)

    def read(self) -> Any:
        """The notebook as it is now, which has to be valid."""
        notebook = nbformat.read(self.file, as_version=4)
        nbformat.validate(notebook)
        return notebook

    def start(self, index: int, source: str | None = None) -> TabCell:
        """Executes a cell as JupyterLab does, and does not wait."""
        metadata = {"cellId": self.read().cells[index].id}
        return self.tab.start(source or self.sources[index], metadata)

    def leave(self) -> None:
        """Closes the tab, and then lets the cell go on."""
        self.tab.close()
        model = f"api/kernels/{self.kernel}"
        eventually(
            lambda: self.server.call("GET", model).json["connections"] == 0, 20, "nobody is there"
        )
        self.gate.open()

    def ends(self, outcome: str, count: int = 1) -> None:
        """Waits until so many more cells have had this outcome, and none another."""
        wanted = {**self.counted, outcome: self.counted.get(outcome, 0) + count}
        eventually(lambda: counts(self.server) == wanted, 20, f"{count} times {outcome}")

    def close(self) -> None:
        """Ends its kernel."""
        self.tab.close()
        assert self.server.call("DELETE", f"api/kernels/{self.kernel}").status in (204, 404)


def counts(server: Served) -> dict[str, int]:
    """How often which outcome was counted."""
    text = server.call("GET", "metrics").body.decode()
    found = re.findall(r'\npenstock_orphaned_executions_total\{outcome="(\w+)"\} (\d+)', text)
    return {outcome: int(count) for outcome, count in found}


@pytest.fixture
def book(server: Served, root: Path) -> Iterator[Any]:
    """Makes books, and closes them."""
    made: list[Book] = []

    def make(*sources: str, **options: Path) -> Book:
        made.append(Book(server, root, *sources, **options))
        return made[-1]

    yield make
    for one in made:
        one.close()


def test_all_outputs_are_in_the_notebook(book: Any) -> None:
    mine = book("print('first', flush=True)\nGATE" + PLOT, "'other'")
    mine.start(0).until_text("first")
    mine.leave()
    mine.ends("saved")
    cell, other = mine.read().cells
    assert cell.execution_count == 1
    assert [output.output_type for output in cell.outputs] == [
        "stream",
        "display_data",
        "stream",
        "stream",
        "display_data",
        "execute_result",
    ]
    kept, handle, bar, complaint, picture, result = cell.outputs
    assert kept.text == "kept\n"
    assert handle.data["text/plain"] == "'after'"
    assert (bar.name, bar.text) == ("stdout", "100%!\n")
    assert (complaint.name, complaint.text) == ("stderr", "to stderr\n")
    assert picture.data["image/png"].strip() == "iVBORw0KGgo="
    assert (result.data["text/plain"], result.execution_count) == ("42", 1)
    assert (other.source, other.outputs, other.execution_count) == ("'other'", [], None)


def test_the_file_is_as_jupyter_writes_it(book: Any) -> None:
    mine = book("GATE\nprint('x')", "2")
    mine.start(0)
    mine.leave()
    mine.ends("saved")
    saved = mine.file.read_text(encoding="utf-8")
    assert saved == nbformat.writes(mine.read()) + "\n"
    assert list(mine.file.parent.glob(".~*")) == []


def test_cells_that_wait_are_written_each_and_errors_too(book: Any) -> None:
    mine = book("GATE\nprint('one')", "print('two')", "1 / 0", "print('aborted')")
    cells = [mine.start(index) for index in range(4)]
    cells[0].until(lambda cell: cell.of("execute_input"), "the first cell runs")
    mine.leave()
    mine.ends("saved", 3)
    one, two, error, aborted = mine.read().cells
    assert [one.outputs[0].text, two.outputs[0].text] == ["one\n", "two\n"]
    assert (error.outputs[0].output_type, error.outputs[0].ename) == ("error", "ZeroDivisionError")
    assert (aborted.outputs, aborted.execution_count) == ([], None)


def test_a_death_is_told_in_the_cell(book: Any) -> None:
    mine = book("print('before', flush=True)\nGATE\nimport os; os.kill(os.getpid(), 9)")
    mine.start(0).until_text("before")
    mine.leave()
    mine.ends("saved")
    text = "".join(output.text for output in mine.read().cells[0].outputs)
    assert text.startswith("before\n")
    assert "SIGKILL" in text


@pytest.mark.parametrize("root_is", ["as it is", "by a link"])
def test_the_notebook_is_found_by_the_name_that_jupyter_server_gives(
    book: Any, root: Path, tmp_path: Path, root_is: str
) -> None:
    name = root
    if root_is == "by a link":
        name = tmp_path / "link"
        name.symlink_to(root)
    mine = book("GATE\nprint('found')", session_name=name)
    mine.start(0)
    mine.leave()
    mine.ends("saved")
    assert mine.read().cells[0].outputs[0].text == "found\n"


def test_another_source_is_left_alone_and_the_log_has_it(book: Any) -> None:
    mine = book("GATE\nprint('in the file')")
    mine.start(0, mine.sources[0].replace("in the file", "unsaved"))
    mine.leave()
    mine.ends("source_changed")
    assert mine.file.read_bytes() == mine.before
    cell = mine.read().cells[0].id
    entries = mine.server.call("GET", f"api/kernels/{mine.kernel}/log?cell={cell}").json["entries"]
    assert [e["content"]["text"] for e in entries if e["msg_type"] == "stream"] == ["unsaved\n"]
    file = mine.server.folder / "gateway.log"

    def told() -> bool:
        lines = [line for line in file.read_text("utf-8").splitlines() if mine.kernel in line]
        return any("outputs of a cell stay in the log" in line for line in lines)

    eventually(told, 10, "it is logged")
    assert "unsaved" not in file.read_text("utf-8")


@pytest.mark.parametrize("lost", ["file", "cell"])
def test_what_is_not_there_is_not_made(book: Any, lost: str) -> None:
    mine = book("GATE\nprint('x')")
    mine.start(0)
    if lost == "file":
        mine.file.unlink()
    else:
        notebooks.write(mine.file, notebooks.of_cells(*mine.sources), "penstock")
        mine.before = mine.file.read_bytes()
    mine.leave()
    mine.ends("no_notebook" if lost == "file" else "no_cell")
    assert not mine.file.exists() if lost == "file" else mine.file.read_bytes() == mine.before


def test_nothing_is_written_while_somebody_is_there(book: Any, server: Served) -> None:
    mine = book("print('in', flush=True)\nGATE\nprint('x')", "GATE\nprint('later')")
    cell = mine.start(0).until_text("in")
    other = mine.tab.another()
    mine.tab.close()
    mine.gate.open()
    # The reply is for the tab that has left.
    other.until(lambda: other.seen(cell).idle, "the end of the cell")
    assert mine.file.read_bytes() == mine.before
    mine.gate.close()
    mine.tab = other
    mine.start(1)
    mine.leave()
    mine.ends("saved")
    first, later = mine.read().cells
    assert (first.outputs, later.outputs[0].text) == ([], "later\n")


@pytest.mark.parametrize("named", ["as it is", "by a link"])
def test_nor_while_another_kernel_s_client_has_the_notebook(
    book: Any, server: Served, named: str
) -> None:
    mine = book("GATE\nprint('x')")
    mine.start(0)
    name = mine.file
    if named == "by a link":
        name = mine.file.with_name(f"link-{mine.file.name}")
        name.symlink_to(mine.file.name)
    second = server.kernel(env={"JPY_SESSION_NAME": str(name)})
    reader = Tab(server.as_server(), second)
    mine.leave()
    mine.ends("held")
    assert mine.file.read_bytes() == mine.before
    reader.close()
    assert server.call("DELETE", f"api/kernels/{second}").status == 204


def test_a_session_of_no_possible_file_is_in_nobody_s_way(book: Any, server: Served) -> None:
    mine = book("GATE\nprint('x')")
    mine.start(0)
    model = {"path": "no\0file.ipynb", "name": "", "type": "notebook"}
    other = server.call("POST", "api/sessions", model)
    assert other.status == 201
    reader = Tab(server.as_server(), other.json["kernel"]["id"])
    mine.leave()
    mine.ends("saved")
    reader.close()
    assert server.call("DELETE", f"api/sessions/{other.json['id']}").status == 204


def test_what_a_client_ends_is_not_written(book: Any, server: Served) -> None:
    mine = book("print('in', flush=True)\nGATE", "GATE\nprint('later')")
    mine.start(0).until_text("in")
    mine.tab.close()
    assert server.call("POST", f"api/kernels/{mine.kernel}/restart").status == 200
    mine.tab = Tab(server.as_server(), mine.kernel)
    mine.start(1)
    mine.leave()
    mine.ends("saved")
    assert [len(cell.outputs) for cell in mine.read().cells] == [0, 1]


def test_the_switch(root: Path) -> None:
    with serving(f"--root-dir={root}", "--no-save-orphaned-outputs") as server:
        mine = Book(server, root, "GATE\nprint('x')")
        mine.start(0)
        mine.leave()
        model = f"api/kernels/{mine.kernel}"
        eventually(
            lambda: server.call("GET", model).json["execution_state"] == "idle", 20, "its end"
        )
        mine.tab = Tab(server.as_server(), mine.kernel)
        mine.tab.run("1")
        assert mine.file.read_bytes() == mine.before
        assert counts(server) == {}
