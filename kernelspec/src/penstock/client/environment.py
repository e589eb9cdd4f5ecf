"""What a kernel is started with: the `environment` object and the facts of the client
(docs/local-sockets.md).
"""

from __future__ import annotations

import json
import os
import sys

from .. import __version__
from ..procstat import start_time
from ..surroundings import resource_limits
from .digest import sha256
from .errors import GatewayError

TYPE_CHECKING = False  # typing itself is not imported: it would cost more than all of this module
if TYPE_CHECKING:
    from typing import Any

START_ONLY_PREFIXES = (
    "LD_",
    "DYLD_",
    "PYTHON",
    "OMP_",
    "GOMP_",
    "KMP_",
    "MKL_",
    "OPENBLAS_",
    "BLIS_",
    "VECLIB_",
    "NUMEXPR_",
    "MALLOC_",
    "LC_",
)
START_ONLY_NAMES = ("GLIBC_TUNABLES", "LANG", "LANGUAGE", "MALLOCOPTIONS", "MIMALLOC_OPTIONS")
"""Variables that are read once, when a process or a library starts, so that setting them after a
fork has no effect: the dynamic loader, the interpreter, thread pools of numeric libraries, the
allocator, the locale.

Not among them, because they are read later: TZ (the worker calls tzset), CUDA_*, HIP_* and the like
(a GPU library is never loaded before the fork), TMPDIR, PATH. PYTHONSTARTUP is left out since no
Jupyter kernel reads it.
"""
NOT_START_ONLY = ("PYTHONSTARTUP",)

KEY_VARIABLES = ("HOME", "IPYTHONDIR", "PENSTOCK_PRELOAD")
"""Variables that decide what a zygote has loaded: each combination has a zygote of its own."""

UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}


def describe_environment(python: str, flags: list[str], env: dict[str, str]) -> dict[str, Any]:
    """The `environment` object for kernels of the interpreter `python`, run with the options
    `flags`, with `env`.
    """
    identity = [python, flags, __version__, *(env.get(name, "") for name in KEY_VARIABLES)]
    digest = sha256(json.dumps(identity).encode("ascii"))
    return {
        "key": digest.hexdigest()[:16],
        "python": python,
        "zygote_argv": [python, *flags, "-m", "penstock.worker.zygote"],
        "fresh_argv": [python, *flags, "-m", "penstock.worker"],
        "start_only": start_only(env),
    }


def start_only(env: dict[str, str]) -> dict[str, str]:
    """The variables of `env` that only act at the start of a process; empty ones do not count."""
    return {name: value for name, value in sorted(env.items()) if value and is_start_only(name)}


def is_start_only(name: str) -> bool:
    """True for a variable that only acts at the start of a process."""
    return name in START_ONLY_NAMES or (
        name.startswith(START_ONLY_PREFIXES) and name not in NOT_START_ONLY
    )


def client_facts() -> dict[str, Any]:
    """`umask`, `affinity` (missing where the system has none) and `rlimits` of this process, as
    `start` wants them.
    """
    facts: dict[str, Any] = {"umask": _umask(), "rlimits": resource_limits()}
    if hasattr(os, "sched_getaffinity"):
        facts["affinity"] = sorted(os.sched_getaffinity(0))
    return facts


def lease() -> dict[str, int]:
    """The `lease` object of this process: the session ends when it does."""
    return {"pid": os.getpid(), "start": start_time(os.getpid()) or 0}


def memory_limit(env: dict[str, str]) -> dict[str, Any]:
    """The `limits` field from $PENSTOCK_MEMORY_LIMIT ("300M", units K, M, G, T of 1024): `{}` when
    it is not set.

    Raises GatewayError for a value that is no size.
    """
    text = env.get("PENSTOCK_MEMORY_LIMIT", "").strip()
    if not text:
        return {}
    number = text.upper().removesuffix("B").removesuffix("I")
    unit = number[-1:] if number[-1:].isalpha() else ""
    try:
        size = int(float(number.removesuffix(unit)) * UNITS[unit])
    except (KeyError, ValueError, OverflowError):
        size = 0
    if size <= 0:
        raise GatewayError(
            "option", f"PENSTOCK_MEMORY_LIMIT={text} is not a size", "write for example 300M or 2G"
        )
    return {"limits": {"memory": size}}


def wire_env(env: dict[str, str]) -> dict[str, str]:
    """`env` with bytes that are not UTF-8 as lone surrogates, whatever encoding is used here."""
    if sys.getfilesystemencoding().lower().replace("-", "") == "utf8":
        return dict(env)
    return {_wire(name): _wire(value) for name, value in env.items()}


def _wire(text: str) -> str:
    return os.fsencode(text).decode("utf-8", "surrogateescape")


def _umask() -> int:
    try:
        with open("/proc/self/status", "rb") as file:
            for line in file:
                if line.startswith(b"Umask:"):
                    return int(line.split()[1], 8)
    except OSError:
        pass  # no /proc
    # For a moment another thread's files would be open to all: so this is only the second choice.
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
