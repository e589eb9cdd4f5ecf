"""How long a server that cannot be reached is asked again."""

from __future__ import annotations

import time
from collections.abc import Callable

from .errors import UnreachableError

FIRST_S = 0.05
LONGEST_S = 2.0


class Cut(Exception):  # noqa: N818  (an event, which becomes an error when patience is over)
    """A connection failed; `reason` says how."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Patience:
    """Counts from the first cut after an answer."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        """`seconds` without an answer are borne."""
        self._seconds = seconds
        self._clock = clock
        self.answered()

    def answered(self) -> None:
        """The server is there."""
        self._pause = FIRST_S
        self._end: float | None = None

    def after(self, cut: Cut, *, again: bool = True) -> float:
        """Seconds to wait before the next attempt. Raises UnreachableError when it is too long, or
        if the call must not be made `again`.
        """
        now = self._clock()
        if self._end is None:
            self._end = now + self._seconds
        if now >= self._end or not again:
            raise UnreachableError(f"The server cannot be reached: {cut.reason}") from cut
        pause = min(self._pause, self._end - now)
        self._pause = min(self._pause * 2, LONGEST_S)
        return pause
