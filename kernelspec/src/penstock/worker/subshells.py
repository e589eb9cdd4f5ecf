"""The subshells of a worker: made, fed and ended by the control thread."""

from __future__ import annotations

import os
import threading
from collections import deque
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from .frames import Frame, FrameType
from .jsonio import pack, unpack
from .link import Connection
from .subshell import Subshell
from .untraced import untraced

if TYPE_CHECKING:
    from .kernel import WorkerKernel


class Subshells:
    """Belongs to the control thread, except for what says otherwise.

    Confirmations go out on the control lane: on the data lane they would wait, with the control
    thread, for a gateway that takes no output for the moment.
    """

    def __init__(self, kernel: WorkerKernel, connection: Connection) -> None:
        self.parent_thread = threading.main_thread()
        self._kernel = kernel
        self._connection = connection
        self._threads: dict[int, Subshell] = {}
        self._ended: deque[Subshell] = deque()
        self._reader, self._writer = os.pipe()

    def fileno(self) -> int:
        """Readable when there is something to :meth:`reap`."""
        return self._reader

    def take(self, frame: Frame) -> None:
        """Act on a frame of the control lane. Raises ``LinkClosed`` when the gateway is gone."""
        subshell = self._threads.get(frame.shell)
        if frame.type is FrameType.SUBSHELL:
            message = unpack(bytes(frame.parts[0]))
            if message["op"] == "create":
                self._create(frame.shell, message["id"])
            elif subshell is not None:
                subshell.put(None)
        elif subshell is not None:
            if frame.type is FrameType.REQUEST:
                subshell.put(frame)
            elif frame.type is FrameType.INPUT_REPLY:
                subshell.answer(frame)

    def reap(self) -> None:
        """Confirm the end of threads that have ended."""
        os.read(self._reader, 4096)
        while self._ended:
            subshell = self._ended.popleft()
            subshell.join()
            del self._threads[subshell.shell.number]
            self._confirm(subshell.shell.number, {})

    def _create(self, number: int, subshell_id: str) -> None:
        subshell = Subshell(self._kernel, number, subshell_id, self._over)
        self._threads[number] = subshell
        try:
            untraced(subshell).start()
        except RuntimeError as error:
            # The system permits no more threads.
            del self._threads[number]
            self._confirm(number, {"error": f"no thread for another subshell: {error}"})
        else:
            self._confirm(number, {})

    def _over(self, subshell: Subshell) -> None:
        """The last act of a subshell's thread."""
        self._ended.append(subshell)
        os.write(self._writer, b"\0")

    def _confirm(self, number: int, content: dict[str, Any]) -> None:
        self._connection.post(Frame(FrameType.SUBSHELL_DONE, 0, number << 40, 0, [pack(content)]))

    def of(self, number: int) -> Subshell | None:
        """The subshell with this number. Any thread."""
        return self._threads.get(number)

    def by_id(self, subshell_id: str) -> Subshell | None:
        """The subshell with this id. Any thread."""
        return next((s for s in list(self._threads.values()) if s.subshell_id == subshell_id), None)

    def forked(self) -> None:
        """In a forked child: what subshells send goes nowhere."""
        for subshell in list(self._threads.values()):
            subshell.shell.stream.link = None

    # What ipykernel's `%subshell` and GUI event loops ask the "shell channel thread" for.

    @property
    def manager(self) -> Subshells:
        """This."""
        return self

    def list_subshell(self) -> list[str]:
        """The ids. Any thread."""
        return [subshell.subshell_id for subshell in list(self._threads.values())]

    def subshell_id_from_thread_id(self, thread_id: int) -> str | None:
        """The id, None for the main shell. Raises ``RuntimeError`` for another thread."""
        if thread_id == self.parent_thread.ident:
            return None
        for subshell in list(self._threads.values()):
            if subshell.ident == thread_id:
                return subshell.subshell_id
        raise RuntimeError(f"thread {thread_id} is no subshell of this kernel")

    def get_shell_channel_to_subshell_pair(self, _subshell_id: None) -> SimpleNamespace:
        """Where a GUI event loop sees that a request of the main shell has arrived."""
        return SimpleNamespace(to_stream=self._kernel.shell_stream)
