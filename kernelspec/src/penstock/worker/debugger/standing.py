"""Interrupts while the main thread stands at a breakpoint.

A KeyboardInterrupt that is raised where debugpy waits leaves it in disorder: Python drops the trace
function, and debugpy takes the thread for stopped for good. So the interrupt is kept; the
debugger's thread has debugpy go on; and when debugpy lets go of the thread the interrupt is raised,
before the line of the breakpoint runs.
"""

from __future__ import annotations

import importlib
import os
import threading
from types import FrameType
from typing import Any

from ..interrupts import Interrupts, never
from .adapter import import_debugpy

#: Part of the paths of debugpy's tracing code.
_SOURCE = os.path.join("", "debugpy", "_vendored", "")


def guard(interrupts: Interrupts, cells: str) -> None:
    """Keep interrupts while debugpy stops the main thread. Once per process.

    ``cells`` is what the file names of cells begin with.
    """
    import_debugpy()  # makes pydevd importable
    debugger = importlib.import_module("pydevd").get_global_debugger()
    wait = getattr(debugger, "do_wait_suspend", None)
    if wait is None:
        return  # another debugpy: interrupts act as in ipykernel

    def held(frame: FrameType | None) -> bool:
        return _waits(frame, cells)

    def do_wait_suspend(*args: Any, **kwargs: Any) -> Any:
        if threading.current_thread() is not threading.main_thread():
            return wait(*args, **kwargs)
        interrupts.held = held
        try:
            return wait(*args, **kwargs)
        finally:
            interrupts.held = never
            interrupts.deliver()

    debugger.do_wait_suspend = do_wait_suspend


def _waits(frame: FrameType | None, cells: str) -> bool:
    """Whether ``frame`` is debugpy's own work and not code that it evaluates for the user."""
    while frame is not None:
        name = frame.f_code.co_filename
        if name.startswith(("<string>", "<input>", "<stdin>", cells)):
            return False
        if _SOURCE in name:
            return True
        frame = frame.f_back
    return False
