"""Compares Penstock with ipykernel in one run and prints a table of medians.

usage: python -m bench.run [--only start,cold,exchange,memory] [--repeats N] [--kernels N]

Contestants take turns, so that a busy moment of the machine hits all alike. Beside each figure
stands how many times better than ipykernel's it is. Every sample is kept in bench/results/. Nothing
of the user's own gateway is touched.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from datetime import datetime, timezone
from pathlib import Path

from bench import exchanges, machine, memory, starts
from bench.contestants import CONTESTANTS, REFERENCE
from bench.figures import Figures
from tests.support import specs
from tests.support.gateway import Gateway

RESULTS = Path(__file__).with_name("results")
PARTS = ("start", "cold", "exchange", "memory")


def isolated(folder: Path) -> dict[str, str]:
    """Jupyter's and Penstock's folders for this run, in this process and for the kernels."""
    specs.make(folder / "jupyter", [contestant.via for contestant in CONTESTANTS])
    os.environ.update(
        {
            "JUPYTER_PATH": str(folder / "jupyter"),
            "JUPYTER_DATA_DIR": str(folder / "data"),
            "JUPYTER_RUNTIME_DIR": str(folder / "run"),
            "IPYTHONDIR": str(folder / "ipython"),
            "PENSTOCK_RUNTIME_DIR": str(folder / "p"),
            "PENSTOCK_AOT": "off",
        }
    )
    return dict(os.environ)


def measured(arguments: argparse.Namespace, folder: Path) -> Figures:
    """Takes the samples of the parts that were asked for."""
    figures = Figures()
    env = isolated(folder)
    gateway = Gateway(folder / "p")
    only = arguments.only.split(",")
    try:
        if "start" in only:
            starts.warm(figures, env, arguments.repeats)
        if "cold" in only:
            starts.cold(figures, folder, env, max(3, arguments.repeats // 3))
        if "exchange" in only:
            exchanges.measure(figures, env, max(3, arguments.repeats // 3))
        if "memory" in only:
            gateway.stop()
            memory.measure(figures, folder, env, arguments.kernels)
    finally:
        gateway.stop()
    return figures


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--only", default=",".join(PARTS), help="parts to measure, comma separated")
    parser.add_argument("--repeats", type=int, default=11, help="warm starts of each contestant")
    parser.add_argument(
        "--kernels", type=int, default=11, help="idle kernels for the slope of memory"
    )
    arguments = parser.parse_args()
    began = time.perf_counter()
    about = machine.describe()
    with tempfile.TemporaryDirectory(prefix="pk-") as folder:
        figures = measured(arguments, Path(folder))
    print(figures.table([contestant.label for contestant in CONTESTANTS], REFERENCE.label))
    took = time.perf_counter() - began
    print(f"\n{about['cpu']}, {about['cores']} cores, load {about['load']:.1f}; took {took:.0f} s")
    RESULTS.mkdir(exist_ok=True)
    now = datetime.now(timezone.utc)
    target = RESULTS / f"{now:%Y%m%dT%H%M%SZ}.json"
    target.write_text(
        json.dumps({"machine": about, "figures": figures.as_json()}, indent=1), encoding="utf-8"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
