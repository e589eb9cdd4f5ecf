"""A page's WebSocket of a local kernel, which tells which cells it sent and when it is gone."""

from __future__ import annotations

import json
import struct
from typing import Any, cast

from jupyter_server.services.kernels.connection.base import (
    deserialize_binary_message,
    deserialize_msg_from_ws_v1,
)
from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection

from .runs import Run
from .watch import ClosedTabs

SETTING = "penstock_closed_tabs"
"""The application's setting that has its ClosedTabs."""

V1 = "v1.kernel.websocket.jupyter.org"


class WatchedConnection(ZMQChannelsWebsocketConnection):
    """Relays as its parent's class does. Runs on the server's event loop."""

    @property
    def _tabs(self) -> ClosedTabs:
        return cast("ClosedTabs", self.websocket_handler.settings[SETTING])

    def handle_incoming_message(self, incoming_msg: str | bytes) -> None:
        """A message of the page, for the kernel."""
        run = _run(incoming_msg, self.subprotocol) if _has_cell(incoming_msg) else None
        if run is not None:
            self._tabs.sent(self.kernel_id, run)
        super().handle_incoming_message(incoming_msg)  # type: ignore[arg-type]  # takes both

    def handle_outgoing_message(self, stream: Any, outgoing_msg: list[Any]) -> None:
        """A message of the kernel, for the page."""
        if self._tabs.expects_end(self.kernel_id):
            # signature, header, parent header, metadata, content: an idle status is a short one
            parts: list[Any] = self.session.feed_identities(outgoing_msg)[1]
            if len(parts) == 5 and len(parts[4]) < 64 and b'"idle"' in parts[4]:
                self._tabs.seen_to_end(self.kernel_id, self.session.unpack(parts[2]).get("msg_id"))
        super().handle_outgoing_message(stream, outgoing_msg)

    def disconnect(self) -> None:  # type: ignore[override]  # not async in the parent's class either
        """The page has left, or its kernel."""
        super().disconnect()
        self._tabs.left(self.kernel_id)


def _has_cell(frame: str | bytes) -> bool:
    return b'"cellId"' in frame if isinstance(frame, bytes) else '"cellId"' in frame


def _run(frame: str | bytes, protocol: str | None) -> Run | None:
    """The execution that a page's frame asks for; None if it asks for something else."""
    try:
        if protocol == V1:
            _, parts = deserialize_msg_from_ws_v1(frame)
            header, _, metadata, content = (json.loads(part) for part in parts[:4])
        else:
            text = isinstance(frame, str)
            message = json.loads(frame) if text else deserialize_binary_message(frame)
            header, metadata, content = (message[p] for p in ("header", "metadata", "content"))
        if header["msg_type"] != "execute_request":
            return None
        return Run(str(header["msg_id"]), str(metadata["cellId"]), str(content["code"]))
    except (ValueError, LookupError, TypeError, struct.error):
        return None  # not as the protocol has it: the parent's class, or the kernel, says so
