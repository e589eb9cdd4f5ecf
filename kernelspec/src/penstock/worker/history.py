"""The shell's history, made after the fork: a SQLite connection does not survive one."""

from __future__ import annotations

import atexit
import threading
import time
from typing import TYPE_CHECKING, Any

from IPython.core import history

from .recorded import RecordedOutputs

if TYPE_CHECKING:
    from .zmqshell import ZMQInteractiveShell

#: Seconds between two transactions of the saving thread. A cell after a pause is saved at once.
_PACE = 0.1
#: Seconds after which a saving thread that waits looks whether it has to end.
_LOOK = 0.025


class HistoryManager(history.HistoryManager):
    """IPython's history, saved in fewer transactions.

    IPython commits after each cell, holding a lock that the next cell needs, too: a burst of short
    cells would wait for the disk most of the time. Nothing is left out: reading and the end of the
    session write what is still in memory, as with IPython.
    """

    _saved = 0.0

    def writeout_cache(self, conn: Any = None) -> None:
        """Write what is in memory to the database; the saving thread takes its time."""
        thread = threading.current_thread()
        if isinstance(thread, history.HistorySavingThread):
            # IPython 8 has no `_stop_now` before the thread is told to stop.
            while time.monotonic() < self._saved + _PACE and not getattr(
                thread, "_stop_now", False
            ):
                time.sleep(_LOOK)
        super().writeout_cache(conn)
        self._saved = time.monotonic()


def attach_history(shell: ZMQInteractiveShell) -> None:
    """Give ``shell`` a history of its own: a new session number, ``In``, ``Out`` and ``_dh``.

    ``HistoryManager.*`` options in the shell's config apply. The directory history begins with the
    current directory.
    """
    shell.history_manager = HistoryManager(shell=shell, parent=shell)
    shell.history_manager.outputs = RecordedOutputs()
    shell.configurables.append(shell.history_manager)
    # What is registered last runs first: the session's end is written before the manager's own
    # finalizer closes the database.
    atexit.unregister(shell.atexit_operations)
    atexit.register(shell.atexit_operations)
    shell.init_user_ns()
