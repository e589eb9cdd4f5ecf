"""A client of a kernel's WebSocket."""

from __future__ import annotations

import contextlib
import socket
import struct
import uuid
from collections.abc import Callable
from typing import Any

import websocket

from tests.pages import servers
from tests.serve_ws import frames
from tests.serve_ws.server import TOKEN, Server
from tests.support.waiting import seconds

Message = dict[str, Any]


class ClosedError(Exception):
    """The server closed the WebSocket, with this code."""

    def __init__(self, code: int) -> None:
        super().__init__(f"closed with {code}")
        self.code = code


class _Socket(websocket.WebSocket):
    """Reads on when a pong cannot be sent: a server that ends may have said why behind its ping."""

    def pong(self, payload: str | bytes = "") -> None:
        with contextlib.suppress(ConnectionError):
            super().pong(payload)


class Tab:
    """One WebSocket at a kernel, like a browser's tab. Answers pings whenever it reads."""

    def __init__(
        self,
        server: Server | servers.Server,
        kernel: str,
        session: str | None = None,
        *,
        protocol: str | None = frames.V1,
        query: str = "",
    ) -> None:
        self.session = session or uuid.uuid4().hex
        self.protocol = protocol
        url = f"{server.url}api/kernels/{kernel}/channels?session_id={self.session}{query}"
        self.socket = websocket.create_connection(
            url.replace("http", "ws", 1),
            timeout=seconds(60),
            header=[f"Authorization: token {TOKEN}"],
            subprotocols=[protocol] if protocol else None,
            skip_utf8_validation=True,
            class_=_Socket,
        )
        self.last = ""
        """`msg_id` of the message read last."""

    def __enter__(self) -> Tab:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.shutdown()

    def cut(self) -> None:
        """Resets the TCP connection: no closing handshake, what is on its way is gone."""
        tcp = self.socket.sock
        assert tcp is not None
        tcp.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        tcp.close()

    def message(self, msg_type: str, content: Message, **further: Any) -> Message:
        """A message of this client, on shell where nothing else is said."""
        header = {
            "msg_id": uuid.uuid4().hex,
            "session": self.session,
            "username": "tester",
            "date": "2026-01-01T00:00:00.000000Z",
            "msg_type": msg_type,
            "version": "5.4",
        }
        named = {"channel": "shell", "parent_header": {}, "metadata": {}, "buffers": []}
        return {**named, "header": header, "content": content, **further}

    def send(self, msg_type: str, content: Message, **further: Any) -> str:
        """Sends a message and returns its `msg_id`."""
        message = self.message(msg_type, content, **further)
        self.send_frame(frames.encode(self.protocol, message))
        msg_id: str = message["header"]["msg_id"]
        return msg_id

    def send_frame(self, frame: str | bytes) -> None:
        """Sends text or bytes as they are."""
        binary = isinstance(frame, bytes)
        self.socket.send(
            frame, websocket.ABNF.OPCODE_BINARY if binary else websocket.ABNF.OPCODE_TEXT
        )

    def execute(self, code: str, **content: Any) -> str:
        """Sends a cell."""
        base = {"code": code, "silent": False, "store_history": True, "user_expressions": {}}
        return self.send(
            "execute_request", {**base, "allow_stdin": False, "stop_on_error": True, **content}
        )

    def next(self) -> Message:
        """The next message."""
        opcode, data = self.socket.recv_data()
        if opcode == websocket.ABNF.OPCODE_CLOSE:
            raise ClosedError(struct.unpack_from(">H", data)[0])
        text = opcode == websocket.ABNF.OPCODE_TEXT
        message = frames.decode(self.protocol, data.decode() if text else data)
        self.last = message["header"]["msg_id"]
        return message

    def until(self, wanted: Callable[[Message], bool]) -> list[Message]:
        """All messages up to the first that is wanted."""
        seen = []
        while True:
            seen.append(self.next())
            if wanted(seen[-1]):
                return seen

    def closed(self) -> int:
        """Reads to the end; the code that the server closes with."""
        try:
            while True:
                self.next()
        except ClosedError as end:
            return end.code

    def results(self, msg_id: str) -> list[Message]:
        """What answers a request, up to its reply and its idle."""
        replied = idle = False
        found = []
        while not (replied and idle):
            message = self.next()
            if parent(message) == msg_id:
                found.append(message)
                replied |= message["channel"] in ("shell", "control")
                idle |= message["content"].get("execution_state") == "idle"
        return found

    def run(self, code: str, **content: Any) -> list[Message]:
        """Runs a cell to its end."""
        return self.results(self.execute(code, **content))

    def evaluate(self, expression: str) -> str:
        """The text of an expression's value."""
        found = self.run(expression)
        texts = [m["content"]["data"]["text/plain"] for m in of_type(found, "execute_result")]
        assert len(texts) == 1, found
        text: str = texts[0]
        return text


def parent(message: Message) -> str:
    """`msg_id` of the request that a message belongs to."""
    found: str = message["parent_header"].get("msg_id", "")
    return found


def of_type(messages: list[Message], msg_type: str) -> list[Message]:
    """Those of one type."""
    return [m for m in messages if m["header"]["msg_type"] == msg_type]


def reply(messages: list[Message]) -> Message:
    """The content of the one reply."""
    replies = [m for m in messages if m["channel"] in ("shell", "control")]
    assert len(replies) == 1, messages
    content: Message = replies[0]["content"]
    return content


def text(messages: list[Message], name: str = "stdout") -> str:
    """Text of a stream."""
    streams = [m["content"] for m in of_type(messages, "stream")]
    return "".join(content["text"] for content in streams if content["name"] == name)


def state(name: str) -> Callable[[Message], bool]:
    """Whether a message is this status, of no request."""
    return lambda m: m["content"].get("execution_state") == name
