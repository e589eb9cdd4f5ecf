"""Completions and inspections have a time limit, so that they never hold up the next cell.

They run the user's code (``__dir__``, properties, ``__repr__``) and Jedi in the main thread, where
cells run, because many objects may only be used there. What takes too long is ended as an interrupt
of the user's would end it: by an exception that a signal raises in the main thread, again and again
until it is out. While nobody waits behind it there is more time: the first completion of all makes
Jedi read its files.
"""

from __future__ import annotations

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


class Patience:
    """Watches the one request that runs under :meth:`limit`. Main thread; one own thread."""

    def __init__(self, interrupts: Interrupts, crowded: Callable[[], bool]) -> None:
        """``crowded`` tells, in any thread, whether another request waits."""
        self._interrupts = interrupts
        self._crowded = crowded
        self._deadline = self._last = 0.0
        self._armed = threading.Event()
        self._thread: threading.Thread | None = None

    @contextmanager
    def limit(self, seconds: float) -> Iterator[None]:
        """Raise :class:`Overdue` in the body when it holds others up for ``seconds``."""
        watch = object()
        hook, sys.excepthook = sys.excepthook, _quietly(sys.excepthook)
        now = time.monotonic()
        self._deadline, self._last = now + seconds, now + _ALONE * seconds
        self._interrupts.watched = watch
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="penstock-patience", daemon=True)
            untraced(self._thread).start()
        self._armed.set()
        try:
            yield
        finally:
            self._interrupts.watched = None
            sys.excepthook = hook

    def _run(self) -> None:
        while True:
            self._armed.wait()
            self._armed.clear()
            # A later request only moves the deadline: a burst of them does not wake this thread.
            while (watch := self._interrupts.watched) is not None:
                now = time.monotonic()
                left = self._deadline - now
                if left <= 0:
                    if now >= self._last or self._crowded():
                        self._interrupts.give_up(watch)
                    left = _NAG
                time.sleep(left)


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
