"""One connection to debugpy's adapter: requests are answered in turn, events are handed on."""

from __future__ import annotations

import itertools
import socket
from collections import deque
from collections.abc import Callable

from .dap import DapError, Decoder, Message, encode

_READ = 1 << 16
#: Seconds for the adapter, a local process that already listens, to accept.
_CONNECT = 10.0


class ConnectionLostError(Exception):
    """The adapter is gone or does not speak the protocol any more."""


class DapConnection:
    """A client of the adapter. One thread: whoever waits for a response reads for all.

    ``on_event`` gets each event, in order; it may itself send requests.
    """

    def __init__(self, address: tuple[str, int], on_event: Callable[[Message], None]) -> None:
        try:
            self._socket = socket.create_connection(address, _CONNECT)
        except OSError as error:
            raise ConnectionLostError(f"cannot reach the debug adapter: {error}") from error
        self._socket.settimeout(None)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._decoder = Decoder()
        self._numbers = itertools.count(1)
        self._responses: dict[int, Message] = {}
        self._waiting: set[int] = set()
        self._events: deque[Message] = deque()
        self._on_event = on_event
        self._handing_on = False

    def fileno(self) -> int:
        """The descriptor; readable when :meth:`pump` has something to do."""
        return self._socket.fileno()

    def request(self, message: Message) -> Message:
        """Send a request and wait for its response.

        Clients number their requests as they like, so they get numbers of this connection's here.
        Raises :class:`ConnectionLostError`.
        """
        number = self.send(message)
        return {**self.wait(number), "request_seq": message.get("seq", 0)}

    def send(self, message: Message) -> int:
        """Send a request; the number to :meth:`wait` for."""
        number = next(self._numbers)
        self._waiting.add(number)
        try:
            self._socket.sendall(encode({**message, "type": "request", "seq": number}))
        except OSError as error:
            raise ConnectionLostError(f"debug adapter lost: {error}") from error
        return number

    def answered(self, number: int) -> bool:
        """Whether the response to request ``number`` has come."""
        return number in self._responses

    def wait(self, number: int) -> Message:
        """The response to request ``number``. Raises :class:`ConnectionLostError`."""
        while number not in self._responses:
            self.pump()
        self._waiting.discard(number)
        return self._responses.pop(number)

    def pump(self) -> None:
        """Read once, waiting for it, and take what came. Raises :class:`ConnectionLostError`."""
        try:
            data = self._socket.recv(_READ)
            if not data:
                raise ConnectionLostError("the debug adapter has ended")
            self._decoder.feed(data)
            for message in self._decoder.messages():
                self._take(message)
        except (OSError, DapError) as error:
            raise ConnectionLostError(f"debug adapter lost: {error}") from error
        self._hand_on()

    def close(self) -> None:
        """Let go of the adapter; also in a forked child, whose parent keeps it."""
        self._socket.close()

    def _take(self, message: Message) -> None:
        if message.get("type") == "event":
            self._events.append(message)
        elif message.get("request_seq") in self._waiting:
            self._responses[message["request_seq"]] = message

    def _hand_on(self) -> None:
        if self._handing_on:
            return  # an event's handler waits for a response: the events behind it wait, too
        self._handing_on = True
        try:
            while self._events:
                self._on_event(self._events.popleft())
        finally:
            self._handing_on = False
