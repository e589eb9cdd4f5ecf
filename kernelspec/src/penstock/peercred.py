"""Who is at the other end of a Unix socket."""

from __future__ import annotations

import os
import socket
import struct


def same_user(sock: socket.socket) -> bool:
    """True if the other process runs as this user. Where the system cannot tell, the directory's
    mode has to do.
    """
    told = _credentials(sock)
    return told is None or told[1] == os.geteuid()


def peer_pid(sock: socket.socket) -> int | None:
    """The process that connected or listened; None where the system cannot tell."""
    told = _credentials(sock)
    return None if told is None else told[0]


def _credentials(sock: socket.socket) -> tuple[int, int, int] | None:
    """Process, user and group."""
    if not hasattr(socket, "SO_PEERCRED"):
        return None
    data = sock.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    pid, uid, gid = struct.unpack("3i", data)
    return pid, uid, gid
