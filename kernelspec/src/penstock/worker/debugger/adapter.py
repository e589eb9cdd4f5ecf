"""debugpy, imported and started once per worker, when the debugger is first asked for."""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_HOST = "127.0.0.1"
#: Without it debugpy warns on stderr that breakpoints in Python's frozen modules are missed.
_QUIET = "PYDEVD_DISABLE_FILE_VALIDATION"


class UnavailableError(Exception):
    """The debugger cannot be started; the message says why and what to do."""


def installed() -> bool:
    """Whether debugpy can be imported, without importing it."""
    return importlib.util.find_spec("debugpy") is not None


def import_debugpy() -> Any:
    """The debugpy module. Raises :class:`UnavailableError`."""
    with quiet():
        try:
            return importlib.import_module("debugpy")
        except ImportError as error:
            raise UnavailableError(
                f"the debugger needs debugpy in the kernel's environment ({error});"
                " install it with: pip install debugpy"
            ) from error


def listen() -> tuple[str, int]:
    """Start debugpy and its adapter process; where the adapter listens.

    Any thread. Raises :class:`UnavailableError`.
    """
    debugpy = import_debugpy()
    try:
        with quiet():
            # A child process would wait for a debugger that no Jupyter client attaches to it.
            debugpy.configure(subProcess=False)
            host, port = debugpy.listen((_HOST, 0))
    except Exception as error:
        # Whatever debugpy finds wrong (a second listen, no process, no port), the user is told.
        raise UnavailableError(f"debugpy does not start: {error}") from error
    return host, port


def trace_this_thread() -> None:
    """Have debugpy see what the calling thread runs next.

    Only some systems let debugpy reach threads other than the one that started it (pydevd has the
    native code for x86), and user code that calls ``sys.settrace`` puts it out.
    """
    import_debugpy().trace_this_thread(True)


def forget() -> None:
    """In a forked child: a breakpoint would stop it, and no client could have it go on."""
    debugpy = sys.modules.get("debugpy")
    if debugpy is not None:
        debugpy.trace_this_thread(False)


@contextmanager
def quiet() -> Iterator[None]:
    """Keep debugpy and its pydevd, which are imported in the body, from warning on stderr.

    The environment stays the user's: they read the variable while they are imported.
    """
    if _QUIET in os.environ:
        yield
        return
    os.environ[_QUIET] = "1"
    try:
        yield
    finally:
        os.environ.pop(_QUIET, None)
