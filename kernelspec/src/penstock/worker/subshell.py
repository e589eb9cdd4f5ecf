"""One subshell (JEP 91): a thread that serves requests beside the main shell."""

from __future__ import annotations

import asyncio
import queue
import threading
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from .frames import Frame, FrameType, Part
from .interrupts import Uninterrupted
from .jsonio import unpack
from .link import LinkClosed
from .service import Service
from .shells import Shell

if TYPE_CHECKING:
    from .kernel import WorkerKernel


class Subshell(threading.Thread):
    """Serves its requests one after the other in an event loop of its own, as ipykernel does.

    The control thread makes it, hands it frames and joins it; ``ended`` is called as its last act.
    """

    def __init__(
        self,
        kernel: WorkerKernel,
        number: int,
        subshell_id: str,
        ended: Callable[[Subshell], None],
    ) -> None:
        super().__init__(name=f"subshell-{subshell_id}", daemon=True)
        self.subshell_id = subshell_id
        self.shell = Shell(number, Uninterrupted())
        self.shell.stream.link = kernel.shell_stream.link
        self.shell.loop = self._loop = asyncio.new_event_loop()
        self._kernel = kernel
        self._ended = ended
        self._frames: deque[Frame | None] = deque()
        self._arrived = asyncio.Event()
        self._inputs: queue.SimpleQueue[Frame] = queue.SimpleQueue()

    def put(self, frame: Frame | None) -> None:
        """Hand over a REQUEST, or with None the end."""
        self._frames.append(frame)
        self._loop.call_soon_threadsafe(self._arrived.set)

    def answer(self, frame: Frame) -> None:
        """Hand over an INPUT_REPLY."""
        self._inputs.put(frame)

    def waiting(self) -> list[Frame]:
        """Nothing: the gateway sends a subshell one request at a time."""
        return []

    async def request(self) -> Frame | None:
        """The next REQUEST frame; None at the end."""
        while not self._frames:
            self._arrived.clear()
            await self._arrived.wait()
        return self._frames.popleft()

    def ask(self, number: int, parts: list[Part]) -> dict[str, Any]:
        """As :meth:`penstock.worker.intake.Intake.ask`, for requests of this subshell."""
        while not self._inputs.empty():
            self._inputs.get()
        link = self.shell.stream.link
        assert link is not None
        link.send(FrameType.INPUT_REQUEST, parts, number=number)
        while (frame := self._inputs.get()).number != number:
            continue  # the answer to a question of an earlier request
        content = unpack(bytes(frame.parts[0]))
        return content if isinstance(content, dict) else {}

    def run(self) -> None:
        """Serve until the end."""
        loop = self._loop
        asyncio.set_event_loop(loop)
        context = self._kernel.shells.context(self.shell)
        task = context.run(loop.create_task, self._serve())
        while not task.done() and not loop.is_closed():
            try:
                loop.run_until_complete(task)
            except (KeyboardInterrupt, SystemExit, RuntimeError):
                # Raised by a task that the user's code left in the loop, or by its `loop.stop()`.
                continue
        loop.close()
        self._ended(self)

    async def _serve(self) -> None:
        try:
            await Service(self._kernel, self, self.shell).run()
        except LinkClosed:
            return  # the main and the control thread see it too and end the worker
