"""Takes requests from the intake and has the kernel serve them, strictly one after the other."""

from __future__ import annotations

from typing import Any

from .frames import Frame
from .intake import Intake
from .jsonio import unpack
from .kernel import WorkerKernel
from .session import Header

_CONTROL = 1


class Service:
    """The worker's main task; all requests share its context (context variables persist)."""

    def __init__(self, kernel: WorkerKernel, intake: Intake) -> None:
        self._kernel = kernel
        self._intake = intake

    async def run(self) -> None:
        """Serve until the user's code asked to exit. Raises ``LinkClosed``."""
        kernel = self._kernel
        while not kernel.shell.exit_now:
            frame = await self._intake.request()
            try:
                message = parse(frame)
            except (ValueError, TypeError):
                # A client's nonsense: the gateway still waits for the end of the request.
                kernel.shell_stream.begin(frame.number)
                kernel.shell_stream.finish()
                continue
            if frame.marker < kernel.failed and is_execute(message):
                kernel.abort(frame.number, message)
            else:
                await kernel.handle(frame.number, bool(frame.flags & _CONTROL), message)


def is_execute(message: dict[str, Any]) -> bool:
    """Whether the message asks to run a cell; only those are aborted after an error."""
    return bool(message["msg_type"] == "execute_request")


def parse(frame: Frame) -> dict[str, Any]:
    """The Jupyter message of a REQUEST frame. Raises ``ValueError`` or ``TypeError``."""
    header, parent, metadata, content, *buffers = map(bytes, frame.parts)
    message = {
        "header": Header(header),
        "parent_header": unpack(parent),
        "metadata": unpack(metadata),
        "content": unpack(content),
        "buffers": [memoryview(buffer) for buffer in buffers],
    }
    for name in ("parent_header", "metadata", "content"):
        if not isinstance(message[name], dict):
            raise TypeError(f"{name} is not an object")
    message["msg_id"] = message["header"]["msg_id"]
    message["msg_type"] = message["header"].get("msg_type", "")
    return message
