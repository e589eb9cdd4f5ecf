"""One client and one kernel: round trips over both protocols, many prints."""

from __future__ import annotations

import time
from contextlib import ExitStack

from bench.figures import Figures, Metric, quantile
from bench.serve.contestants import CONTESTANTS, Running
from bench.serve.kernels import opened, started
from bench.serve.tally import Tally
from tests.serve_ws import frames
from tests.serve_ws.client import Tab

PROTOCOLS = {"v1": frames.V1, "default": None}
P50 = {
    name: Metric(f"round trip of `pass`, {name} protocol, median", "ms", digits=2)
    for name in PROTOCOLS
}
P99 = {
    name: Metric(f"round trip of `pass`, {name} protocol, 99th percentile", "ms", digits=2)
    for name in PROTOCOLS
}
PRINTS = 20_000
PRINTED = Metric(f"{PRINTS:,} flushed prints", "ms", digits=0)
MISSING = Metric(f"{PRINTS:,} flushed prints: lines that did not come", "", digits=0)
WARM_UP_S = 1.0
MEASURED_S = 3.0


def measure(figures: Figures, repeats: int) -> None:
    """All servers run; they are used in turns, by one client at a time."""
    with ExitStack() as stack:
        kernels: dict[str, tuple[Running, str]] = {}
        for contestant in CONTESTANTS:
            running = stack.enter_context(contestant.start())
            kernel = stack.enter_context(started(running, contestant))
            kernels[contestant.label] = running, kernel
        for _ in range(repeats):
            for name, protocol in PROTOCOLS.items():
                for label, (running, kernel) in kernels.items():
                    with opened(running, kernel, protocol) as tab:
                        times = round_trips(tab)
                    figures.add(P50[name], label, quantile(times, 0.5))
                    figures.add(P99[name], label, quantile(times, 0.99))
            for label, (running, kernel) in kernels.items():
                with opened(running, kernel) as tab:
                    prints(figures, label, tab)


def round_trips(tab: Tab) -> list[float]:
    """Milliseconds of each of some cells, one after the other, from sending to reply and idle."""
    times = []
    warm = time.perf_counter() + WARM_UP_S
    while (began := time.perf_counter()) < warm + MEASURED_S:
        tab.run("pass")
        if began >= warm:
            times.append((time.perf_counter() - began) * 1000)
    return times


def prints(figures: Figures, label: str, tab: Tab) -> None:
    """One cell of many prints."""
    began = time.perf_counter()
    tally = Tally(tab.execute(f"for n in range({PRINTS}): print(n, flush=True)"))
    tally.finish(tab)
    figures.add(MISSING, label, PRINTS - tally.lines)
    if tally.done:
        figures.add(PRINTED, label, (time.perf_counter() - began) * 1000)
