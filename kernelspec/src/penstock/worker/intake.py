"""Reads the data lane: requests for the loop, replies for a waiting ``input()``."""

from __future__ import annotations

import asyncio
import select
import threading
from collections import deque
from collections.abc import Callable
from typing import Any

from .frames import Frame, FrameType, Part
from .interrupts import Interrupts
from .jsonio import unpack
from .link import Link

#: Seconds between two looks of a thread that asks for input while the loop reads the lane.
_LOOK = 0.05


class Intake:
    """The frames that came in and were not handled yet. Loop and ``input()`` read in turn."""

    def __init__(self, link: Link, interrupts: Interrupts) -> None:
        self._link = link
        self._region = interrupts
        self._lock = threading.Lock()
        self._requests: deque[Frame] = deque()
        self._inputs: deque[Frame] = deque()
        self._arrived = asyncio.Event()
        #: JSON of the header of the last control request that the gateway told of.
        self.control_header = b"{}"

    def waiting(self) -> list[Frame]:
        """The REQUEST frames whose turn has not come. Main thread."""
        return list(self._requests)

    def crowded(self) -> bool:
        """Whether a request waits, here or in the lane. Any thread."""
        return bool(self._requests) or self._link.data.ready()

    async def request(self) -> Frame | None:
        """The next REQUEST frame. Main thread."""
        while not self._requests:
            self._arrived.clear()
            await self._arrived.wait()
        return self._requests.popleft()

    async def news(self, waits: Callable[[], bool]) -> None:
        """Return when a request is there, or as soon as :meth:`wake` finds that nothing waits.

        Main thread.
        """
        while not self._requests:
            self._arrived.clear()
            if not waits():
                return
            await self._arrived.wait()

    def wake(self) -> None:
        """Have :meth:`news` look again. In the main thread's loop."""
        self._arrived.set()

    def pull(self) -> None:
        """Take what has arrived, without waiting. Raises ``LinkClosed``."""
        with self._region, self._lock:
            for frame in self._link.data.read():
                if frame.type is FrameType.REQUEST:
                    self._requests.append(frame)
                    self._arrived.set()
                elif frame.type is FrameType.INPUT_REPLY:
                    self._inputs.append(frame)
                elif frame.type is FrameType.CONTROL_SEEN:
                    self.control_header = bytes(frame.parts[0])

    def ask(self, number: int, parts: list[Part]) -> dict[str, Any]:
        """Send an INPUT_REQUEST for request ``number`` and wait for the content of its reply.

        Any thread; blocks it. Answers to earlier, interrupted questions are dropped.
        """
        while self._link.data.ready():
            self.pull()
        self._inputs.clear()
        self._link.send(FrameType.INPUT_REQUEST, parts, number=number)
        main = threading.current_thread() is threading.main_thread()
        while True:
            while self._inputs:
                frame = self._inputs.popleft()
                if frame.number == number:
                    content = unpack(bytes(frame.parts[0]))
                    return content if isinstance(content, dict) else {}
            if select.select([self._link.data], [], [], None if main else _LOOK)[0]:
                self.pull()
