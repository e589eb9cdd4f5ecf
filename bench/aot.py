"""Waits for the AOT cache that a gateway makes in the background after its first start."""

from __future__ import annotations

import time
from pathlib import Path

WITHIN_S = 120


def cache_made(cache: Path) -> bool:
    """Waits for the cache below $XDG_CACHE_HOME; False, and a line that says why, if none came."""
    end = time.monotonic() + WITHIN_S
    while not list(cache.glob("penstock/*.aot")):
        failed = list(cache.glob("penstock/*.failed"))
        if failed or time.monotonic() > end:
            why = failed[0].read_text(encoding="utf-8") if failed else f"none in {WITHIN_S} s"
            print(f"no AOT cache: {why.strip()}")
            return False
        time.sleep(0.2)
    return True
