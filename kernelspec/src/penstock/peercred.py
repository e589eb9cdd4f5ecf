"""Who is at the other end of a Unix socket."""

from __future__ import annotations

import os
import socket
import struct


def same_user(sock: socket.socket) -> bool:
    """True if the other process runs as this user. Where the system cannot tell, the directory's
    mode has to do.
    """
    if not hasattr(socket, "SO_PEERCRED"):
        return True
    data = sock.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    return struct.unpack("3i", data)[1] == os.geteuid()
