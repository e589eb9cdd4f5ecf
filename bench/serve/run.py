"""Compares `penstock serve` with jupyter_server in one run and prints a table of medians.

usage: python -m bench.serve.run [--only start,exchange,load,flood] [--repeats N] [--kernels N]
                                 [--seconds S] [--lines N] [--megabytes N] [--long] [--page FILE]

Beside each figure stands how many times better than jupyter_server's it is. Every sample is kept in
bench/results/. Nothing of the user's own servers is touched.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from datetime import datetime, timezone
from pathlib import Path

from bench import machine
from bench.figures import Figures
from bench.run import RESULTS, isolated
from bench.serve import exchanges, flood, load, page, starts
from bench.serve.contestants import CONTESTANTS, REFERENCE, SHORT

PARTS = ("start", "exchange", "load", "flood")


def measured(arguments: argparse.Namespace) -> Figures:
    """Takes the samples of the parts that were asked for."""
    figures = Figures()
    only = arguments.only.split(",")
    contestants = CONTESTANTS if arguments.long else SHORT
    if "start" in only:
        starts.measure(figures, arguments.repeats)
    if "exchange" in only:
        exchanges.measure(figures, arguments.repeats)
    if "load" in only:
        load.measure(figures, contestants, arguments.kernels, arguments.seconds)
    if "flood" in only:
        flood.measure(figures, contestants, arguments.lines, arguments.megabytes)
    return figures


def parsed() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--only", default=",".join(PARTS), help="parts to measure, comma separated")
    parser.add_argument("--repeats", type=int, default=3, help="of starts and exchanges")
    parser.add_argument("--kernels", type=int, default=64, help="at once, in part load")
    parser.add_argument("--seconds", type=float, default=60, help="of part load")
    parser.add_argument("--lines", type=int, default=200_000, help="flushed, in part flood")
    parser.add_argument("--megabytes", type=int, default=1000, help="of output, in part flood")
    parser.add_argument(
        "--long", action="store_true", help="ipykernel behind penstock also in load and flood"
    )
    parser.add_argument("--page", type=Path, help="Markdown file to write the table to")
    return parser.parse_args()


def main() -> int:
    """Measures and shows."""
    arguments = parsed()
    began = time.perf_counter()
    about = machine.describe()
    with tempfile.TemporaryDirectory(prefix="pk-") as folder:
        isolated(Path(folder))
        figures = measured(arguments)
    took = time.perf_counter() - began
    print(figures.table([contestant.label for contestant in CONTESTANTS], REFERENCE.label))
    print(f"\n{about['cpu']}, {about['cores']} cores, load {about['load']:.1f}; took {took:.0f} s")
    RESULTS.mkdir(exist_ok=True)
    target = RESULTS / f"serve-{datetime.now(timezone.utc):%Y%m%dT%H%M%SZ}.json"
    target.write_text(
        json.dumps({"machine": about, "figures": figures.as_json()}, indent=1), encoding="utf-8"
    )
    if arguments.page:
        arguments.page.write_text(page.text(figures, about, arguments), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
