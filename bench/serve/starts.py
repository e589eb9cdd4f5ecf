"""How long a server takes to answer, and one of its kernels to reply; its memory at that time."""

from __future__ import annotations

import time

from bench.figures import Figures, Metric
from bench.serve.contestants import CONTESTANTS, Contestant, Running
from bench.serve.kernels import started
from tests.serve_ws.client import Tab
from tests.support.tab import rest

SETTLED_S = 3
"""Seconds after its start when a server has done what it does by itself."""

SERVER = Metric("server start to first answer", "ms", digits=0)
FIRST = Metric("its first kernel at once, by POST to first reply", "ms", digits=0)
LATER = Metric(f"its first kernel {SETTLED_S} s later, by POST to first reply", "ms", digits=0)
KERNEL = Metric("further kernels, by POST to first reply", "ms", digits=0)
ALONE = Metric(f"server without kernels, after {SETTLED_S} s", "MB PSS")


def measure(figures: Figures, repeats: int) -> None:
    """Starts servers in turns, and kernels on each."""
    for _ in range(repeats):
        for contestant in CONTESTANTS:
            at_once(figures, contestant)
            settled(figures, contestant)


def at_once(figures: Figures, contestant: Contestant) -> None:
    """One server's start, and the kernel that somebody wants of it then."""
    began = time.perf_counter()
    with contestant.start() as running:
        rest(running.server, "GET", "kernels")
        figures.add(SERVER, contestant.label, (time.perf_counter() - began) * 1000)
        figures.add(FIRST, contestant.label, kernel_ms(running, contestant))


def settled(figures: Figures, contestant: Contestant) -> None:
    """A server that had a moment for itself."""
    with contestant.start() as running:
        time.sleep(SETTLED_S)
        figures.add(ALONE, contestant.label, running.pss_mb())
        for metric in (LATER, KERNEL, KERNEL):
            figures.add(metric, contestant.label, kernel_ms(running, contestant))


def kernel_ms(running: Running, contestant: Contestant) -> float:
    """Milliseconds of a kernel's start and first execution."""
    began = time.perf_counter()
    with started(running, contestant) as kernel, Tab(running.server, kernel) as tab:
        tab.run("1 + 1")
        return (time.perf_counter() - began) * 1000
