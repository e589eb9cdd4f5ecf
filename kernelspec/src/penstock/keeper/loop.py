"""A single-threaded event loop: readable and writable descriptors, timers, signals. Nothing in it
blocks.
"""

from __future__ import annotations

import heapq
import os
import selectors
import signal
import time
from collections.abc import Callable

READ = selectors.EVENT_READ
WRITE = selectors.EVENT_WRITE


class Timer:
    """A call that is due at a moment of the monotonic clock; `cancel` makes it never happen."""

    __slots__ = ("callback", "due")

    def __init__(self, due: float, callback: Callable[[], None]) -> None:
        self.due = due
        self.callback: Callable[[], None] | None = callback

    def __lt__(self, other: Timer) -> bool:
        return self.due < other.due

    def cancel(self) -> None:
        """Makes the call never happen; also after it did."""
        self.callback = None


class Loop:
    """Runs callbacks until `stop`. A callback that raises ends the loop: the keeper has no half
    states.
    """

    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()
        self._timers: list[Timer] = []
        self._stopped = False

    def watch(self, fd: int, events: int, callback: Callable[[int], None]) -> None:
        """Calls `callback(events)` whenever `fd` is ready for one of `events`; replaces an earlier
        watch.
        """
        if fd in self._selector.get_map():
            self._selector.modify(fd, events, callback)
        else:
            self._selector.register(fd, events, callback)

    def forget(self, fd: int) -> None:
        """Ends the watch of `fd`; must come before the descriptor is closed."""
        if fd in self._selector.get_map():
            self._selector.unregister(fd)

    def later(self, seconds: float, callback: Callable[[], None]) -> Timer:
        """Calls `callback` once, `seconds` from now."""
        timer = Timer(time.monotonic() + seconds, callback)
        heapq.heappush(self._timers, timer)
        return timer

    def on_signals(self, handlers: dict[int, Callable[[], None]]) -> None:
        """Calls a handler inside the loop after its signal came; several signals may share one
        call.
        """
        read, write = os.pipe()
        os.set_blocking(read, False)
        os.set_blocking(write, False)
        for number in handlers:
            signal.signal(number, lambda *_: None)
        # The interpreter writes the number of each signal to this pipe; a full pipe is no loss, it
        # is read anyway.
        signal.set_wakeup_fd(write, warn_on_full_buffer=False)

        def deliver(_events: int) -> None:
            try:
                numbers = os.read(read, 4096)
            except BlockingIOError:
                return  # somebody else's wake-up took the bytes: nothing is pending
            for number in set(numbers):
                if number in handlers:
                    handlers[number]()

        self.watch(read, READ, deliver)

    def run(self) -> None:
        """Runs until `stop` is called."""
        while not self._stopped:
            for key, events in self._selector.select(self._timeout()):
                # A callback before this one may have forgotten the descriptor (and closed it).
                if self._selector.get_map().get(key.fd) is key:
                    key.data(events)
            self._run_timers()

    def stop(self) -> None:
        """Makes `run` return after the callbacks that are due."""
        self._stopped = True

    def _timeout(self) -> float | None:
        while self._timers and self._timers[0].callback is None:
            heapq.heappop(self._timers)
        return max(0.0, self._timers[0].due - time.monotonic()) if self._timers else None

    def _run_timers(self) -> None:
        now = time.monotonic()
        while self._timers and self._timers[0].due <= now:
            callback = heapq.heappop(self._timers).callback
            if callback is not None:
                callback()
