"""Many requests in flight on a kernel's bare sockets, each followed to its reply and its idle."""

from __future__ import annotations

import hmac
import json
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import zmq

from tests.support.waiting import seconds

WINDOW = 500
"""Requests that are under way at once."""


@dataclass
class Exchange:
    """One request and what has come back for it."""

    shell: str | None
    msg_type: str
    content: dict[str, Any]
    reply: dict[str, Any] | None = None
    states: tuple[str, ...] = ()
    echo: list[Any] | None = None

    @property
    def done(self) -> bool:
        """Idle, and answered if it is a request."""
        answered = self.reply is not None or not self.msg_type.endswith("_request")
        return answered and self.states == ("busy", "idle")


class Traffic:
    """A client that sends on a DEALER and reads a SUB, without jupyter_client's overhead."""

    def __init__(self, connection: dict[str, Any]) -> None:
        key = connection["key"]
        self._mac = hmac.new(key.encode() if isinstance(key, str) else key, digestmod="sha256")
        self._context = zmq.Context()
        self._shell = self._socket(zmq.DEALER, connection, "shell")
        self._iopub = self._socket(zmq.SUB, connection, "iopub")
        self._iopub.subscribe(b"")
        self._poller = zmq.Poller()
        for socket in (self._shell, self._iopub):
            self._poller.register(socket, zmq.POLLIN)
        self.exchanges: list[Exchange] = []
        self.answered: list[int] = []
        """Numbers of the exchanges in the order in which their replies came."""
        self._open = 0

    def __enter__(self) -> Traffic:
        """With a subscription that is known to work."""
        assert self._iopub.poll(seconds(10) * 1000), "no iopub_welcome"
        return self

    def __exit__(self, *_: object) -> None:
        self._context.destroy(linger=0)

    def run(self, requests: Iterable[Exchange], silence: float = 60) -> None:
        """Send all, at most :data:`WINDOW` under way; fails after ``silence`` seconds of it."""
        waiting = deque(requests)
        while waiting or self._open:
            while waiting and self._open < WINDOW:
                self._send(waiting.popleft())
            ready = dict(self._poller.poll(int(seconds(silence) * 1000)))
            assert ready, f"{self._open} requests without an end after {seconds(silence):g} s"
            for socket in ready:
                self._take(socket)

    def _socket(self, kind: int, connection: dict[str, Any], channel: str) -> Any:
        socket = self._context.socket(kind)
        socket.setsockopt(zmq.RCVHWM, 0)
        socket.connect(f"tcp://{connection['ip']}:{connection[f'{channel}_port']}")
        return socket

    def _send(self, exchange: Exchange) -> None:
        number = len(self.exchanges)
        self.exchanges.append(exchange)
        self._open += 1
        header: dict[str, Any] = {
            "msg_id": str(number),
            "session": "traffic",
            "username": "tester",
            "date": "2026-01-01T00:00:00.000000Z",
            "msg_type": exchange.msg_type,
            "version": "5.5",
        }
        if exchange.shell is not None:
            header["subshell_id"] = exchange.shell
        parts = [json.dumps(p).encode() for p in (header, {}, {}, exchange.content)]
        mac = self._mac.copy()
        mac.update(b"".join(parts))
        self._shell.send_multipart([b"<IDS|MSG>", mac.hexdigest().encode(), *parts])

    def _take(self, socket: Any) -> None:
        while True:
            try:
                frames = socket.recv_multipart(zmq.NOBLOCK)
            except zmq.Again:
                return
            at = frames.index(b"<IDS|MSG>")
            header, parent, _, content = (json.loads(f) for f in frames[at + 2 : at + 6])
            if parent.get("session") == "traffic":
                self._note(int(parent["msg_id"]), header["msg_type"], content)

    def _note(self, number: int, msg_type: str, content: dict[str, Any]) -> None:
        exchange = self.exchanges[number]
        assert not exchange.done, f"{msg_type} for {exchange} came after its end"
        if msg_type == "status":
            exchange.states += (content["execution_state"],)
        elif msg_type == "stream":
            raise AssertionError(f"{content['text']} from {exchange}")
        elif msg_type == "comm_msg":
            exchange.echo = [*(exchange.echo or []), content["data"]]
        else:
            assert msg_type == exchange.msg_type.replace("_request", "_reply"), (msg_type, exchange)
            assert exchange.reply is None, f"two replies for {exchange}"
            exchange.reply = content
            self.answered.append(number)
        if exchange.done:
            self._open -= 1
