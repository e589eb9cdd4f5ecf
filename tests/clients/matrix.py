"""The matrix of clients and checks, for the terminal and for docs/clients.md."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.clients import clients
from tests.clients.checks import CHECKS

_results: dict[tuple[str, str], str] = {}

HEAD = """# Client programs

Each row is one check, each column one client program on Penstock's kernel. `make clients` runs the
checks, each through the front door of the program, and writes this page. A number tells why a
program does not offer something, or what it does otherwise.

"""


def note(client: str, check: Callable[..., None], report: Any) -> None:
    """Keeps the worst that was reported of a check when it ran last."""
    if report.when == "setup":
        _results.pop((client, check.__name__), None)
    if report.failed:
        _results[client, check.__name__] = "FAILED"
    elif report.skipped:
        _results[client, check.__name__] = "skipped"
    else:
        _results.setdefault((client, check.__name__), "yes")


def noted() -> bool:
    """Whether any check ran."""
    return bool(_results)


def complete() -> bool:
    """Whether each check ran through each client and none failed."""
    wanted = {(kind.NAME, check.__name__) for kind in clients.ALL for check in CHECKS}
    return wanted == _results.keys() and set(_results.values()) == {"yes"}


def table() -> str:
    """A Markdown table, and the reasons it refers to."""
    reasons: list[str] = []

    def noted_as(reason: str) -> str:
        if reason not in reasons:
            reasons.append(reason)
        return f"({reasons.index(reason) + 1})"

    rows = [["", *(kind.NAME for kind in clients.ALL)]]
    for check in CHECKS:
        name = check.__name__
        row = [(check.__doc__ or name).strip()]
        for kind in clients.ALL:
            value = _results.get((kind.NAME, name), "–")
            if name in kind.ABSENT:
                value = noted_as(kind.ABSENT[name])
            elif name in kind.OTHERWISE and value == "yes":
                value = f"yes {noted_as(kind.OTHERWISE[name])}"
            row.append(value)
        rows.append(row)
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"
        for row in rows
    ]
    lines.insert(1, "| " + " | ".join("-" * width for width in widths) + " |")
    return "\n".join([*lines, "", *(f"{n}. {text}" for n, text in enumerate(reasons, 1)), ""])


def page() -> str:
    """The text of docs/clients.md."""
    return HEAD + table()
