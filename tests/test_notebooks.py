"""Every notebook of the project runs through nbclient and shows what ipykernel shows."""

from __future__ import annotations

import subprocess
import sys
from functools import cache
from typing import Any

import nbformat
import pytest

from tests.support import notebooks
from tests.support.gateway import Gateway
from tests.support.outputs import comparable, in_any_order

ORDER_PROMISED = "order-promised-by-penstock"


def executed(name: str, via: str) -> list[Any]:
    """Code cells of a notebook after a run."""
    notebook = notebooks.read(name)
    notebooks.execute(notebook, via)
    return notebooks.code_cells(notebook)


@cache
def reference(name: str) -> list[Any]:
    """Code cells after a run on ipykernel, on this machine, in this Python."""
    return executed(name, "reference")


@pytest.mark.parametrize("name", notebooks.NAMES)
def test_notebook_shows_what_ipykernel_shows(name: str, via: str, gateway: Gateway) -> None:
    for ours, theirs in zip(executed(name, via), reference(name), strict=True):
        assert ours.execution_count == theirs.execution_count
        if ORDER_PROMISED in ours.metadata.get("tags", []):
            assert in_any_order(ours.outputs) == in_any_order(theirs.outputs), ours.source
        else:
            assert comparable(ours.outputs) == comparable(theirs.outputs), ours.source


@pytest.mark.beyond_reference
def test_lines_of_other_programs_stand_where_they_were_written(via: str, gateway: Gateway) -> None:
    cells = [c for c in executed("subprocess", via) if ORDER_PROMISED in c.metadata.get("tags", [])]
    assert cells
    for cell in cells:
        text = "".join(o["text"] for o in cell.outputs if o["output_type"] == "stream")
        numbers = [int(line.split()[0]) for line in text.splitlines() if line[0].isdigit()]
        assert numbers == list(range(1, len(numbers) + 1)), cell.source


@pytest.mark.parametrize("name", notebooks.NAMES)
def test_notebook_is_stored_clean(name: str) -> None:
    notebook = notebooks.read(name)
    nbformat.validate(notebook)
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    assert notebook.metadata.kernelspec.name == "penstock"
    for cell in notebooks.code_cells(notebook):
        assert cell.outputs == []
        assert cell.execution_count is None


def test_the_data_set_is_what_its_script_makes(tmp_path: Any) -> None:
    folder = notebooks.FOLDER / "data"
    made = tmp_path / "made.csv"
    subprocess.run([sys.executable, folder / "make_readings.py", made], check=True, timeout=60)
    assert made.read_bytes() == (folder / "plant_readings.csv").read_bytes()
