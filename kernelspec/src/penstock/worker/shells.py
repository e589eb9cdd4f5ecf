"""What each shell of a kernel, the main one and the subshells (JEP 91), has for itself.

ipykernel and IPython keep it in the one kernel and the one interactive shell. With several threads
running cells there, the result of one cell would be published as another's.
"""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Callable
from typing import Any

from .interrupts import Interrupts
from .session import ShellStream


class Shell:
    """The state of one shell. ``number`` is 0 for the main shell, which runs in the main thread."""

    def __init__(self, number: int, interrupts: Interrupts) -> None:
        self.number = number
        self.interrupts = interrupts
        self.stream = ShellStream()
        #: Number of the last request whose failure aborts the execute requests that were sent
        #: before the gateway saw its reply.
        self.failed = 0
        #: Whether the client of the running request answers ``input()``.
        self.allow_stdin = False
        #: The event loop in which this shell's cells run, once it runs.
        self.loop: asyncio.AbstractEventLoop | None = None
        #: Whether the running cell is asynchronous: the loop then serves comms while it waits.
        self.awaiting = False
        #: Serves the comm messages that have arrived behind the awaiting cell.
        self.overtake: Callable[[], None] = _nothing
        #: Source of the running cell.
        self.code = ""
        # What IPython's shell and display hook remember between two steps of a cell.
        self.traceback: list[str] | None = None
        self.displayhook_failed = False
        self.message: dict[str, Any] | None = None
        self.result: Any = None
        self.displaying = False
        self.payload: list[dict[str, Any]] = []


class Shells:
    """Finds the shell that code runs for: by context, so that tasks and ``to_thread`` keep it.

    A plain thread of the user's has no context of ours and counts as the main shell's.
    """

    def __init__(self, main: Shell) -> None:
        self.main = main
        self._current: contextvars.ContextVar[Shell] = contextvars.ContextVar("shell", default=main)

    @property
    def current(self) -> Shell:
        """The shell that the calling code runs for."""
        return self._current.get()

    def context(self, shell: Shell) -> contextvars.Context:
        """A new context whose code runs for ``shell``."""
        context = contextvars.Context()
        context.run(self._current.set, shell)
        return context


def _nothing() -> None:
    """Nothing has arrived."""
