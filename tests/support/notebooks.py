"""The project's notebooks, run through nbclient."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient

from tests.support.environment import clean
from tests.support.specs import KERNEL_NAMES
from tests.support.waiting import seconds

FOLDER = Path(__file__).resolve().parents[2] / "notebooks"
NAMES = tuple(sorted(file.stem for file in FOLDER.glob("*.ipynb")))


def read(name: str) -> Any:
    """One of the project's notebooks, without outputs."""
    return nbformat.read(FOLDER / f"{name}.ipynb", as_version=4)


def of_cells(*sources: str) -> Any:
    """A notebook of code cells."""
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in sources])


def write(file: Path, notebook: Any, kernel: str) -> None:
    """Writes a notebook that asks for the kernel of this name."""
    notebook.metadata.kernelspec = {"name": kernel, "display_name": kernel, "language": "python"}
    nbformat.write(notebook, file)


def execute(notebook: Any, via: str) -> None:
    """Runs the notebook through nbclient, in the notebooks' folder, on a kernel that is started as
    `via` says.
    """
    client = NotebookClient(
        notebook,
        kernel_name=KERNEL_NAMES[via],
        timeout=seconds(120),
        resources={"metadata": {"path": str(FOLDER)}},
    )
    client.execute(env=clean())


def code_cells(notebook: Any) -> list[Any]:
    """The code cells in order."""
    return [cell for cell in notebook.cells if cell.cell_type == "code"]
