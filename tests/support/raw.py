"""A kernel's sockets without a Jupyter client: signed, unsigned and broken messages, and plain
bytes.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import socket
import struct
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import zmq

DELIMITER = b"<IDS|MSG>"
CHANNELS = ("shell", "iopub", "stdin", "control", "hb")

GREETING = b"\xff" + bytes(8) + b"\x7f\x03\x00" + b"NULL".ljust(20, b"\0") + b"\0" + bytes(31)
"""A ZMTP 3.0 greeting (RFC 23): signature, version, NULL mechanism, not a server, filler."""

NEGATIVE_LENGTH = b"\x02" + struct.pack(">q", -1)
"""Head of a long frame whose 64-bit length is negative."""

HUGE_LENGTH = b"\x02" + struct.pack(">q", 2**31)
"""Head of a long frame that announces 2 GiB."""


def ready_command(socket_type: str) -> bytes:
    """ZMTP's READY with the one property that is required."""
    name, value = b"Socket-Type", socket_type.encode()
    body = b"\x05READY" + bytes([len(name)]) + name + struct.pack(">I", len(value)) + value
    return b"\x04" + bytes([len(body)]) + body


def signed(connection: dict[str, Any], parts: list[bytes], key: bytes | None = None) -> list[bytes]:
    """Delimiter, signature and parts, signed with the kernel's key or another one."""
    known = connection["key"]
    secret = key or (known.encode() if isinstance(known, str) else known)
    return [
        DELIMITER,
        hmac.new(secret, b"".join(parts), hashlib.sha256).hexdigest().encode(),
        *parts,
    ]


def execute_request(connection: dict[str, Any], code: str, key: bytes | None = None) -> list[bytes]:
    """The frames of an execute_request, signed with the kernel's key or another one."""
    header = {
        "msg_id": uuid.uuid4().hex,
        "session": uuid.uuid4().hex,
        "username": "tester",
        "date": "2024-01-01T00:00:00.000000Z",
        "msg_type": "execute_request",
        "version": "5.3",
    }
    content = {
        "code": code,
        "silent": False,
        "store_history": True,
        "user_expressions": {},
        "allow_stdin": False,
    }
    return signed(
        connection, [json.dumps(part).encode() for part in (header, {}, {}, content)], key
    )


@contextmanager
def dealer(connection: dict[str, Any], channel: str = "shell") -> Iterator[Any]:
    """A bare DEALER socket on one of the kernel's ports."""
    context = zmq.Context()
    peer = context.socket(zmq.DEALER)
    peer.linger = 0
    peer.connect(f"tcp://{connection['ip']}:{connection[f'{channel}_port']}")
    try:
        yield peer
    finally:
        peer.close()
        context.term()


def send_bytes(connection: dict[str, Any], channel: str, data: bytes) -> None:
    """Sends plain bytes to one of the kernel's ports and reads what comes until the kernel hangs
    up or is silent.
    """
    with socket.create_connection(
        (connection["ip"], connection[f"{channel}_port"]), timeout=5
    ) as peer:
        peer.settimeout(0.3)
        try:
            peer.sendall(data)
            while peer.recv(4096):
                continue
        except (TimeoutError, ConnectionError):
            return  # silence and a reset are both right answers to nonsense
