"""The front end's side of comms (spec: "Custom Messages"), and what a kernel says, comparable."""

from __future__ import annotations

import hashlib
import re
from typing import Any

from tests.support.kernel import Cell, Kernel, Message
from tests.support.outputs import even

#: A comm's, a widget's or a plot's id.
_ID = re.compile(r"[0-9a-f]{8}(?:-?[0-9a-f]{4}){3}-?[0-9a-f]{12}")


def send(
    kernel: Kernel, msg_type: str, content: dict[str, Any], buffers: tuple[bytes, ...] = ()
) -> Cell:
    """Sends a message that has no reply, as a page does; the Cell collects what comes of it."""
    session = kernel.client.session
    message = session.msg(msg_type, content)
    kernel.client.shell_channel.send({**message, "buffers": list(buffers)})
    return Cell(kernel, message["header"]["msg_id"])


def tell(
    kernel: Kernel, comm_id: str, data: dict[str, Any], buffers: tuple[bytes, ...] = ()
) -> Cell:
    """Sends data on a comm and waits until the kernel is done with it."""
    cell = send(kernel, "comm_msg", {"comm_id": comm_id, "data": data}, buffers)
    return cell.until(lambda cell: cell.idle, "idle after a comm message")


def update(kernel: Kernel, comm_id: str, **state: Any) -> Cell:
    """Changes a widget's state as its view in a page does (ipywidgets' protocol, version 2)."""
    return tell(kernel, comm_id, {"method": "update", "state": state, "buffer_paths": []})


def opened(cell: Cell, **state: Any) -> str:
    """The comm of the widget that a cell opened with this state."""
    for content in cell.of("comm_open"):
        given = content["data"].get("state", {})
        if all(given.get(name) == value for name, value in state.items()):
            return str(content["comm_id"])
    raise AssertionError(f"no widget with {state} in {cell.of('comm_open')}")


def buffers(message: Message) -> list[bytes]:
    """The binary buffers of a message."""
    return [bytes(buffer) for buffer in message["buffers"]]


def story(cell: Cell) -> list[Any]:
    """All that a kernel said about a cell: type, metadata, content and a digest of the buffers.

    Ids are numbered as they appear; neighbouring text of one stream is one piece.
    """
    names = {cell.msg_id: "THIS-REQUEST"}
    told: list[Any] = []
    for message in cell.messages:
        # Before even() makes all ids alike, and leaves the count in the request's own.
        kind, content = message["msg_type"], _numbered(message["content"], names)
        if kind == "stream" and told and told[-1][0] == kind and told[-1][2] == content["name"]:
            told[-1][3] += even(content["text"])
        elif kind == "stream":
            told.append([kind, {}, content["name"], even(content["text"])])
        else:
            digests = [hashlib.sha256(buffer).hexdigest() for buffer in buffers(message)]
            told.append([kind, message["metadata"], even(content), digests])
    return _numbered(told, names)


def _numbered(value: Any, names: dict[str, str]) -> Any:
    if isinstance(value, str):
        for known, name in tuple(names.items()):
            value = value.replace(known, name)
        return _ID.sub(lambda found: names.setdefault(found[0], f"ID-{len(names)}"), value)
    if isinstance(value, dict):
        return {_numbered(key, names): _numbered(part, names) for key, part in value.items()}
    if isinstance(value, list):
        return [_numbered(part, names) for part in value]
    return value
