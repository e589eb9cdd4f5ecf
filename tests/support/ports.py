"""Ports of the loopback interface."""

from __future__ import annotations

import os
import random
import socket
from collections import deque

WIDTH = 4_000
FIRST = 20_000 + WIDTH * int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
LAST = FIRST + WIDTH
"""Below those that Linux gives to clients and to who asks for any, and of this process of pytest
alone: what is free stays free.
"""

_given: deque[int] = deque(maxlen=500)


def free_port() -> int:
    """A free port, another one each time, for servers that cannot choose or that come again on the
    one they had.
    """
    for _ in range(100):
        port = random.randrange(FIRST, LAST)
        if port in _given:
            continue
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue  # taken: the next one
            _given.append(port)
            return port
    raise AssertionError(f"no free port from {FIRST} to {LAST}")
