"""How far a stream may run ahead of the one who reads it."""

from __future__ import annotations

from collections import deque

#: Bytes that the worker may say, of whatever it says, while values of the stream are unread.
MOST_UNREAD = 1 << 20


class Pace:
    """Counts a stream's values, and tells when the next one has to wait. Main thread."""

    def __init__(self, most: int | None, said: int) -> None:
        """``most`` values may be unread; None: any number, nobody tells what was read.

        ``said`` is all that the worker has ever said, in bytes.
        """
        self._most = most
        #: Number of the latest value; the first has 1.
        self.number = 0
        self._read = 0
        # What the worker had said, in bytes, when each value that is unread was out.
        self._said: deque[int] = deque()
        self._said_read = said

    def sent(self, said: int) -> None:
        """One more value is out, ``said`` with it."""
        self.number += 1
        if self._most is not None:
            self._said.append(said)

    def full(self, read: int, said: int) -> bool:
        """Whether the next value has to wait; those up to number ``read`` were read."""
        if self._most is None:
            return False
        while self._said and self._read < read:
            self._read += 1
            self._said_read = self._said.popleft()
        unread = len(self._said)
        return unread >= self._most or (unread > 0 and said - self._said_read > MOST_UNREAD)
