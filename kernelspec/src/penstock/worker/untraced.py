"""Threads of the worker's own: a debugger neither stops nor shows them."""

from __future__ import annotations

import threading


def untraced(thread: threading.Thread) -> threading.Thread:
    """Mark ``thread`` for pydevd, as ipykernel marks its own; returns it."""
    vars(thread).update(pydev_do_not_trace=True, is_pydev_daemon_thread=True)
    return thread
