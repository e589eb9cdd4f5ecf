"""What the zygote imports beyond IPython (``PENSTOCK_PRELOAD``), and whether it may still fork."""

from __future__ import annotations

import importlib
import os
import sys
import threading
from pathlib import Path

#: Libraries whose state in the graphics card does not survive a fork.
_GPU = ("cupy", "jax", "pycuda", "tensorflow", "torch", "cudf", "numba.cuda", "pyopencl")
#: Native thread pools that end themselves before a fork and start again after it.
_FORK_SAFE_POOLS = ("openblas",)


def preload(names: str) -> list[str]:
    """Import the modules of the comma list ``names``; returns those that were imported.

    One that cannot be imported is told on stderr and left out: workers import it themselves.
    """
    loaded = []
    for name in filter(None, (part.strip() for part in names.split(","))):
        try:
            importlib.import_module(name)
        except Exception as error:  # noqa: BLE001
            # Whatever a foreign module raises: it must not stop every kernel of this environment.
            print(
                f"penstock zygote: cannot preload {name} ({error});"
                " correct PENSTOCK_PRELOAD or install it",
                file=sys.stderr,
            )
            continue
        loaded.append(name)
    return loaded


def fork_obstacle() -> str | None:
    """Why this process must not be forked: threads or a GPU library; None when it may."""
    gpu = [name for name in _GPU if name in sys.modules]
    if gpu:
        return (
            f"{gpu[0]} uses the graphics card and cannot be forked; take it out of PENSTOCK_PRELOAD"
        )
    others = [t.name for t in threading.enumerate() if t is not threading.current_thread()]
    if others:
        return f"a preloaded module started a thread ({others[0]}); take it out of PENSTOCK_PRELOAD"
    if _native_threads() > 1 and not _only_safe_pools():
        return "a preloaded module started a native thread; take it out of PENSTOCK_PRELOAD"
    return None


def _native_threads() -> int:
    try:
        return len(os.listdir("/proc/self/task"))
    except OSError:
        return 1  # no /proc on this system: only Python's threads are known


def _only_safe_pools() -> bool:
    maps = Path("/proc/self/maps").read_text(errors="replace").lower()
    return any(pool in maps for pool in _FORK_SAFE_POOLS)
