"""How commands print: JSON for programs, lines and tables for people."""

from __future__ import annotations

import json
import sys
from typing import Any

from ..client.errors import GatewayError


def print_json(value: Any) -> None:
    """Prints one JSON value."""
    print(json.dumps(value, indent=2))


def print_error(error: GatewayError, as_json: bool) -> None:
    """One line on stderr, or a JSON object on stdout."""
    if as_json:
        print_json({"error": {"code": error.code, "message": error.message, "hint": error.hint}})
    else:
        print(f"penstock: {error}", file=sys.stderr)


def print_table(headings: list[str], rows: list[list[str]]) -> None:
    """Columns as wide as their widest cell."""
    print("\n".join(table_lines(headings, rows)))


def table_lines(headings: list[str], rows: list[list[str]]) -> list[str]:
    """The same as lines."""
    lines = [headings, *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(headings))]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    ]
