"""Ports of the loopback interface."""

from __future__ import annotations

import random
import socket

FIRST, LAST = 20_000, 32_000
"""Below those that Linux gives to clients and to who asks for any: what is free stays free."""


def free_port() -> int:
    """A free port, for servers that cannot choose or that come again on the one they had."""
    for _ in range(100):
        port = random.randrange(FIRST, LAST)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue  # taken: the next one
            return port
    raise AssertionError(f"no free port from {FIRST} to {LAST}")
