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

What takes longer than it may (see :mod:`penstock.worker.patience`) is ended in the same way, by
another signal and only in phase USER.

While a stream of values goes on (see :mod:`penstock.worker.verbs`) there is always something to
interrupt: a signal that finds no user code is kept for the stream's next step, in any phase.

A signal that the control thread *aims* at one request (it was cancelled) hits that or nothing.

A *region* (writing a frame, changing a buffer) is never interrupted: the signal is kept and acted
upon when the region ends. Where Python drops every exception (``__del__``, callbacks of weak
references) the KeyboardInterrupt ends only that; it is raised once more right behind. All state
belongs to the main thread; a region in another thread only runs its body, because no handler ever
runs there.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable
from enum import Enum, auto
from types import FrameType, TracebackType
from typing import Any

#: A signal that nobody uses; system calls that it breaks are taken up again.
NUDGE = signal.SIGURG


class Overdue(KeyboardInterrupt):
    """What runs has taken too long.

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
        self.user = UserCode(self, Phase.TEARDOWN)
        #: The same for a step of the cell's coroutine: when it has returned, the cell awaits.
        self.step = UserCode(self, Phase.AWAITING)
        #: Whether a debugger stands in this frame, where a signal came in: the interrupt is kept
        #: until it has let go (see :mod:`penstock.worker.debugger.standing`).
        self.held: Callable[[FrameType | None], bool] = never
        #: Breaks into the main thread a moment later; set by the control thread.
        self.nudge_soon: Callable[[], None] = _nothing
        #: What runs under a time limit; None while nothing does.
        self.watched: Any = None
        #: Whether something goes on between requests, which a signal interrupts that hits none.
        self.background = False
        #: Told when a signal is kept for that; main thread, in a signal handler.
        self.kept: Callable[[], object] = _nothing
        #: msg_id of the request that was taken up, or of the stream whose step runs.
        self.request: str | None = None
        #: msg_id of the request that the next signal is for; None: for whatever runs.
        self._aimed: str | None = None
        #: Held while a signal is aimed: its request does not end meanwhile.
        self._aiming = threading.Lock()
        #: One that was hit when it was taken up, but had not begun.
        self._early: str | None = None
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
        sys.unraisablehook = self._unraisable

    def begin(self) -> None:
        """A request is taken up. A handler that the last request's code left is replaced."""
        self._depth = 0
        early, self._early = self._early, None
        hit = early is not None and early == self.request
        self._pending = hit or (self._pending and self.background)
        if signal.getsignal(signal.SIGINT) != self._handle:
            signal.signal(signal.SIGINT, self._handle)
        self.phase = Phase.SETUP

    def finish(self) -> None:
        """The request's reply is out: a late signal hits nothing."""
        with self._aiming:
            self.request = self._aimed = None  # C code may have ignored the signal
        self.phase = Phase.SETUP if self.background else Phase.IDLE
        self._pending = self._pending and self.background

    def take_kept(self) -> bool:
        """Whether a signal was kept; it is not any more."""
        kept, self._pending = self._pending, False
        return kept

    def give_up(self, watch: object) -> None:
        """Raise :class:`Overdue` where the main thread runs ``watch``. Any thread."""
        self._overdue = watch
        signal.pthread_kill(self._main, NUDGE)

    def aim(self, request: str) -> None:
        """Interrupt this request, and the worker's child processes, if it runs. Any thread.

        What begins in the meantime is not hit.
        """
        with self._aiming:
            if self.request == request:
                self._aimed = request
                os.killpg(os.getpgrp(), signal.SIGINT)

    def end(self) -> None:
        """The worker ends: from now on a signal interrupts whatever runs, in any phase."""
        self._ending = True

    def settle(self) -> None:
        """The end has begun in the main thread: signals are ignored for good."""
        self._ending = False
        self.phase = Phase.IDLE
        signal.signal(signal.SIGINT, signal.SIG_IGN)

    def forked(self) -> None:
        """In a forked child, which has Python's own handler and no thread that nudges."""
        signal.signal(signal.SIGINT, signal.default_int_handler)
        self.nudge_soon = _nothing
        self._aiming = threading.Lock()  # that thread may have held it
        self.phase = Phase.IDLE

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
    def giving_up(self) -> bool:
        """Whether what :meth:`give_up` asked for was not done yet. Any thread."""
        return self._overdue is not None

    @property
    def ending(self) -> bool:
        """Whether the worker ends."""
        return self._ending

    @property
    def pending(self) -> bool:
        """Whether a signal is kept."""
        return self._pending

    def _nudged(self, _signum: int, frame: FrameType | None) -> None:
        # Mostly it has done its work by breaking a system call.
        if (self._overdue is not None or self._pending) and self._may_deliver(frame):
            self.deliver()

    def _unraisable(self, error: sys.UnraisableHookArgs) -> None:
        ours = error.exc_type is KeyboardInterrupt and threading.get_ident() == self._main
        if ours and self.phase is Phase.USER:
            self._pending = True
            self.nudge_soon()
        else:
            sys.__unraisablehook__(error)

    def _handle(self, _signum: int, frame: FrameType | None) -> None:
        aimed, self._aimed = self._aimed, None
        if aimed is not None and (aimed != self.request or self.phase is Phase.TEARDOWN):
            return  # that is over
        if aimed is not None and self.phase is Phase.IDLE:
            self._early = aimed
            return
        user = self.phase in (Phase.SETUP, Phase.USER, Phase.AWAITING)
        if self._ending or user or self.background:
            self._pending = True
            if self._may_deliver(frame):
                self.deliver()
            if self.background and self._pending:
                self.kept()

    def _may_deliver(self, frame: FrameType | None) -> bool:
        return not self._depth and not self.held(frame) and not _leaving(frame)

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
        elif self.phase is not Phase.SETUP and not self.background:
            self._pending = False


class Uninterrupted(Interrupts):
    """For a subshell: signals only ever reach the main thread (JEP 91 leaves it open)."""

    def begin(self) -> None:
        """A request is taken up."""
        self.phase = Phase.SETUP


class UserCode:
    """The phase USER as a context manager; it raises KeyboardInterrupt when a signal was kept.

    Phase ``after`` follows at once, so that no signal finds a moment between the two; an exception
    ends the user's code in any case.
    """

    def __init__(self, interrupts: Interrupts, after: Phase) -> None:
        self._interrupts = interrupts
        self._after = after

    def __enter__(self) -> None:
        self._interrupts.phase = Phase.USER
        self._interrupts.deliver()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._interrupts.phase = self._after if kind is None else Phase.TEARDOWN


def never(_frame: FrameType | None) -> bool:
    """No debugger is there."""
    return False


def _leaving(frame: FrameType | None) -> bool:
    """Whether a GUI event loop is about to return: a KeyboardInterrupt there would keep it."""
    return frame is not None and frame.f_globals.get("__name__") == "ipykernel.eventloops"


def _nothing() -> None:
    """No cell awaits, and no thread nudges."""
