"""The page that a run writes."""

from __future__ import annotations

import argparse
from importlib.metadata import version
from typing import Any

from bench.figures import Figures, cell
from bench.serve.contestants import CONTESTANTS, REFERENCE

HEAD = """# Figures of penstock serve

`make bench-serve` wrote this page: `penstock serve` beside jupyter_server {jupyter_server} with
ipykernel {ipykernel}, in one run, with the same client ({cpu}, {cores} cores, Python {python}; load
average before the run {load:.1f}). Medians of {repeats} repeats for starts and exchanges; load
({seconds:g} s) and floods ran once, without the second column unless `--long` asks for it. In
brackets: how many times better than the first column. Machines are noisy: read ratios.

"""

FOOT = """
- jupyter_server runs with `limit_rate=False`: as it comes, it throws output away above 1,000
  messages or 1 MB a second. It leaves Nagle's algorithm on, which with a peer's delayed ACKs makes
  round trips of 40 ms and more.
- The client is one Python process on the same machine. Its own time to take and parse messages is
  in all figures; in the floods it is often what limits.
- "The server" is the process that has the WebSockets. In the last column it also does what each
  ipykernel does by itself in the others: it takes requests apart and makes the messages.
- Lines that did not come from ipykernel are lost between kernel and server: its ZeroMQ sockets drop
  what is above 1,000 messages. A time is missing where the end was among what is lost.
- A server is measured from its start on: the JVM is still compiling when its first kernels start
  and when load begins.
- Memory per kernel has what the server itself grew by in it.
- Control answers are timed where the client reads them, among the outputs.
"""


def text(figures: Figures, about: dict[str, Any], arguments: argparse.Namespace) -> str:
    """The page in Markdown."""
    labels = [contestant.label for contestant in CONTESTANTS]
    rows = [["", *labels], ["---"] * (len(labels) + 1)]
    for metric, samples in figures.rows.items():
        rows.append(
            [metric.title, *(cell(metric, samples, label, REFERENCE.label) for label in labels)]
        )
    head = HEAD.format(
        **{**about, "jupyter_server": version("jupyter_server")},
        repeats=arguments.repeats,
        seconds=arguments.seconds,
    )
    return head + "".join(f"| {' | '.join(row)} |\n" for row in rows) + FOOT
