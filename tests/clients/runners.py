"""Programs that run a notebook file from its first cell to its last."""

from __future__ import annotations

import math
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

import nbformat

from tests.clients.client import ALWAYS_ZERO, KERNEL, NO_PARAMETERS, NO_RESTART, Client
from tests.clients.outcome import Outcome
from tests.support import notebooks
from tests.support.environment import clean
from tests.support.waiting import seconds

BIN = Path(sys.executable).parent
UNATTENDED = "runs unattended: input() raises StdinNotImplementedError"
NOBODY_TYPES = "nobody types"
NOT_SHOWN = "what `name?` pages is no output of a cell"
GIVES_UP = "its time limit ends the run instead of interrupting the cell"
TIME_LIMIT = math.ceil(seconds(10))
"""Seconds after which a cell is interrupted, by those that interrupt nothing else."""


class Runner(Client):
    """A command that turns one notebook into another."""

    ABSENT: ClassVar[Mapping[str, str]] = {
        "question": UNATTENDED,
        "restart": NO_RESTART,
        "completion": NOBODY_TYPES,
        "inspection": NOT_SHOWN,
        "parameters": NO_PARAMETERS,
    }
    TOLD_OF_DEATH = "DeadKernelError"

    def command(self, source: Path, target: Path, *, limit: int | None = None) -> Sequence[Any]:
        """The command line. With a `limit` in seconds, longer cells are interrupted."""
        raise NotImplementedError

    def cell(self, source: str, tags: Sequence[str] = ("raises-exception",)) -> Any:
        """A code cell that may raise an exception."""
        return nbformat.v4.new_code_cell(source, metadata={"tags": list(tags)})

    def write(self, cells: Sequence[Any]) -> tuple[Path, Path]:
        """A notebook of these cells, and where the executed one is to go."""
        source, target = self.folder / "source.ipynb", self.folder / "target.ipynb"
        target.unlink(missing_ok=True)
        notebooks.write(source, nbformat.v4.new_notebook(cells=list(cells)), KERNEL)
        return source, target

    def call(self, command: Sequence[Any]) -> subprocess.CompletedProcess[str]:
        """Runs a command to its end."""
        return subprocess.run(
            [str(part) for part in command],
            cwd=self.folder,
            env=clean(),
            input="y\n",  # jcache asks whether to make its cache; others ask nothing
            capture_output=True,
            text=True,
            timeout=seconds(120),
            check=False,
        )

    def executed(self, cells: Sequence[Any], *, limit: int | None = None) -> list[Outcome]:
        """What the executed notebook holds of each cell."""
        source, target = self.write(cells)
        done = self.call(self.command(source, target, limit=limit))
        assert target.exists(), f"{self.NAME}: {done.stdout[-2000:]}{done.stderr[-2000:]}"
        notebook = nbformat.read(target, as_version=4)
        return [Outcome.of_outputs(cell.outputs) for cell in notebooks.code_cells(notebook)]

    def run(self, cells: Mapping[str, str]) -> dict[str, Outcome]:
        """One notebook for all."""
        seen = self.executed([self.cell(code) for code in cells.values()])
        return dict(zip(cells, seen, strict=True))

    def interrupt(self, code: str, runs: str, after: str) -> tuple[Outcome, Outcome]:
        """By a time limit: nobody is there to do it."""
        seen, then = self.executed([self.cell(code), self.cell(after)], limit=TIME_LIMIT)
        assert runs in seen.stdout
        return seen, then

    def death(self, code: str) -> str:
        """What it wrote before it gave up."""
        source, target = self.write([self.cell(code)])
        done = self.call(self.command(source, target))
        assert done.returncode != 0
        return done.stdout + done.stderr

    def exit_code(self, code: str) -> int:
        """Of a notebook whose one cell may not raise."""
        source, target = self.write([self.cell(code, tags=())])
        return self.call(self.command(source, target)).returncode


class Nbconvert(Runner):
    """`jupyter nbconvert --execute`."""

    NAME = "nbconvert"

    def command(self, source: Path, target: Path, *, limit: int | None = None) -> Sequence[Any]:
        """Converts to a notebook."""
        option = "--ExecutePreprocessor"
        limits = (
            ()
            if limit is None
            else (f"{option}.timeout={limit}", f"{option}.interrupt_on_timeout=True")
        )
        basic = (BIN / "jupyter", "nbconvert", "--execute", "--to", "notebook")
        return (*basic, *limits, "--output", target, source)


class JupyterExecute(Runner):
    """`jupyter execute`."""

    NAME = "jupyter execute"

    ABSENT: ClassVar[Mapping[str, str]] = {**Runner.ABSENT, "interrupt": GIVES_UP}

    def command(self, source: Path, target: Path, *, limit: int | None = None) -> Sequence[Any]:
        """Writes into another file."""
        assert limit is None
        return (BIN / "jupyter", "execute", f"--output={target.stem}", source)


class Papermill(Runner):
    """`papermill`."""

    NAME = "papermill"
    ABSENT: ClassVar[Mapping[str, str]] = {
        "question": UNATTENDED,
        "restart": NO_RESTART,
        "completion": NOBODY_TYPES,
        "inspection": NOT_SHOWN,
        "interrupt": GIVES_UP,
    }

    def command(self, source: Path, target: Path, *, limit: int | None = None) -> Sequence[Any]:
        """Without the bar."""
        assert limit is None
        return (BIN / "papermill", "--no-progress-bar", source, target)

    def parametrised(self, defaults: str, given: Mapping[str, int], code: str) -> Outcome:
        """Parameters on the command line."""
        source, target = self.write([self.cell(defaults, ["parameters"]), self.cell(code)])
        options = [part for name, value in given.items() for part in ("-p", name, value)]
        done = self.call([*self.command(source, target), *options])
        assert done.returncode == 0, done.stderr
        last = notebooks.code_cells(nbformat.read(target, as_version=4))[-1]
        return Outcome.of_outputs(last.outputs)


class JupyterCache(Runner):
    """`jcache`."""

    NAME = "jupyter-cache"
    TOLD_OF_DEATH = "died"
    OTHERWISE: ClassVar[Mapping[str, str]] = {"exit_code": ALWAYS_ZERO}
    ABSENT: ClassVar[Mapping[str, str]] = {
        **Runner.ABSENT,
        "interrupt": GIVES_UP,
    }

    def jcache(self, *arguments: Any) -> subprocess.CompletedProcess[str]:
        """Runs one of its commands on the cache in this client's folder."""
        return self.call((BIN / "jcache", *arguments))

    def executed(self, cells: Sequence[Any], *, limit: int | None = None) -> list[Outcome]:
        """Added to a project, executed, merged out of the cache."""
        assert limit is None
        source, target = self.write(cells)
        self.jcache("notebook", "add", source)
        done = self.jcache("project", "execute", "--force")
        merged = self.jcache("notebook", "merge", source, target)
        assert target.exists(), done.stdout + done.stderr + merged.stdout + merged.stderr
        notebook = nbformat.read(target, as_version=4)
        return [Outcome.of_outputs(cell.outputs) for cell in notebooks.code_cells(notebook)]

    def death(self, code: str) -> str:
        """What it wrote."""
        source, _ = self.write([self.cell(code)])
        self.jcache("notebook", "add", source)
        done = self.jcache("project", "execute", "--force")
        return done.stdout + done.stderr

    def exit_code(self, code: str) -> int:
        """Of executing the project."""
        source, _ = self.write([self.cell(code, tags=())])
        self.jcache("notebook", "add", source)
        return self.jcache("project", "execute", "--force").returncode
