"""A blocking client of the gateway's control socket (docs/local-sockets.md)."""

from __future__ import annotations

import errno
import json
import os
import socket
import struct
import time
from types import TracebackType

from ..peercred import peer_pid, same_user
from .errors import GatewayError

TYPE_CHECKING = False  # typing itself is not imported: it would cost more than all of this module
if TYPE_CHECKING:
    from typing import Any

CONNECT_TIMEOUT = 5.0
REQUEST_TIMEOUT = 30.0
MAX_ANSWER = 256 * 1024 * 1024


class Control:
    """One connection. Requests are answered in order; not to be used by two threads at once."""

    def __init__(self, directory: str, timeout: float = CONNECT_TIMEOUT) -> None:
        """Connects to the gateway in `directory`. Raises GatewayError `unreachable` when none
        listens there.
        """
        self.directory = directory
        self._sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            # A blocking connect with a send timeout waits while the backlog is full; a non-blocking
            # one would fail.
            self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, _timeval(timeout))
            self._sock.connect(os.path.join(directory, "gateway.sock"))
        except OSError as error:
            self._sock.close()
            if error.errno in (errno.EAGAIN, errno.ETIMEDOUT):
                raise GatewayError(
                    "timeout", f"The gateway in {directory} does not accept connections"
                ) from error
            raise GatewayError(
                "unreachable", f"No gateway listens in {directory}: {error.strerror}"
            ) from error
        if not same_user(self._sock):
            self._sock.close()
            raise GatewayError("unreachable", f"The gateway in {directory} is another user's")
        self._received = bytearray()

    def request(
        self, op: str, *, timeout: float | None = REQUEST_TIMEOUT, **fields: Any
    ) -> dict[str, Any]:
        """Sends one request and returns its answer. `timeout` in seconds, None waits for ever.

        Raises GatewayError: the one of the answer, or `timeout` or `closed`; after these two the
        connection is of no further use.
        """
        self.send(op, **fields)
        return self.receive(timeout)

    def leave(self, timeout: float | None = REQUEST_TIMEOUT) -> None:
        """Tells the gateway to end. It may be gone before its answer is out, which is no error.
        Raises GatewayError as `request` does.
        """
        try:
            self.request("leave", timeout=timeout)
        except GatewayError as error:
            if error.code != "closed":
                raise

    def send(self, op: str, **fields: Any) -> None:
        """Sends a request whose answer a later `receive` gets. Raises GatewayError `closed`."""
        self._sock.settimeout(REQUEST_TIMEOUT)
        line = json.dumps({"op": op, **fields}, separators=(",", ":")).encode("ascii") + b"\n"
        try:
            self._sock.sendall(line)
        except OSError as error:
            raise _closed() from error

    def receive(self, timeout: float | None = REQUEST_TIMEOUT) -> dict[str, Any]:
        """The answer of the oldest request without one; see `request`."""
        deadline = None if timeout is None else time.monotonic() + timeout
        while (end := self._received.find(b"\n")) < 0:
            self._fill(deadline)
        line = bytes(self._received[:end])
        del self._received[: end + 1]
        return _checked(line)

    def peer_pid(self) -> int | None:
        """The gateway's process; None where the system cannot tell."""
        return peer_pid(self._sock)

    def fileno(self) -> int:
        """Descriptor to wait on for an answer."""
        return self._sock.fileno()

    def close(self) -> None:
        """Closes the connection; the gateway forgets its open requests."""
        self._sock.close()

    def __enter__(self) -> Control:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _fill(self, deadline: float | None) -> None:
        left = None if deadline is None else deadline - time.monotonic()
        try:
            # 0 would mean "do not block"; what is overdue gets one short last chance.
            self._sock.settimeout(None if left is None else max(left, 0.001))
            data = self._sock.recv(262144)
        except TimeoutError as error:
            raise GatewayError(
                "timeout", "The gateway did not answer in time", "see its gateway.log"
            ) from error
        except OSError as error:
            raise _closed() from error
        if not data or len(self._received) > MAX_ANSWER:
            raise _closed()
        self._received += data


def _checked(line: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(line)
    except ValueError as error:  # not JSON
        raise GatewayError(
            "protocol", "The gateway's answer cannot be understood", "are two versions mixed?"
        ) from error
    if answer.get("ok"):
        return answer
    told = answer.get("error") or {}
    message = told.get("message", "The gateway failed")
    raise GatewayError(told.get("code", "error"), message, told.get("hint") or "")


def _closed() -> GatewayError:
    return GatewayError("closed", "The gateway closed the connection", "see its gateway.log")


def _timeval(seconds: float) -> bytes:
    return struct.pack("@ll", int(seconds), int(seconds % 1 * 1_000_000))
