"""Output on the page looks as it looks with ipykernel, however it was cut into messages."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page

from tests.pages.lab import KERNEL, Notebook, opened
from tests.pages.servers import Server
from tests.support.waiting import eventually

CELLS = [
    "import sys, time\nfrom IPython.display import clear_output, display",
    "for n in range(500):\n    print(f'\\r{n / 5:5.1f} %', end='', flush=True)",
    "for n in range(300):\n    clear_output(wait=True)\n    print(n, flush=True)",
    "print('gone', flush=True)\nclear_output()\nprint('stays', flush=True)",
    "for n in range(99): print(n, flush=True); print(-n, file=sys.stderr, flush=True)",
    "for n in range(50):\n    print('before', n, flush=True)\n    display(n)",
    "print('\\x1b[31mred', flush=True)\nprint('still red\\x1b[0m', flush=True)\nprint('a\\bb')",
]


def shown(page: Page, server: Server, name: str, kernel: str) -> list[list[tuple[str, str]]]:
    """What the page shows of each cell: the kind of each output, and its text as HTML."""
    notebook = opened(page, server, name, kernel=kernel)
    notebook.run_all()
    notebook.is_done(len(CELLS) - 1)
    reads = [outputs(notebook)]

    def settled() -> bool:
        reads.append(outputs(notebook))
        return bool(reads[-1][-1]) and reads[-1] == reads[-2]

    eventually(settled, 30, "the outputs stay as they are")
    return reads[-1]


def outputs(notebook: Notebook) -> list[list[tuple[str, str]]]:
    """What the page shows now."""
    return [
        [
            (str(area.get_attribute("data-mime-type")), area.inner_html())
            for area in notebook.output(index).locator(".jp-OutputArea-output").all()
        ]
        for index in range(len(CELLS))
    ]


def test_it_looks_as_with_ipykernel(page: Page, lab: Server, write: Callable[..., str]) -> None:
    ours = shown(page, lab, write(*CELLS), KERNEL)
    theirs = shown(page, lab, write(*CELLS, kernel="python3"), "ipykernel")
    for code, our, their in zip(CELLS, ours, theirs, strict=True):
        assert our == their, code
