"""Runs a notebook with testbook: `notebook.py SOURCE TARGET LIMIT PARAMETERS`. LIMIT is in seconds,
0 for none; PARAMETERS is a JSON object. A cell that may not raise ends it.
"""

from __future__ import annotations

import json
import sys

import nbformat
from testbook import testbook


def main() -> None:
    """Executes all cells in order, in one kernel."""
    source, target, limit, parameters = sys.argv[1:]
    options = {"timeout": int(limit), "interrupt_on_timeout": True} if limit != "0" else {}
    notebook = nbformat.read(source, as_version=4)
    name = notebook.metadata.kernelspec.name
    with testbook(notebook, kernel_name=name, **options) as book:
        for index, cell in enumerate(list(book.cells)):
            book.execute_cell(index)
            if "parameters" in cell.metadata.tags:
                for name, value in json.loads(parameters).items():
                    book.inject(f"{name} = {value!r}", pop=True)
        nbformat.write(book.nb, target)


if __name__ == "__main__":
    main()
