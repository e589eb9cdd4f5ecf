"""What a forked worker must not inherit from the zygote: environment, directory, random state."""

from __future__ import annotations

import os
import random
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

#: The inline backend unless the user chose one (ipykernel's default).
INLINE_BACKEND = "module://matplotlib_inline.backend_inline"


def replace_environment(env: Mapping[str, str]) -> None:
    """Make ``env`` the whole environment, of this process and of its C libraries."""
    os.environ.clear()
    for name, value in env.items():
        os.environ[name] = value
    time.tzset()


def enter_directory(cwd: str | None) -> str | None:
    """Change to ``cwd``, else home, else the root; returns a warning when it is not ``cwd``."""
    candidates = [cwd] if cwd else []
    candidates += [os.path.expanduser("~"), "/"]
    problem = None
    for candidate in candidates:
        try:
            os.chdir(candidate)
        except OSError as error:
            problem = problem or f"cannot start in {candidate}: {error.strerror}"
            continue
        return problem and f"{problem}; started in {candidate} instead"
    return problem


def renew_random_state() -> None:
    """Seed the global random generators anew; forget where temporary files go."""
    random.seed()
    tempfile.tempdir = None
    numpy_random = sys.modules.get("numpy.random")
    if numpy_random is not None:
        numpy_random.seed()


def choose_backend(inherited: str | None) -> None:
    """Choose matplotlib's backend by this environment; ``inherited`` is the zygote's choice."""
    backend = os.environ.get("MPLBACKEND") or INLINE_BACKEND
    os.environ["MPLBACKEND"] = backend
    matplotlib = sys.modules.get("matplotlib")
    if matplotlib is not None and backend != inherited:
        matplotlib.rcParams["backend"] = backend


def drop_launch_directory() -> None:
    """Take out of ``sys.path`` the directory that ``python -m`` put first (see init_path)."""
    if sys.path and (sys.path[0] == "" or Path(sys.path[0]) == Path.cwd()):
        del sys.path[0]
