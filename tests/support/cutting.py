"""A way to a server that breaks: each connection ends after some bytes."""

from __future__ import annotations

import itertools
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field


@dataclass
class Cutting:
    """Where it listens, and how many connections came."""

    url: str
    connections: int = 0
    sockets: set[socket.socket] = field(default_factory=set)
    instead: Callable[[], bytes | None] = lambda: None
    """The status line with which a proxy answers by itself; None: it passes the call on."""


@contextmanager
def cutting(port: int, most: Callable[[int], int | None]) -> Iterator[Cutting]:
    """A relay to a port of this machine. `most` says how many bytes connection N (from 0) brings
    to the client before it is reset; None: all.
    """
    listener = socket.create_server(("127.0.0.1", 0))
    way = Cutting(f"http://127.0.0.1:{listener.getsockname()[1]}")

    def serve() -> None:
        for number in itertools.count():
            try:
                client, _ = listener.accept()
            except OSError:  # closed: the test is over
                return
            way.connections += 1
            if answer := way.instead():
                client.recv(65536)
                client.sendall(b"HTTP/1.1 " + answer + b"\r\nContent-Length: 0\r\n\r\n")
                client.close()
                continue
            server = socket.create_connection(("127.0.0.1", port))
            way.sockets |= {client, server}
            for source, sink, limit in ((client, server, None), (server, client, most(number))):
                threading.Thread(target=copy, args=(source, sink, limit), daemon=True).start()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield way
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(10)
        for each in way.sockets:
            each.close()


def copy(source: socket.socket, sink: socket.socket, most: int | None) -> None:
    """Copies until an end, at most so many bytes, and ends both."""
    left = most
    with suppress(OSError):  # the other direction has ended both
        while left is None or left > 0:
            data = source.recv(65536 if left is None else min(left, 65536))
            if not data:
                break
            sink.sendall(data)
            left = None if left is None else left - len(data)
    for each in (source, sink):
        with suppress(OSError):  # its peer has gone
            each.shutdown(socket.SHUT_RDWR)
