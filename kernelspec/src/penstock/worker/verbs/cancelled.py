"""Requests that a client does not want any more: those that have not begun never run."""

from __future__ import annotations

import threading
from collections import OrderedDict, deque

#: How many are remembered that have not come yet, or are over.
_MOST = 4096
#: How many are known to have begun: more than shells that run at a time.
_MOST_BEGUN = 256


class Cancelled:
    """By msg_id. Filled by the control thread, asked by the shells' threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ids: OrderedDict[str, None] = OrderedDict()
        self._begun: deque[str] = deque(maxlen=_MOST_BEGUN)

    def add(self, msg_id: str) -> bool:
        """The request with this msg_id is not wanted, whether it has come or not.

        False if it has begun: then it goes on.
        """
        with self._lock:
            if msg_id in self._begun:
                return False
            self._ids[msg_id] = None
            if len(self._ids) > _MOST:
                self._ids.popitem(last=False)
            return True

    def take(self, msg_id: str) -> bool:
        """Whether the request whose turn has come is not wanted; if it is, it has begun."""
        with self._lock:
            if self._ids.pop(msg_id, self) is None:
                return True
            self._begun.append(msg_id)
            return False
