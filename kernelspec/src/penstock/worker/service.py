"""Takes the requests of one shell and has the kernel serve them, strictly one after the other.

While a stream of values runs (:mod:`penstock.worker.verbs`) its steps come between them.
"""

from __future__ import annotations

import asyncio
from typing import Any, Protocol

from .comms import COMM_TYPES
from .frames import Frame
from .interrupts import Phase
from .jsonio import unpack
from .kernel import WorkerKernel
from .session import Header
from .shells import Shell
from .verbs.service import OWN_PHASES

_CONTROL = 1


class Source(Protocol):
    """Where requests come from."""

    async def request(self) -> Frame | None:
        """The next REQUEST frame, None at the end."""

    def waiting(self) -> list[Frame]:
        """Those whose turn has not come."""


class Service:
    """A shell's main task; all requests share its context (context variables persist).

    A comm message that is behind a cell which awaits is served while it does, because the cell may
    wait for just that (as with ipykernel). It is answered in its turn all the same.
    """

    def __init__(self, kernel: WorkerKernel, source: Source, shell: Shell) -> None:
        self._kernel = kernel
        self._source = source
        self._shell = shell
        self._early: set[int] = set()
        shell.overtake = self._overtake

    async def run(self) -> None:
        """Serve until the user's code asked to exit or the end. Raises ``LinkClosed``."""
        kernel = self._kernel
        while not kernel.shell.exit_now:
            if kernel.verbs.stream is not None and not self._shell.number:
                await self._go_on()
                continue
            frame = await self._source.request()
            if frame is None:
                return
            await self._serve(frame)

    async def _go_on(self) -> None:
        """One step of the stream that runs, then what has arrived: neither starves the other."""
        kernel = self._kernel
        if kernel.verbs.waits:
            await kernel.intake.news(lambda: kernel.verbs.waits)
        else:
            kernel.verbs.step()
            await asyncio.sleep(0)  # to the tasks of the user's
        kernel.intake.pull()
        for _ in self._source.waiting():
            if kernel.shell.exit_now or kernel.verbs.about_to_end:
                return  # whoever stopped the stream and sends more finds it ended
            frame = await self._source.request()
            if frame is not None:
                await self._serve(frame)

    async def _serve(self, frame: Frame) -> None:
        kernel, shell = self._kernel, self._shell
        try:
            message = parse(frame)
        except (ValueError, TypeError):
            # A client's nonsense: the gateway still waits for the end of the request.
            self._finish(frame)
            return
        if frame.number in self._early:
            self._early.remove(frame.number)
            self._finish(frame)
        elif (frame.marker < shell.failed and is_execute(message)) or self._unwanted(message):
            kernel.abort(frame.number, message)
        else:
            await kernel.handle(frame.number, bool(frame.flags & _CONTROL), message)

    def _unwanted(self, message: dict[str, Any]) -> bool:
        """Whether it was cancelled; from now on that interrupts it."""
        if not runs_code(message):
            return False
        self._shell.interrupts.request = message["msg_id"]
        if not self._kernel.verbs.inboxes.cancelled.take(message["msg_id"]):
            return False
        self._shell.interrupts.request = None
        return True

    def _finish(self, frame: Frame) -> None:
        self._shell.stream.begin(frame.number)
        self._shell.stream.finish()

    def _overtake(self) -> None:
        """Serve the comm messages that wait. Called in the loop while the cell awaits."""
        if self._shell.interrupts.phase is not Phase.AWAITING:
            return  # it went through without a pause
        for frame in self._source.waiting():
            # Most are cells: those are not parsed for nothing.
            if frame.number in self._early or b"comm_" not in bytes(frame.parts[0]):
                continue
            try:
                message = parse(frame)
            except (ValueError, TypeError):
                continue  # it is refused in its turn
            if message["msg_type"] in COMM_TYPES:
                self._early.add(frame.number)
                context = self._kernel.shells.context(self._shell)
                context.run(self._kernel.handle_aside, frame.number, message)


def is_execute(message: dict[str, Any]) -> bool:
    """Whether the message asks to run a cell; only those are aborted after an error."""
    return bool(message["msg_type"] == "execute_request")


def runs_code(message: dict[str, Any]) -> bool:
    """Whether the message asks to run code of the user's; only that can be cancelled."""
    return message["msg_type"] in OWN_PHASES


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
