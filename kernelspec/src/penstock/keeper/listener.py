"""The listening side of keeper.sock: accepts processes of the same user only."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable

from ..peercred import same_user
from .log import Log
from .loop import READ, Loop

BACKLOG = 8


class Listener:
    """A listening Unix socket, mode 0600. `on_peer` gets each accepted connection."""

    def __init__(
        self, loop: Loop, log: Log, path: str, on_peer: Callable[[socket.socket], None]
    ) -> None:
        self._loop = loop
        self._log = log
        self._path = path
        self._on_peer = on_peer
        self._sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        if os.path.lexists(
            path
        ):  # of a keeper that is dead: this one holds the lock of the directory
            os.unlink(path)
        self._sock.bind(path)
        os.chmod(path, 0o600)
        self._sock.listen(BACKLOG)
        self._sock.setblocking(False)
        loop.watch(self._sock.fileno(), READ, self._accept)

    def close(self) -> None:
        """Stops listening and removes the socket."""
        self._loop.forget(self._sock.fileno())
        self._sock.close()
        try:
            os.unlink(self._path)
        except OSError:
            pass  # the whole directory was removed

    def _accept(self, _events: int) -> None:
        try:
            sock, _ = self._sock.accept()
        except OSError as error:  # the peer has left already, or no descriptor is free
            self._log("warn", "accept-failed", error=str(error))
            return
        if same_user(sock):
            self._on_peer(sock)
        else:
            self._log("warn", "peer-refused")
            sock.close()
