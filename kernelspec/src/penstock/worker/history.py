"""The shell's history, made after the fork: a SQLite connection does not survive one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from IPython.core.history import HistoryManager

if TYPE_CHECKING:
    from .zmqshell import ZMQInteractiveShell


def attach_history(shell: ZMQInteractiveShell) -> None:
    """Give ``shell`` a history of its own: a new session number, ``In``, ``Out`` and ``_dh``.

    ``HistoryManager.*`` options in the shell's config apply. The directory history begins with the
    current directory.
    """
    shell.history_manager = HistoryManager(shell=shell, parent=shell)
    shell.configurables.append(shell.history_manager)
    shell.init_user_ns()
