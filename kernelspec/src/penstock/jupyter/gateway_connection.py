"""A page's WebSocket of a kernel that is behind `--gateway-url`, with binary messages.

jupyter_server's own class reads every frame as UTF-8 and writes every frame as text: the first
message with buffers ends its reader. Here a frame goes on as what it came as.
"""

from __future__ import annotations

from asyncio import Future
from typing import Any, cast

from jupyter_server.gateway.connections import GatewayWebSocketConnection
from jupyter_server.gateway.gateway_client import GatewayClient
from jupyter_server.utils import url_path_join
from tornado.escape import url_escape
from tornado.httpclient import HTTPRequest
from tornado.ioloop import IOLoop
from tornado.websocket import WebSocketClientConnection, WebSocketClosedError, websocket_connect
from traitlets import default

LARGEST_MESSAGE = 256 << 20
"""Bytes; what `penstock serve` lets through. Tornado's default is 10 MiB, and a larger message
would end the connection each time that it is sent again.
"""
_COME_AGAIN = 1012
"""Close code "service restart": JupyterLab connects again."""


class BinaryGatewayConnection(GatewayWebSocketConnection):
    """Relays frames between a page and the gateway: text as text, bytes as bytes.

    Both sides speak what the page and this server agreed on: `v1.kernel.websocket.jupyter.org`
    where the page knows it. A gateway that does not (Enterprise Gateway) is found out by the first
    page, which is sent away and comes again; from then on pages of this server speak the protocol
    without a name, which every gateway knows. Runs on the server's event loop.
    """

    #: Whether the gateway was found to know no protocol with a name.
    _nameless = False

    @default("kernel_ws_protocol")
    def _default_protocol(self) -> str | None:
        """Empty for the protocol without a name; None for the other where the page offers it."""
        return "" if self._nameless else None

    async def connect(self) -> None:
        """Starts to connect to the gateway. What the page sends meanwhile waits."""
        if self.disconnected:  # the page left during the pause before this attempt
            return
        client = GatewayClient.instance()
        url = url_path_join(
            client.ws_url or "", client.kernels_endpoint, url_escape(self.kernel_id), "channels"
        )
        if self.session_id:
            url += f"?session_id={url_escape(self.session_id)}"
        self.ws = None
        request = HTTPRequest(url, **client.load_connection_args())
        named = self.websocket_handler.selected_subprotocol
        coming = cast(
            "Future[Any]",
            websocket_connect(
                request, max_message_size=LARGEST_MESSAGE, subprotocols=[named] if named else None
            ),
        )
        self.ws_future = coming
        coming.add_done_callback(self._connection_done)
        coming.add_done_callback(lambda _: IOLoop.current().spawn_callback(self._read_messages))

    def disconnect(self) -> None:  # type: ignore[override]  # the base's is async, callers do not wait
        """The page has left. A connection that is not there yet is closed once it is: cancelled, it
        would stay open at the gateway, where the page would count as attached.
        """
        self.disconnected = True
        if self.ws is not None:
            self.ws.close()

    def _connection_done(self, fut: Future[Any]) -> None:
        if self.disconnected and fut.exception() is None:
            fut.result().close()
        elif fut.exception() is None and not self._agrees(fut.result()):
            self.log.warning("The gateway speaks no protocol with a name: pages come again without")
            BinaryGatewayConnection._nameless = self.disconnected = True
            fut.result().close()
            self.websocket_handler.close(_COME_AGAIN, "the gateway speaks another protocol")
        else:
            super()._connection_done(fut)

    def _agrees(self, ws: WebSocketClientConnection) -> bool:
        return ws.selected_subprotocol == self.websocket_handler.selected_subprotocol

    async def _read_messages(self) -> None:
        """Relays until the connection ends; then the parent's class connects again, if it may."""
        while self.ws is not None and not self.disconnected:
            message = await self.ws.read_message()
            if message is None:
                self.log.warning("Lost the connection to the gateway of kernel %s", self.kernel_id)
                # Without both the parent reads no more, and nothing waits for what is over.
                self.ws = self.ws_future = None
            else:
                self.handle_outgoing_message(message)
        if not self.disconnected:
            await super()._read_messages()

    def handle_outgoing_message(self, incoming_msg: str | bytes, *_: Any) -> None:
        """Sends a frame to the page."""
        try:
            self.websocket_handler.write_message(incoming_msg, isinstance(incoming_msg, bytes))
        except WebSocketClosedError:
            # The page has just left: disconnect() follows. The gateway keeps what was not taken.
            self.log.debug("A page left; a message of kernel %s was dropped", self.kernel_id)

    def _write_message(self, message: str | bytes) -> None:
        """Sends a frame of the page to the gateway."""
        if self.disconnected:
            return
        if self.ws is None:
            self.log.warning("No connection to kernel %s: a message was dropped", self.kernel_id)
            return
        try:
            self.ws.write_message(message, isinstance(message, bytes))
        except WebSocketClosedError:
            # It is just being lost: the reader says so, and connects again.
            self.log.warning("No connection to kernel %s: a message was dropped", self.kernel_id)
