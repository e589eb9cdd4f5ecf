"""A client made of bare ZeroMQ sockets: it sees every frame."""

from __future__ import annotations

import json
import time
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

import zmq

from tests.support.messages import Message, signature
from tests.support.raw import DELIMITER
from tests.support.waiting import seconds

T = TypeVar("T")
DEALERS = ("shell", "control", "stdin")


@dataclass
class Exchange:
    """A request and what has come for it so far: `replies` on its channel, `iopub` in order."""

    client: Client
    msg_id: str
    replies: list[Message] = field(default_factory=list)
    asked: list[Message] = field(default_factory=list)
    iopub: list[Message] = field(default_factory=list)

    @property
    def content(self) -> dict[str, Any]:
        """Content of the one reply."""
        (reply,) = self.replies
        return reply.content

    @property
    def types(self) -> list[str]:
        """Types on iopub in order; of status messages their state."""
        return [m.content["execution_state"] if m.type == "status" else m.type for m in self.iopub]

    @property
    def idle(self) -> bool:
        """Whether the kernel is done with it."""
        return "idle" in self.types

    def of(self, msg_type: str) -> list[dict[str, Any]]:
        """Contents of the iopub messages of one type."""
        return [m.content for m in self.iopub if m.type == msg_type]

    def text(self, name: str = "stdout") -> str:
        """All text of one stream."""
        return "".join(part["text"] for part in self.of("stream") if part["name"] == name)

    @property
    def value(self) -> str:
        """Text form of the cell's value."""
        return str(self.of("execute_result")[0]["data"]["text/plain"])

    def until(
        self, condition: Callable[[Exchange], object], what: str, within: float = 20
    ) -> Exchange:
        """Reads until the condition holds."""
        try:
            self.client.until(lambda: condition(self), what, within)
        except AssertionError as late:
            raise AssertionError(f"{late}; came: {self.types}") from None
        return self

    def until_text(self, text: str, name: str = "stdout") -> Exchange:
        """Reads until a stream has this text."""
        return self.until(lambda e: text in e.text(name), f"{text!r} on {name}")

    def finish(self, replied: bool = True, within: float = 20) -> Exchange:
        """Reads until idle, and until the reply unless none is due."""
        return self.until(lambda e: e.idle and bool(e.replies) >= replied, "reply and idle", within)


class Client:
    """Three DEALERs of one identity, a SUB and a REQ; `messages` has all that came, in order."""

    def __init__(
        self,
        connection: dict[str, Any],
        topic: bytes = b"",
        identity: bytes | None = None,
        without: Sequence[str] = (),
    ) -> None:
        self.connection = connection
        self.identity = identity or uuid.uuid4().hex.encode()
        self.session = uuid.uuid4().hex
        self.messages: list[Message] = []
        self.exchanges: dict[str, Exchange] = defaultdict(self._unknown)
        self._context = zmq.Context()
        self._handshakes: list[Any] = []
        self.sockets: dict[str, Any] = {}
        for name in DEALERS:
            if name not in without:
                self.join(name)
        self.sockets["iopub"] = self._connect("iopub", zmq.SUB)
        self.sockets["iopub"].subscribe(topic)

    def join(self, channel: str) -> None:
        """Connects a channel that this client was made without."""
        self.sockets[channel] = self._connect(channel, zmq.DEALER)

    def _unknown(self) -> Exchange:
        return Exchange(self, "")

    def _connect(self, channel: str, kind: int) -> Any:
        socket = self._context.socket(kind)
        socket.linger = 0
        socket.rcvhwm = 0
        ip, port = self.connection["ip"], self.connection[f"{channel}_port"]
        if kind == zmq.DEALER:
            socket.identity = self.identity
            self._handshakes.append(socket.get_monitor_socket(zmq.EVENT_HANDSHAKE_SUCCEEDED))
        socket.ipv6 = ":" in ip
        socket.connect(f"tcp://[{ip}]:{port}" if ":" in ip else f"tcp://{ip}:{port}")
        return socket

    def heartbeat(self, frames: list[bytes], within: float = 10) -> list[bytes]:
        """What the heartbeat channel answers; raises TimeoutError."""
        socket = self._connect("hb", zmq.REQ)
        try:
            socket.send_multipart(frames)
            if not socket.poll(seconds(within) * 1000):
                raise TimeoutError("no heartbeat")
            return list(socket.recv_multipart())
        finally:
            socket.close()

    def header(self, msg_type: str, **fields: Any) -> dict[str, Any]:
        """A header; fields that are None are left out."""
        made = {
            "msg_id": uuid.uuid4().hex,
            "session": self.session,
            "username": "tester",
            "date": "2024-01-01T00:00:00.000000Z",
            "msg_type": msg_type,
            "version": "5.5",
            **fields,
        }
        return {name: value for name, value in made.items() if value is not None}

    def send(
        self,
        msg_type: str,
        content: dict[str, Any] | None = None,
        *,
        channel: str = "shell",
        header: dict[str, Any] | None = None,
        parent: dict[str, Any] | None = None,
        metadata: dict[str, Any] | None = None,
        buffers: Sequence[bytes] = (),
        idents: Sequence[bytes] = (),
    ) -> Exchange:
        """Sends a signed message; `header` overrides fields of the usual one."""
        head = self.header(msg_type, **(header or {}))
        parts = [
            json.dumps(p).encode() for p in (head, parent or {}, metadata or {}, content or {})
        ]
        return self.send_parts(parts, channel, buffers, idents)

    def send_parts(
        self,
        parts: list[bytes],
        channel: str = "shell",
        buffers: Sequence[bytes] = (),
        idents: Sequence[bytes] = (),
    ) -> Exchange:
        """Sends four JSON parts as they are, signed."""
        msg_id = str(json.loads(parts[0]).get("msg_id", ""))
        exchange = self.exchanges[msg_id] = Exchange(self, msg_id)
        sign = signature(self.connection, parts)
        self.sockets[channel].send_multipart([*idents, DELIMITER, sign, *parts, *buffers])
        return exchange

    def request(
        self, msg_type: str, content: dict[str, Any] | None = None, **options: Any
    ) -> Exchange:
        """Sends a request and waits for reply and idle."""
        return self.send(msg_type, content, **options).finish()

    def start(self, code: str, channel: str = "shell", **content: Any) -> Exchange:
        """Sends an execute_request that holds only the code and what is named."""
        return self.send("execute_request", {"code": code, **content}, channel=channel)

    def execute(self, code: str, **content: Any) -> Exchange:
        """Runs a cell to its end."""
        return self.start(code, **content).finish()

    def answer(self, question: Message, content: dict[str, Any]) -> None:
        """Sends an input_reply."""
        self.send("input_reply", content, channel="stdin", parent=question.header)

    def pump(self, within: float) -> bool:
        """Takes what has come; waits at most so many seconds for the first. Tells if any came."""
        poller = zmq.Poller()
        for socket in self.sockets.values():
            poller.register(socket, zmq.POLLIN)
        ready = dict(poller.poll(int(within * 1000)))
        for channel, socket in self.sockets.items():
            while socket in ready and socket.poll(0):
                self._take(Message(channel, socket.recv_multipart()))
        return bool(ready)

    def _take(self, message: Message) -> None:
        self.messages.append(message)
        exchange = self.exchanges[message.parent.get("msg_id", "")]
        lists = {"iopub": exchange.iopub, "stdin": exchange.asked}
        lists.get(message.channel, exchange.replies).append(message)

    def until(self, condition: Callable[[], T], what: str, within: float = 20) -> T:
        """Reads until the condition holds; returns what it gave."""
        end = time.monotonic() + seconds(within)
        while True:
            answer = condition()
            if answer:
                return answer
            left = end - time.monotonic()
            if left <= 0:
                raise AssertionError(f"not within {seconds(within):g} s: {what}")
            self.pump(left)

    def ready(self) -> Client:
        """Asks until an answer and its idle came: from then on nothing on iopub is missed.

        A kernel can ask only a client whose stdin is connected, so that is waited for, too.
        """
        for handshake in self._handshakes:
            if not handshake.poll(seconds(20) * 1000):
                raise AssertionError("the kernel's ports cannot be reached")
        for _ in range(100):
            asked = self.send("kernel_info_request")
            try:
                asked.finish(within=0.2)
            except AssertionError:
                continue  # the subscription was later than the request
            return self
        raise AssertionError("the kernel does not answer")

    def settle(self, *channels: str) -> None:
        """Reads all that was sent before now; by way of control alone while a cell runs."""
        for channel in channels or ("shell", "control"):
            self.request("kernel_info_request", channel=channel)

    def arrived(self) -> None:
        """Waits until all that was sent on shell has reached the kernel, whatever runs there.

        A request for a subshell that does not exist is answered at once, in its turn.
        """
        self.request("kernel_info_request", header={"subshell_id": "nobody"})

    def close(self) -> None:
        """Closes the sockets."""
        for socket in self.sockets.values():
            socket.disable_monitor()
        for socket in (*self._handshakes, *self.sockets.values()):
            socket.close(linger=0)
        self._context.term()


@contextmanager
def client(connection: dict[str, Any], **options: Any) -> Iterator[Client]:
    """A client that is ready."""
    made = Client(connection, **options)
    try:
        yield made.ready()
    finally:
        made.close()
