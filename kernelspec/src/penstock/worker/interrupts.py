"""SIGINT in a worker: one KeyboardInterrupt per signal, only ever in the user's code.

Python runs signal handlers in the main thread between two bytecodes, so the handler decides by the
phase that the main thread is in:

======== ================================================================================
IDLE     no request runs: ignored
SETUP    a request was taken up, user code has not begun: kept until it begins
USER     user code runs: KeyboardInterrupt
AWAITING the cell's coroutine waits for the event loop: the cell is cancelled
TEARDOWN user code has ended, its reply is being sent: ignored
======== ================================================================================

A completion that takes too long (see :mod:`penstock.worker.patience`) is ended in the same way, by
another signal and only in phase USER.

A *region* (writing a frame, changing a buffer) is never interrupted: the signal is kept and acted
upon when the region ends. All state belongs to the main thread; a region in another thread only
runs its body, because no handler ever runs there.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from enum import Enum, auto
from types import FrameType, TracebackType

#: A signal that nobody uses; system calls that it breaks are taken up again.
NUDGE = signal.SIGURG


class Overdue(KeyboardInterrupt):
    """A completion or inspection has taken too long.

    It is a KeyboardInterrupt because code that may be interrupted is written for that; IPython's
    completer then answers with what it has.
    """


class Phase(Enum):
    """What the main thread is doing; see the module's table."""

    IDLE = auto()
    SETUP = auto()
    USER = auto()
    AWAITING = auto()
    TEARDOWN = auto()


class Interrupts:
    """Decides what a SIGINT does. Also the context manager that marks a region."""

    def __init__(self) -> None:
        self.phase = Phase.IDLE
        #: Cancels the awaiting cell (thread-safe); set by whoever enters AWAITING.
        self.cancel: Callable[[], None] = _nothing
        #: ``with interrupts.user:`` user code runs in the body, and a kept signal hits it at once.
        self.user = UserCode(self)
        #: Whether a debugger stands in this frame, where a signal came in: the interrupt is kept
        #: until it has let go (see :mod:`penstock.worker.debugger.standing`).
        self.held: Callable[[FrameType | None], bool] = never
        #: Identifies what runs under a time limit; None while nothing does.
        self.watched: object | None = None
        self._overdue: object | None = None
        self._depth = 0
        self._pending = False
        self._ending = False
        self._main = threading.get_ident()

    def install(self) -> None:
        """Take SIGINT for this process; call in its main thread."""
        self._main = threading.get_ident()
        signal.signal(signal.SIGINT, self._handle)
        signal.signal(NUDGE, self._nudged)

    def begin(self) -> None:
        """A request is taken up. A handler that the last request's code left is replaced."""
        self._depth = 0
        self._pending = False
        if signal.getsignal(signal.SIGINT) != self._handle:
            signal.signal(signal.SIGINT, self._handle)
        self.phase = Phase.SETUP

    def finish(self) -> None:
        """The request's reply is out: a late signal hits nothing."""
        self.phase = Phase.IDLE
        self._pending = False

    def give_up(self, watch: object) -> None:
        """Raise :class:`Overdue` where the main thread runs ``watch``. Any thread."""
        self._overdue = watch
        signal.pthread_kill(self._main, NUDGE)

    def end(self) -> None:
        """The worker ends: from now on a signal interrupts whatever runs, in any phase."""
        self._ending = True

    def settle(self) -> None:
        """The end has begun in the main thread: signals are ignored for good."""
        self._ending = False
        self.phase = Phase.IDLE
        signal.signal(signal.SIGINT, signal.SIG_IGN)

    def __enter__(self) -> None:
        if threading.get_ident() == self._main:
            self._depth += 1

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if threading.get_ident() == self._main:
            self._depth -= 1
            if (self._pending or self._overdue is not None) and not self._depth:
                self.deliver()

    @property
    def pending(self) -> bool:
        """Whether a signal is kept."""
        return self._pending

    def _nudged(self, _signum: int, _frame: FrameType | None) -> None:
        # Mostly it has done its work by breaking a system call.
        if self._overdue is not None and not self._depth:
            self.deliver()

    def _handle(self, _signum: int, frame: FrameType | None) -> None:
        if self._ending or self.phase in (Phase.SETUP, Phase.USER, Phase.AWAITING):
            self._pending = True
            if not self._depth and not self.held(frame) and not _leaving(frame):
                self.deliver()

    def deliver(self) -> None:
        """Act on a signal that was kept. Raises KeyboardInterrupt in user code."""
        overdue, self._overdue = self._overdue, None
        if overdue is not None and overdue is self.watched and self.phase is Phase.USER:
            raise Overdue
        if not self._pending:
            return
        if self._ending or self.phase is Phase.USER:
            self._pending = False
            raise KeyboardInterrupt
        if self.phase is Phase.AWAITING:
            self._pending = False
            self.cancel()
        elif self.phase is not Phase.SETUP:
            self._pending = False


class Uninterrupted(Interrupts):
    """For a subshell: signals only ever reach the main thread (JEP 91 leaves it open)."""

    def begin(self) -> None:
        """A request is taken up."""
        self.phase = Phase.SETUP


class UserCode:
    """The phase USER as a context manager; it raises KeyboardInterrupt when a signal was kept."""

    def __init__(self, interrupts: Interrupts) -> None:
        self._interrupts = interrupts

    def __enter__(self) -> None:
        self._interrupts.phase = Phase.USER
        self._interrupts.deliver()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._interrupts.phase = Phase.TEARDOWN


def never(_frame: FrameType | None) -> bool:
    """No debugger is there."""
    return False


def _leaving(frame: FrameType | None) -> bool:
    """Whether a GUI event loop is about to return: a KeyboardInterrupt there would keep it."""
    return frame is not None and frame.f_globals.get("__name__") == "ipykernel.eventloops"


def _nothing() -> None:
    """No cell awaits."""
