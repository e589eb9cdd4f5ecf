"""Subshells of a kernel under test (JEP 91), and cells that run side by side."""

from __future__ import annotations

import queue
import time
from typing import Any

from tests.support.kernel import Cell, Kernel, Message
from tests.support.waiting import seconds

SENT: dict[str, Cell] = {}
"""What was sent and by which id: while one cell is waited for, messages of others arrive."""


def control(kernel: Kernel, msg_type: str, **content: Any) -> dict[str, Any]:
    """Content of the reply to a request on the control channel."""
    request = kernel.client.session.msg(msg_type, content)
    kernel.client.control_channel.send(request)
    while True:
        reply = kernel.client.get_control_msg(timeout=seconds(20))
        if reply["parent_header"].get("msg_id") == request["header"]["msg_id"]:
            assert reply["msg_type"] == msg_type.replace("_request", "_reply")
            answer: dict[str, Any] = reply["content"]
            return answer


def create(kernel: Kernel) -> str:
    """Id of a new subshell."""
    answer = control(kernel, "create_subshell_request")
    assert answer["status"] == "ok", answer
    return str(answer["subshell_id"])


def listed(kernel: Kernel) -> list[str]:
    """Ids of all subshells."""
    ids: list[str] = control(kernel, "list_subshell_request")["subshell_id"]
    return ids


def delete(kernel: Kernel, subshell: str) -> dict[str, Any]:
    """Content of the reply to a delete_subshell_request."""
    return control(kernel, "delete_subshell_request", subshell_id=subshell)


def send(kernel: Kernel, msg_type: str, subshell: str | None, **content: Any) -> Cell:
    """Sends any message on shell to a subshell, or with None to the main shell."""
    request = kernel.client.session.msg(msg_type, content)
    if subshell is not None:
        request["header"]["subshell_id"] = subshell
    kernel.client.shell_channel.send(request)
    cell = SENT[request["header"]["msg_id"]] = Cell(kernel, request["header"]["msg_id"])
    return cell


def execute(kernel: Kernel, subshell: str | None, code: str, **content: Any) -> Cell:
    """Sends a cell to a subshell, or with None to the main shell."""
    return send(kernel, "execute_request", subshell, code=code, **content)


def gather(*cells: Cell, replies: bool = True, within: float = 30) -> None:
    """Waits until each cell has its idle, and unless told otherwise its reply."""
    kernel = cells[0].kernel
    SENT.update({cell.msg_id: cell for cell in cells})
    end = time.monotonic() + seconds(within)

    def missing() -> list[Cell]:
        return [c for c in cells if not c.idle or (replies and c.reply is None)]

    while missing():
        assert time.monotonic() < end, f"not within {seconds(within):g} s: {missing()}"
        for message in arrived(kernel):
            cell = SENT.get(message["parent_header"].get("msg_id", ""))
            if cell is None:
                continue
            if message["channel"] == "shell":
                assert cell.reply is None, "a request has one reply"
                cell.reply = message
            else:
                cell.messages.append(message)


def arrived(kernel: Kernel) -> list[Message]:
    """What is there on iopub and shell, each with its ``channel``; waits a little for the first."""
    found = []
    for channel, wait in (("shell", 0.01), ("iopub", 0.01)):
        get = getattr(kernel.client, f"get_{channel}_msg")
        while True:
            try:
                found.append({**get(timeout=wait), "channel": channel})
            except queue.Empty:
                break
            wait = 0
    return found
