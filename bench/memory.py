"""What idle kernels cost in memory (PSS): the slope per added kernel, and what stands there."""

from __future__ import annotations

import time
from contextlib import ExitStack
from pathlib import Path

import psutil

from bench.contestants import CONTESTANTS, Contestant, start
from bench.figures import Figures, Metric
from tests.support import processes
from tests.support.gateway import Gateway

SLOPE = Metric("memory per added idle kernel", "MB PSS")
FIXED = Metric("memory beside the kernels", "MB PSS")
PARTS = {
    "pid": Metric("  of it the gateway", "MB PSS"),
    "keeper_pid": Metric("  of it the keeper", "MB PSS"),
}
ZYGOTE = Metric("  of it the zygote", "MB PSS")
SETTLE_S = 1.0
"""Memory is read this long after the last start, when the kernels are idle."""


def measure(figures: Figures, folder: Path, env: dict[str, str], kernels: int) -> None:
    """Starts 1, then `kernels` kernels of each contestant, each in its own runtime directory."""
    for contestant in CONTESTANTS:
        runtime = folder / f"m-{contestant.via[:4]}"
        one(
            figures,
            contestant,
            Gateway(runtime),
            {**env, "PENSTOCK_RUNTIME_DIR": str(runtime)},
            kernels,
        )


def one(
    figures: Figures, contestant: Contestant, gateway: Gateway, env: dict[str, str], kernels: int
) -> None:
    """Measures one contestant."""
    with ExitStack() as stack:
        stack.enter_context(start(contestant, env))
        first = settled(gateway.runtime)
        for _ in range(kernels - 1):
            stack.enter_context(start(contestant, env))
        slope = (settled(gateway.runtime) - first) / (kernels - 1)
        figures.add(SLOPE, contestant.label, slope)
        figures.add(FIXED, contestant.label, max(0.0, first - slope))
        if contestant.is_penstock:
            parts(figures, contestant, gateway)
    gateway.stop()


def parts(figures: Figures, contestant: Contestant, gateway: Gateway) -> None:
    """The resident processes, one by one."""
    status = gateway.status()
    for name, metric in PARTS.items():
        figures.add(metric, contestant.label, pss_mb(psutil.Process(status[name])))
    figures.add(
        ZYGOTE, contestant.label, sum(pss_mb(psutil.Process(z["pid"])) for z in status["zygotes"])
    )


def settled(runtime: Path) -> float:
    """PSS in MB of every process of a runtime directory."""
    time.sleep(SETTLE_S)
    return sum(pss_mb(process) for process in processes.belonging_to(runtime))


def pss_mb(process: psutil.Process) -> float:
    """Proportional set size: shared pages are divided among those who share them."""
    return float(process.memory_full_info().pss) / 2**20
