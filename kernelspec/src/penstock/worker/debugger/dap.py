"""Messages of the Debug Adapter Protocol: framing, and the two forms of a response.

A message on a stream is ``Content-Length: <bytes>``, an empty line and that many bytes of JSON
(Debug Adapter Protocol, "Base Protocol"). Pure functions and one push decoder, no I/O.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

Message = dict[str, Any]

_LENGTH = b"content-length:"
_END = b"\r\n\r\n"
#: A header longer than this comes from something else than a debug adapter.
_MOST_HEADER = 4096


class DapError(Exception):
    """The peer does not speak the Debug Adapter Protocol."""


def encode(message: Message) -> bytes:
    """``message`` as it goes over the stream."""
    body = json.dumps(message).encode("ascii")
    return b"Content-Length: %d\r\n\r\n%s" % (len(body), body)


class Decoder:
    """Turns a byte stream into messages: push bytes with :meth:`feed`, then iterate."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> None:
        """Add what was read from the peer."""
        self._buffer += data

    def messages(self) -> Iterator[Message]:
        """The messages that are complete, in order. Raises :class:`DapError`."""
        while (message := self._next()) is not None:
            yield message

    def _next(self) -> Message | None:
        end = self._buffer.find(_END)
        if end < 0:
            if len(self._buffer) > _MOST_HEADER:
                raise DapError("no header where a message should begin")
            return None
        start = end + len(_END)
        stop = start + _length(bytes(self._buffer[:end]))
        if len(self._buffer) < stop:
            return None
        body = self._buffer[start:stop]
        del self._buffer[:stop]
        try:
            message = json.loads(body.decode("utf-8", "replace"))
        except ValueError as error:
            raise DapError(f"unreadable message: {error}") from error
        if not isinstance(message, dict):
            raise DapError("message is not an object")
        return message


def _length(header: bytes) -> int:
    for line in header.split(b"\r\n"):
        if line.lower().startswith(_LENGTH):
            try:
                return int(line[len(_LENGTH) :])
            except ValueError as error:
                raise DapError("Content-Length is no number") from error
    raise DapError("header without Content-Length")


def response(request: Message, body: Message | None = None) -> Message:
    """The answer to a request that succeeded."""
    answer = {
        "type": "response",
        "request_seq": request.get("seq", 0),
        "success": True,
        "command": request.get("command", ""),
    }
    if body is not None:
        answer["body"] = body
    return answer


def failure(request: Message, message: str) -> Message:
    """The answer to a request that failed; ``message`` is one line for people."""
    return {**response(request, {}), "success": False, "message": message}
