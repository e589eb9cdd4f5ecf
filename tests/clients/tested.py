"""Programs that test notebooks."""

from __future__ import annotations

import json
import sys
import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

import nbformat
from nbclient import NotebookClient

from tests.clients.client import NO_RESTART
from tests.clients.outcome import Outcome
from tests.clients.runners import NOBODY_TYPES, NOT_SHOWN, UNATTENDED, Runner
from tests.support import notebooks
from tests.support.environment import clean
from tests.support.specs import KERNEL_NAMES

PROGRAM = Path(__file__).with_name("programs") / "notebook.py"


class Testbook(Runner):
    """testbook, in a program as its users write them."""

    __test__ = False
    NAME = "testbook"
    ABSENT: ClassVar[Mapping[str, str]] = {
        "question": UNATTENDED,
        "restart": NO_RESTART,
        "completion": NOBODY_TYPES,
        "inspection": NOT_SHOWN,
    }

    def command(self, source: Path, target: Path, *, limit: int | None = None) -> Sequence[Any]:
        """The program."""
        return (sys.executable, PROGRAM, source, target, limit or 0, "{}")

    def parametrised(self, defaults: str, given: Mapping[str, int], code: str) -> Outcome:
        """By `inject`."""
        source, target = self.write([self.cell(defaults, ["parameters"]), self.cell(code)])
        done = self.call([*self.command(source, target)[:-1], json.dumps(given)])
        assert done.returncode == 0, done.stderr
        last = notebooks.code_cells(nbformat.read(target, as_version=4))[-1]
        return Outcome.of_outputs(last.outputs)


class Nbval(Runner):
    """nbval: compares what the kernel says with the outputs in the file, which are ipykernel's
    here. A cell that passed said what the file holds.
    """

    NAME = "nbval"
    ABSENT: ClassVar[Mapping[str, str]] = {
        **Runner.ABSENT,
        "interrupt": "interrupts a cell at its time limit, then skips the cells after it",
        "death": "does not look for it while a cell runs: waits for its time limit",
    }

    def command(self, source: Path, target: Path, *, limit: int | None = None) -> Sequence[Any]:
        """A run of pytest with nbval; the target is its report."""
        assert limit is None
        pytest = (
            sys.executable,
            "-m",
            "pytest",
            "-p",
            "no:cacheprovider",
            "--rootdir",
            source.parent,
        )
        return (*pytest, "--nbval", f"--junitxml={target}", source)

    def reference(self, cells: Sequence[Any]) -> list[Any]:
        """The cells with the outputs of ipykernel."""
        notebook = nbformat.v4.new_notebook(cells=list(cells))
        NotebookClient(notebook, kernel_name=KERNEL_NAMES["reference"]).execute(env=clean())
        return list(notebook.cells)

    def executed(self, cells: Sequence[Any], *, limit: int | None = None) -> list[Outcome]:
        """What the file holds of each cell that passed, nothing of the others."""
        known = self.reference(cells)
        source, target = self.write(known)
        done = self.call(self.command(source, target, limit=limit))
        assert target.exists(), done.stdout[-2000:] + done.stderr[-2000:]
        cases = list(ET.parse(target).getroot().iter("testcase"))
        assert len(cases) == len(known), done.stdout[-2000:]
        return [
            Outcome.of_outputs(cell.outputs if len(case) == 0 else [])
            for cell, case in zip(known, cases, strict=True)
        ]

    def exit_code(self, code: str) -> int:
        """Of a notebook whose one cell may not raise."""
        (cell,) = self.reference([self.cell(code)])
        cell.metadata.tags = []
        source, target = self.write([cell])
        return self.call(self.command(source, target)).returncode
