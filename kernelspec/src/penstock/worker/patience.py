"""Time limits on what runs in the main thread.

Completions and inspections have one, so that they never hold up the next cell. They run the user's
code (``__dir__``, properties, ``__repr__``) and Jedi in the main thread, where cells run, because
many objects may only be used there. What takes too long is ended as an interrupt of the user's
would end it: by an exception that a signal raises in the main thread, again and again until it is
out. While nobody waits behind it there is more time: the first completion of all makes Jedi read
its files.

The verbs (:mod:`penstock.worker.verbs`) have the limit that their client asked for, and are left
some time to clean up.
"""

from __future__ import annotations

import math
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from .interrupts import Interrupts, Overdue
from .untraced import untraced

#: Seconds between two attempts to end what is overdue.
_NAG = 0.1
#: How many times the limit may pass while no other request waits.
_ALONE = 5
#: Seconds in which the code of a verb may clean up before the exception is raised once more.
_GRACE = 2.0
#: Seconds that the thread sleeps at most: the system has no use for some limits.
_LONGEST = 3600.0


class Watch:
    """What runs under a limit: main thread; the watching thread notes what it did."""

    def __init__(self, seconds: float, alone: float, grace: float) -> None:
        """Over after ``seconds`` when others wait, else after ``alone`` seconds."""
        now = time.monotonic()
        self.deadline = now + seconds
        self.last = now + alone
        self.grace = grace
        #: Whether it took too long.
        self.passed = False
        #: Whether the exception was asked for and what became of that was not looked at yet.
        self.asked = False


class Patience:
    """Watches the one thing that runs under a limit. Main thread; one own thread."""

    def __init__(self, interrupts: Interrupts, crowded: Callable[[], bool]) -> None:
        """``crowded`` tells, in any thread, whether another request waits."""
        self._interrupts = interrupts
        self._crowded = crowded
        self._armed = threading.Event()
        #: When the thread looks next. A burst of short requests does not wake it: each of them only
        #: moves the deadline.
        self._look = math.inf
        self._thread: threading.Thread | None = None

    @contextmanager
    def limit(self, seconds: float) -> Iterator[None]:
        """Raise :class:`Overdue` in the body when it holds others up for ``seconds``."""
        hook, sys.excepthook = sys.excepthook, _quietly(sys.excepthook)
        self._begin(Watch(seconds, _ALONE * seconds, 0))
        try:
            yield
        finally:
            self._interrupts.watched = None
            sys.excepthook = hook

    @contextmanager
    def within(self, seconds: float | None) -> Iterator[Watch]:
        """Raise :class:`Overdue` in the user's code of the body after ``seconds`` (None: never).

        Whether it was raised is what the watch says: the user's code may have caught it.
        """
        limit = math.inf if seconds is None else seconds
        watch = Watch(limit, limit, _GRACE)
        if seconds is not None:
            self._begin(watch)
        try:
            yield watch
        finally:
            if seconds is not None:
                self._interrupts.watched = None

    def _begin(self, watch: Watch) -> None:
        self._interrupts.watched = watch
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="penstock-patience", daemon=True)
            untraced(self._thread).start()
        if watch.deadline < self._look:
            self._armed.set()

    def _run(self) -> None:
        while True:
            # In this order: a limit that begins meanwhile is seen here or sets the event.
            self._armed.clear()
            self._look = math.inf
            self._look = look = self._attend()
            left = max(0.0, look - time.monotonic())
            self._armed.wait(None if look == math.inf else min(left, _LONGEST))

    def _attend(self) -> float:
        """End what is overdue; when to look again."""
        watch: Watch | None = self._interrupts.watched
        if watch is None:
            return math.inf
        now = time.monotonic()
        if now < watch.deadline:
            return watch.deadline
        if now < watch.last and not self._crowded():
            return now + _NAG
        if watch.asked and watch.grace and not self._interrupts.giving_up:
            watch.asked = False  # it was raised
            return now + watch.grace
        watch.asked = watch.passed = True
        self._interrupts.give_up(watch)
        return now + _NAG


def _quietly(hook: Callable[..., Any]) -> Callable[..., Any]:
    """IPython's completer shows what a matcher raises, and goes on with the next: not this."""

    def show(kind: type[BaseException], error: BaseException, trace: Any) -> None:
        if not issubclass(kind, Overdue):
            hook(kind, error, trace)

    return show


def unanswered(msg_type: str, content: dict[str, Any]) -> dict[str, Any]:
    """The content of the reply to a completion or inspection that was given up."""
    metadata = {"given_up": True}
    if msg_type == "inspect_request":
        return {"status": "ok", "found": False, "data": {}, "metadata": metadata}
    position = content.get("cursor_pos")
    position = len(content["code"]) if position is None else position
    return {
        "status": "ok",
        "matches": [],
        "cursor_start": position,
        "cursor_end": position,
        "metadata": metadata,
    }
