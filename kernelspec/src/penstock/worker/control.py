"""The control lane: a parked thread that never waits for the data lane.

It also sees to it that an interrupt is never lost. A signal that arrives just before the main
thread enters a system call (or that the system gives to another thread) is noted by Python, but
its handler only runs when that call ends: a ``time.sleep(30)`` would sleep on. So each SIGINT wakes
this thread, which then breaks into the main thread's system call with a signal that does nothing.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import threading
from typing import Any

from .debugger.service import DebugService
from .ending import EXIT_SHUTDOWN, Ending, exit_code
from .frames import FrameType
from .interrupts import NUDGE, Interrupts
from .link import Connection, LinkClosed
from .subshells import Subshells
from .untraced import untraced
from .verbs.inbox import REQUEST_INBOX, Inboxes

#: Seconds from a SIGINT to the first nudge, and from there to the second; last one first.
_DELAYS = (0.1, 0.01)


class ControlThread(threading.Thread):
    """Serves debugger, subshells and streams' inboxes until SHUTDOWN or the end of the lane.

    Then it ends the worker. The main thread makes it: only that one may set signal handlers.
    """

    def __init__(
        self,
        connection: Connection,
        ending: Ending,
        debug: DebugService,
        subshells: Subshells,
        inboxes: Inboxes,
        interrupts: Interrupts,
    ) -> None:
        super().__init__(name="penstock-control", daemon=True)
        untraced(self)
        self._debug = debug
        self._connection = connection
        self._ending = ending
        self._subshells = subshells
        self._inboxes = inboxes
        self._main = threading.get_ident()
        self._delays: list[float] = []
        self._signals, writer = os.pipe()
        os.set_blocking(writer, False)
        signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
        interrupts.nudge_soon = lambda: _wake(writer)

    def run(self) -> None:
        """Park until the worker has to end."""
        self._ending.decide(self._wait())
        self._debug.release()
        self._ending.enforce()

    def _wait(self) -> int:
        sources: list[Any] = [self._connection, self._signals, self._subshells]
        try:
            while True:
                timeout = self._delays[-1] if self._delays else None
                ready = select.select(sources, [], [], timeout)[0]
                if self._signals in ready and signal.SIGINT in os.read(self._signals, 4096):
                    self._delays = list(_DELAYS)
                    self._debug.interrupted()
                elif not ready:
                    self._delays.pop()
                    signal.pthread_kill(self._main, NUDGE)
                if self._subshells in ready:
                    self._subshells.reap()
                if self._connection in ready and self._take():
                    return EXIT_SHUTDOWN
        except (LinkClosed, OSError) as error:
            # Without a gateway nobody can reach this worker any more.
            return exit_code(error)

    def _take(self) -> bool:
        """Act on what has arrived; whether that is the end."""
        for frame in self._connection.read():
            if frame.type is FrameType.SHUTDOWN:
                return True
            if frame.type is FrameType.REQUEST and not frame.shell:
                if frame.flags & REQUEST_INBOX:
                    self._inboxes.take(frame, self._connection)
                else:
                    self._debug.take(frame)
            else:
                self._subshells.take(frame)
        return False


def _wake(writer: int) -> None:
    """Have the thread nudge as after a SIGINT."""
    with contextlib.suppress(BlockingIOError):  # full of signals: it is about to nudge
        os.write(writer, bytes([signal.SIGINT]))


def release_signals() -> None:
    """Undo what the thread did to signals, in a forked child that has no such thread."""
    signal.set_wakeup_fd(-1)
    signal.signal(NUDGE, signal.SIG_DFL)
