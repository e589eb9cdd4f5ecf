"""A browser's tab without a browser: REST and one WebSocket of a kernel on a Jupyter server."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import websocket

from tests.pages.servers import Server
from tests.support.specs import KERNEL_NAMES
from tests.support.waiting import seconds

Message = dict[str, Any]


def rest(server: Server, method: str, path: str, body: object = None) -> Any:
    """An answer of the server's REST interface; None when it is empty. Raises HTTPError."""
    request = urllib.request.Request(
        f"{server.url}api/{path}",
        data=None if body is None else json.dumps(body).encode(),
        method=method,
        headers={"Authorization": f"token {server.token}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=seconds(60)) as answer:
        text = answer.read()
    return json.loads(text) if text else None


@dataclass(frozen=True)
class TabCell:
    """A request of any tab, and what came for it to this one."""

    tab: Tab
    msg_id: str

    @property
    def messages(self) -> list[Message]:
        """All that came for it, in order, from any channel."""
        return [m for m in self.tab.messages if m["parent_header"].get("msg_id") == self.msg_id]

    def of(self, msg_type: str) -> list[Message]:
        """Contents of the messages of one type."""
        return [m["content"] for m in self.messages if m["msg_type"] == msg_type]

    @property
    def reply(self) -> Message | None:
        """Content of the execute_reply."""
        return next(iter(self.of("execute_reply")), None)

    @property
    def idle(self) -> bool:
        """Whether the kernel said that it is done with it."""
        return any(part["execution_state"] == "idle" for part in self.of("status"))

    @property
    def value(self) -> str:
        """Text form of the cell's value."""
        return str(self.of("execute_result")[0]["data"]["text/plain"])

    def text(self, name: str = "stdout") -> str:
        """All text of one stream."""
        return "".join(part["text"] for part in self.of("stream") if part["name"] == name)

    def until(self, condition: Callable[[TabCell], object], what: str) -> TabCell:
        """Reads until the condition holds."""
        self.tab.until(lambda: condition(self), what)
        return self

    def until_text(self, text: str, name: str = "stdout") -> TabCell:
        """Reads until a stream has this text."""
        return self.until(lambda cell: text in cell.text(name), f"{text!r} on {name}")

    def finish(self) -> TabCell:
        """Reads until reply and idle."""
        return self.until(lambda cell: cell.reply and cell.idle, "reply and idle")

    def question(self) -> Message:
        """Reads until the cell asks its user; the input_request."""
        self.until(lambda cell: cell.of("input_request"), "a question")
        return next(m for m in self.messages if m["msg_type"] == "input_request")


class Tab:
    """One open page of a kernel; `messages` has all that came, in order."""

    def __init__(self, server: Server, kernel: str) -> None:
        self.server = server
        self.kernel = kernel
        self.messages: list[Message] = []
        self._session = uuid.uuid4().hex
        self._connect()

    def _connect(self) -> None:
        address = f"{self.server.url.replace('http', 'ws', 1)}api/kernels/{self.kernel}/channels"
        self._socket = websocket.create_connection(
            f"{address}?session_id={self._session}",
            header=[f"Authorization: token {self.server.token}"],
            timeout=seconds(30),
        )

    def send(
        self,
        msg_type: str,
        channel: str,
        content: Message,
        parent: Message | None = None,
        metadata: Message | None = None,
        **fields: str,
    ) -> TabCell:
        """Sends a message, with further fields of its header, and does not wait."""
        header = {
            "msg_id": uuid.uuid4().hex,
            "session": self._session,
            "username": "tester",
            "date": "2024-01-01T00:00:00.000000Z",
            "msg_type": msg_type,
            "version": "5.4",
            **fields,
        }
        message = {"header": header, "parent_header": parent or {}, "metadata": metadata or {}}
        self._socket.send(json.dumps({**message, "channel": channel, "content": content}))
        return TabCell(self, header["msg_id"])

    def start(self, code: str, metadata: Message | None = None) -> TabCell:
        """Sends a cell and does not wait."""
        content = {"code": code, "allow_stdin": True}
        return self.send("execute_request", "shell", content, metadata=metadata)

    def run(self, code: str) -> TabCell:
        """Runs a cell to its end."""
        return self.start(code).finish()

    def arrived(self) -> None:
        """Waits until all that was sent on shell has reached the kernel, whatever runs there.

        A request for a subshell that does not exist is answered at once, in its turn.
        """
        asked = self.send("kernel_info_request", "shell", {}, subshell_id="nobody")
        asked.until(lambda it: it.of("kernel_info_reply"), "its reply")

    def value(self, expression: str) -> str:
        """Repr of a Python expression in the kernel."""
        return self.run(expression).value

    def answer(self, question: Message, value: str) -> None:
        """Sends an input_reply."""
        self.send("input_reply", "stdin", {"value": value}, question["header"])

    def seen(self, cell: TabCell) -> TabCell:
        """What comes to this tab of another tab's cell."""
        return TabCell(self, cell.msg_id)

    def until(self, condition: Callable[[], object], what: str, within: float = 30) -> None:
        """Reads until the condition holds."""
        end = time.monotonic() + seconds(within)
        while not condition():
            self._socket.settimeout(max(0.001, end - time.monotonic()))
            try:
                opcode, data = self._socket.recv_data(control_frame=True)
            except websocket.WebSocketTimeoutException:
                told = [(m["msg_type"], m["content"]) for m in self.messages]
                raise AssertionError(f"not within {seconds(within):g} s: {what}; {told}") from None
            if opcode == websocket.ABNF.OPCODE_TEXT:  # not a ping
                self.messages.append(json.loads(data))

    def states(self) -> list[str]:
        """The kernel's states that came without a request: what the server itself tells."""
        return [
            m["content"]["execution_state"]
            for m in self.messages
            if m["msg_type"] == "status" and not m["parent_header"]
        ]

    def model(self) -> Message:
        """What the server says of the kernel."""
        return dict(rest(self.server, "GET", f"kernels/{self.kernel}"))

    def act(self, action: str) -> None:
        """`interrupt` or `restart`, by the server."""
        rest(self.server, "POST", f"kernels/{self.kernel}/{action}")

    def reconnect(self) -> None:
        """Closes the WebSocket and opens another one, as JupyterLab does after each restart."""
        self._socket.close()
        self._connect()

    def another(self) -> Tab:
        """One more tab of the same kernel."""
        return Tab(self.server, self.kernel)

    def close(self) -> None:
        """As by the browser."""
        self._socket.close()


@contextmanager
def opened(server: Server, via: str) -> Iterator[Tab]:
    """A tab with a new kernel, which is shut down at the end."""
    kernel = rest(server, "POST", "kernels", {"name": KERNEL_NAMES[via]})["id"]
    tab = Tab(server, kernel)
    try:
        yield tab
    finally:
        tab.close()
        try:
            rest(server, "DELETE", f"kernels/{kernel}")
        except urllib.error.HTTPError as gone:
            if gone.code != 404:  # the test may have ended it
                raise
