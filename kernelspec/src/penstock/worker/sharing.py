"""IPython's parts that several threads use at once when there are subshells.

IPython keeps one display hook, one payload list and two traps (``sys.displayhook``, builtins) for
its one thread. Here the first two remember for each shell alone, and the traps count their users
under a lock.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from ipykernel.displayhook import ZMQShellDisplayHook
from IPython.core.builtin_trap import BuiltinTrap
from IPython.core.display_trap import DisplayTrap
from IPython.core.payload import PayloadManager

if TYPE_CHECKING:
    from .shells import Shell


def _of_shell(name: str, doc: str) -> Any:
    """A property that lives in the :class:`~.shells.Shell` of the calling code."""

    def get(self: Any) -> Any:
        return getattr(self.here, name)

    def set_(self: Any, value: Any) -> None:
        setattr(self.here, name, value)

    return property(get, set_, doc=doc)


class DisplayHook(ZMQShellDisplayHook):
    """ipykernel's display hook with the state of one display per shell."""

    msg = _of_shell("message", "The message that is being made.")
    exec_result = _of_shell("result", "The running cell's result object.")
    _is_active = _of_shell("displaying", "Whether a value is being shown.")

    @property
    def here(self) -> Shell:
        """The shell that the calling code runs for."""
        interactive: Any = self.shell
        shell: Shell = interactive.kernel.shells.current
        return shell

    @property
    def prompt_count(self) -> int:
        """Number of the running cell, also when another shell has begun one since."""
        # IPython 9 counts before a cell runs, IPython 8 after it.
        return count_of(self.exec_result, super().prompt_count)

    def quiet(self) -> bool:
        """Whether the cell ends in a semicolon: IPython looks at the newest cell of any shell."""
        if self.here.number:
            return bool(self.semicolon_at_end_of_expression(self.here.code))
        return bool(super().quiet())


def count_of(result: Any, newest: int) -> int:
    """The execution count of a cell with this ``ExecutionResult``.

    IPython takes the ``newest`` of the shell, which may be that of a cell in another thread.
    """
    own: int | None = getattr(result, "execution_count", None)
    if own is None or not result.info.store_history:
        return newest
    return min(own, newest)


class Payloads(PayloadManager):
    """IPython's payloads, one list per shell."""

    _payload = _of_shell("payload", "The payloads of the running cell.")

    @property
    def here(self) -> Shell:
        """The shell that the calling code runs for."""
        interactive: Any = self.parent
        shell: Shell = interactive.kernel.shells.current
        return shell


class _Counted:
    """A trap that is entered and left by several threads."""

    _users = threading.RLock()

    def __enter__(self) -> Any:
        with self._users:
            return super().__enter__()  # type: ignore[misc]

    def __exit__(self, *error: Any) -> Any:
        with self._users:
            return super().__exit__(*error)  # type: ignore[misc]


def forked() -> None:
    """In a forked child: another thread may have held the lock."""
    _Counted._users = threading.RLock()  # noqa: SLF001


class SharedDisplayTrap(_Counted, DisplayTrap):
    """``sys.displayhook`` is IPython's while any shell runs a cell."""


class SharedBuiltinTrap(_Counted, BuiltinTrap):
    """IPython's builtins are there while any shell runs a cell."""
