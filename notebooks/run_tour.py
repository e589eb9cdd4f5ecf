"""Runs a notebook on Penstock through nbclient and shows each cell and its output as it comes.

usage: python run_tour.py [NOTEBOOK] [--kernel NAME] [--save FILE]

The notebook is tour.ipynb beside this script unless another is named.
"""

from __future__ import annotations

import argparse
import sys
import textwrap
import time
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, DeadKernelError

HERE = Path(__file__).resolve().parent
WIDTH = 100
LINES = 14


class Colours:
    """Terminal colours, empty where the output is not a terminal."""

    def __init__(self, *, wanted: bool) -> None:
        self.code = "\033[36m" if wanted else ""
        self.prose = "\033[1m" if wanted else ""
        self.faint = "\033[2m" if wanted else ""
        self.error = "\033[31m" if wanted else ""
        self.off = "\033[0m" if wanted else ""


class Show(NotebookClient):
    """An nbclient that prints what happens, when it happens."""

    def __init__(self, notebook: Any, colours: Colours, **options: Any) -> None:
        super().__init__(notebook, **options)
        self.colours = colours
        self.began = 0.0

    def prose(self, text: str) -> None:
        """Shows a markdown cell."""
        print(f"\n{self.colours.prose}{text}{self.colours.off}")

    def begin(self, cell: Any) -> None:
        """Shows a code cell's source and takes the time."""
        self.began = time.perf_counter()
        print()
        for line in cell.source.splitlines():
            print(f"{self.colours.code}  │ {line}{self.colours.off}")

    def end(self) -> None:
        """Shows how long the cell took."""
        took = (time.perf_counter() - self.began) * 1000
        print(f"{self.colours.faint}  ╰ {took:.0f} ms{self.colours.off}", flush=True)

    def process_message(self, msg: Any, cell: Any, cell_index: int) -> Any:
        """Shows each output as it arrives, then does with it what nbclient does."""
        content = msg["content"]
        match msg["msg_type"]:
            case "stream":
                print(content["text"], end="")
            case "display_data" | "execute_result":
                print(shown(content["data"]))
            case "error":
                print(
                    f"{self.colours.error}{content['ename']}: {content['evalue']}{self.colours.off}"
                )
        sys.stdout.flush()
        return super().process_message(msg, cell, cell_index)


def shown(data: dict[str, Any]) -> str:
    """What a terminal can show of a display: its text, shortened, and what else there is."""
    if "text/markdown" in data:
        return textwrap.fill(str(data["text/markdown"]), WIDTH)
    lines = [line[:WIDTH] for line in str(data.get("text/plain", "")).splitlines()]
    if len(lines) > LINES:
        lines = [*lines[:LINES], f"... {len(lines) - LINES} more lines"]
    rich = [
        f"[{mime}, {len(str(value)) / 1024:.0f} kB]"
        for mime, value in data.items()
        if mime != "text/plain"
    ]
    return "\n".join([*lines, *rich])


def run(path: Path, kernel_name: str) -> Any:
    """Runs all cells; returns the notebook with its outputs."""
    notebook = nbformat.read(path, as_version=4)
    show = Show(
        notebook,
        Colours(wanted=sys.stdout.isatty()),
        kernel_name=kernel_name,
        timeout=300,
        resources={"metadata": {"path": str(path.parent)}},
    )
    begin = time.perf_counter()
    with show.setup_kernel():
        print(
            f"{path.name} on kernel {kernel_name!r}, started in {time.perf_counter() - begin:.2f} s"
        )
        for index, cell in enumerate(notebook.cells):
            if cell.cell_type != "code":
                show.prose(cell.source)
                continue
            show.begin(cell)
            show.execute_cell(cell, index)
            show.end()
    print(f"\n{path.name}: {time.perf_counter() - begin:.2f} s in all")
    return notebook


def main() -> int:
    """The command line; exit code 1 when a cell fails or the kernel dies."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("notebook", nargs="?", type=Path, default=HERE / "tour.ipynb")
    parser.add_argument("--kernel", default="penstock", help="name of the kernelspec")
    parser.add_argument("--save", type=Path, help="where to write the notebook with its outputs")
    arguments = parser.parse_args()
    try:
        notebook = run(arguments.notebook.resolve(), arguments.kernel)
    except (CellExecutionError, DeadKernelError) as problem:
        print(f"the notebook did not run to its end: {problem}", file=sys.stderr)
        return 1
    if arguments.save:
        nbformat.write(notebook, arguments.save)
    return 0


if __name__ == "__main__":
    sys.exit(main())
