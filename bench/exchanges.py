"""Messages to kernels that run: round trips, pipelines, streams."""

from __future__ import annotations

import time
from contextlib import ExitStack

from bench.contestants import CONTESTANTS, start
from bench.figures import Figures, Metric, quantile
from tests.support.kernel import Kernel

ROUND_TRIP_P50 = Metric("round trip of `pass`, median", "ms", digits=2)
ROUND_TRIP_P99 = Metric("round trip of `pass`, 99th percentile", "ms", digits=2)
PIPELINED = Metric("pipelined executes", "1/s", digits=0, more_is_better=True)

STREAMS = {
    Metric("100,000 prints", "ms", digits=0): "for n in range(100_000): print(n)",
    Metric("2,000 flushed prints", "ms", digits=0): "for n in range(2_000): print(n, flush=True)",
    Metric("one print of 20 MB", "ms", digits=0): "print('x' * 20_000_000)",
    Metric("20 displays of 1 MB", "ms", digits=0): (
        "for n in range(20): display({'image/png': 'A' * 1_000_000}, raw=True)"
    ),
    Metric("one display of 50 MB", "ms", digits=0): (
        "display({'image/png': 'A' * 50_000_000}, raw=True)"
    ),
}
WARM_UP = 50
ROUND_TRIPS = 300
PIPELINE = 500


def measure(figures: Figures, env: dict[str, str], repeats: int) -> None:
    """One kernel of each contestant, used in turns."""
    with ExitStack() as stack:
        kernels = {c.label: stack.enter_context(start(c, env)).kernel for c in CONTESTANTS}
        for kernel in kernels.values():
            round_trips(kernel, WARM_UP)
        for _ in range(repeats):
            for label, kernel in kernels.items():
                times = round_trips(kernel, ROUND_TRIPS)
                figures.add(ROUND_TRIP_P50, label, quantile(times, 0.5))
                figures.add(ROUND_TRIP_P99, label, quantile(times, 0.99))
            for label, kernel in kernels.items():
                figures.add(PIPELINED, label, pipelined_per_second(kernel, PIPELINE))
            for metric, code in STREAMS.items():
                for label, kernel in kernels.items():
                    figures.add(metric, label, run_ms(kernel, code))


def run_ms(kernel: Kernel, code: str) -> float:
    """Milliseconds from sending a cell to having its reply and its last output."""
    began = time.perf_counter()
    kernel.run(code, within=120)
    return (time.perf_counter() - began) * 1000


def round_trips(kernel: Kernel, count: int) -> list[float]:
    """Milliseconds of each of `count` cells, one after the other."""
    return [run_ms(kernel, "pass") for _ in range(count)]


def pipelined_per_second(kernel: Kernel, count: int) -> float:
    """Cells per second when all are sent before the first reply is read."""
    began = time.perf_counter()
    cells = [kernel.send("pass") for _ in range(count)]
    waiting = {cell.msg_id for cell in cells}
    while waiting:
        waiting.discard(kernel.client.get_shell_msg(timeout=120)["parent_header"].get("msg_id"))
    rate = count / (time.perf_counter() - began)
    cells[-1].until(lambda cell: cell.idle, "the last cell is idle", within=60)
    return rate
