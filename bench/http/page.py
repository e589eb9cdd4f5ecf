"""The page that a run writes."""

from __future__ import annotations

import argparse
from typing import Any

from bench.figures import Figures, cell

HEAD = """# Figures of plain HTTP

`make bench-http` wrote this page: `penstock serve` beside PathView's own server, and beside a Flask
generator under waitress, in one run, with the same client ({cpu}, {cores} cores, Python {python};
load average before the run {load:.1f}). In brackets: how many times better than the first column.
Machines are noisy: read ratios.
"""

TITLES = ("Sessions: PathView's HTTP API", "Commands: output as server-sent events")

FOOT = """
- {calls:,} calls of `exec` and `eval` each, one after the other, over one connection; the time is
  the client's.
- A first `penstock serve` has made its AOT cache before, as it does on a user's machine.
- While health is asked, {sessions} sessions sleep in their code. waitress has four threads.
- Memory is what the processes grow by for each session (PSS).
- The Flask generator runs a command for the one request that asks. `penstock serve` runs it once:
  {viewers} clients watch one command that writes {shown:,} flushed lines. The client that reads all
  of them is one Python process on the same machine.
"""


def text(
    tables: list[tuple[Figures, tuple[str, ...]]],
    about: dict[str, Any],
    options: argparse.Namespace,
) -> str:
    """The page in Markdown."""
    told = HEAD.format(**about)
    for title, (figures, labels) in zip(TITLES, tables, strict=True):
        rows = [["", *labels], ["---"] * (len(labels) + 1)]
        for metric, samples in figures.rows.items():
            rows.append([metric.title, *(cell(metric, samples, lb, labels[0]) for lb in labels)])
        told += f"\n## {title}\n\n" + "".join(f"| {' | '.join(row)} |\n" for row in rows)
    return told + FOOT.format(**vars(options), shown=2000)
