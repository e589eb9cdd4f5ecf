"""How a worker ends: politely by itself, within a second when its Python code cooperates."""

from __future__ import annotations

import asyncio
import atexit
import os
import signal
import sys
import threading
import time

from .interrupts import Interrupts
from .link import EXIT_VERSION, VersionMismatch
from .processes import end_group_members

#: Exit codes of ``docs/worker-link.md``: after SHUTDOWN, and when the link was lost.
EXIT_SHUTDOWN = 0
EXIT_LINK_LOST = 1

#: Seconds for the main thread to leave the user's code, then for exit functions and children.
_LEAVE = 0.8
_CLEAN = 1.2
_START = 0.02
_NAG = 0.1


def exit_code(error: BaseException) -> int:
    """The exit code of a worker whose link ended with ``error``."""
    return EXIT_VERSION if isinstance(error, VersionMismatch) else EXIT_LINK_LOST


class Ending:
    """Decided once, by whichever thread learns of it first; done in the main thread."""

    def __init__(self, loop: asyncio.AbstractEventLoop, interrupts: Interrupts) -> None:
        self._loop = loop
        self._interrupts = interrupts
        self._lock = threading.Lock()
        self._settled = threading.Event()
        self.code: int | None = None
        #: Whether the main thread has left the user's code for good.
        self.begun = False

    def decide(self, code: int) -> None:
        """End with exit code ``code``; the first decision stands. Any thread."""
        with self._lock:
            if self.code is not None:
                return
            self.code = code
        self._interrupts.end()
        self._loop.call_soon_threadsafe(self._loop.stop)

    def enforce(self) -> None:
        """Interrupt the main thread until it leaves, then end without it. Control thread."""
        deadline = time.monotonic() + _LEAVE
        if not self._settled.wait(_START):
            # Children of the group too, because a command may be what the main thread waits for.
            os.killpg(os.getpgrp(), signal.SIGINT)
        while not self._settled.wait(_NAG) and time.monotonic() < deadline:
            signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
        if self._settled.is_set():
            time.sleep(_CLEAN)  # the process is gone before this ends unless it hangs
        self._exit()

    def begin(self) -> None:
        """Begin the end if it is decided: signals are ignored from here on. Main thread.

        One that comes just before raises KeyboardInterrupt, and the caller tries again.
        """
        if self.code is not None:
            self._interrupts.settle()
            self.begun = True

    def finish(self) -> None:
        """Run exit functions, end children, exit. Main thread; does not return."""
        self._settled.set()
        atexit._run_exitfuncs()  # noqa: SLF001
        self._exit()

    def _exit(self) -> None:
        end_group_members()
        for stream in (sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__):
            try:
                if stream is not None:
                    stream.flush()
            except Exception:  # noqa: BLE001
                # Nobody reads any more; the exit code still tells how it ended.
                continue
        os._exit(EXIT_LINK_LOST if self.code is None else self.code)
