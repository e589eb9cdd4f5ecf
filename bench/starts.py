"""How long a kernel takes from the wish to the first execute_reply, warm and cold."""

from __future__ import annotations

from pathlib import Path

from bench.aot import cache_made
from bench.contestants import CONTESTANTS, REFERENCE, Contestant, seconds_until_bound, start
from bench.figures import Figures, Metric
from tests.support.gateway import Gateway

WARM = Metric("warm start to first execute_reply", "ms")
BOUND = Metric("warm start to bound sockets", "ms")
COLD = Metric("cold start, gateway not running", "ms")
COLD_CACHED = Metric("cold start with AOT cache", "ms")
PROVISIONER = next(c for c in CONTESTANTS if c.via == "provisioner")


def warm(figures: Figures, env: dict[str, str], repeats: int) -> None:
    """Starts kernels in turns while the gateway and its zygote are up."""
    for contestant in CONTESTANTS:
        with start(contestant, env):
            pass  # the first start of each is not counted: it warms files and gateway
    for _ in range(repeats):
        for contestant in CONTESTANTS:
            figures.add(WARM, contestant.label, once(contestant, env))
            figures.add(BOUND, contestant.label, seconds_until_bound(contestant, env) * 1000)


def cold(figures: Figures, folder: Path, env: dict[str, str], repeats: int) -> None:
    """Starts first kernels in turns: ipykernel, ours without an AOT cache, ours with one."""
    cache = folder / "cache"
    with_cache = {**env, "PENSTOCK_AOT": "on", "XDG_CACHE_HOME": str(cache)}
    without = {**env, "PENSTOCK_AOT": "off"}
    gateway = Gateway(Path(env["PENSTOCK_RUNTIME_DIR"]))
    cached = make_cache(gateway, cache, with_cache)
    for _ in range(repeats):
        seconds = once(REFERENCE, env)
        figures.add(COLD, REFERENCE.label, seconds)
        gateway.stop()
        figures.add(COLD, PROVISIONER.label, once(PROVISIONER, without))
        gateway.stop()
        if cached:
            figures.add(COLD_CACHED, REFERENCE.label, seconds)
            figures.add(COLD_CACHED, PROVISIONER.label, once(PROVISIONER, with_cache))
            gateway.stop()


def once(contestant: Contestant, env: dict[str, str]) -> float:
    """One start, in milliseconds."""
    with start(contestant, env) as started:
        return started.seconds * 1000


def make_cache(gateway: Gateway, cache: Path, env: dict[str, str]) -> bool:
    """Lets the gateway make its cache, as on a user's first run; False when none came in time."""
    gateway.stop()
    once(PROVISIONER, env)
    made = cache_made(cache)
    gateway.stop()
    return made
