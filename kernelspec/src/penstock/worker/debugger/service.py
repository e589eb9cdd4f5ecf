"""The debugger's thread: it serves debug requests while the main thread runs or stands still."""

from __future__ import annotations

import os
import select
import threading
from collections import deque
from contextlib import suppress
from typing import Any

from ..frames import Frame, FrameType
from ..jsonio import pack, unpack
from ..link import Connection, LinkClosed
from ..untraced import untraced
from .adapter import forget
from .cells import remove_folder
from .connection import ConnectionLostError
from .dap import Message, failure
from .debugger import Debugger


class DebugService:
    """Takes debug requests from the control lane and answers there, one after the other.

    The thread is made by the first request: a worker that is not debugged pays nothing.
    """

    def __init__(self, kernel: Any, control: Connection) -> None:
        self._kernel = kernel
        self._control = control
        self._requests: deque[Frame] = deque()
        #: The header of the request that was taken up last: the parent of events.
        self._parent = b"{}"
        self._interrupted = False
        self._released = False
        self._wake = -1
        self._debugger: Debugger | None = None

    def take(self, frame: Frame) -> None:
        """Have a REQUEST frame served. Control thread."""
        self._requests.append(frame)
        if self._wake < 0:
            reader, self._wake = os.pipe()
            os.set_blocking(self._wake, False)
            thread = threading.Thread(
                target=self._run, args=(reader,), name="penstock-debugger", daemon=True
            )
            untraced(thread).start()
        self._awake()

    def interrupted(self) -> None:
        """A SIGINT came. Control thread."""
        if self._wake >= 0:
            self._interrupted = True
            self._awake()

    def release(self) -> None:
        """The worker ends: nothing stands at a breakpoint any more, no file is left. Any thread."""
        if self._wake >= 0:
            self._released = True
            self._awake()
            remove_folder()

    def _awake(self) -> None:
        with suppress(BlockingIOError):  # full: the thread will look anyway
            os.write(self._wake, b"\0")

    def _run(self, reader: int) -> None:
        debugger = self._debugger = Debugger(self._kernel, self._publish)
        os.register_at_fork(after_in_child=self._forked)
        try:
            while True:
                sources: list[Any] = [reader]
                if debugger.connection is not None:
                    sources.append(debugger.connection)
                ready = select.select(sources, [], [])[0]
                if reader in ready:
                    os.read(reader, 4096)
                if debugger.connection is not None:
                    self._attend(debugger, debugger.connection in ready)
                while self._requests:
                    self._serve(debugger, self._requests.popleft())
        except LinkClosed:
            return  # the control thread sees it, too, and ends the worker

    def _serve(self, debugger: Debugger, frame: Frame) -> None:
        self._parent = bytes(frame.parts[0])
        try:
            request = unpack(bytes(frame.parts[3]))
        except ValueError:
            request = None  # a client's nonsense: it is told so
        if not isinstance(request, dict):
            answer = failure({}, "the content of a debug_request must be an object")
        else:
            answer = self._answer(debugger, request)
        parts = [b"debug_reply", b"{}", pack(answer)]
        self._control.post(Frame(FrameType.REPLY, 0, frame.number, 0, parts))

    def _answer(self, debugger: Debugger, request: Message) -> Message:
        try:
            return debugger.process(request)
        except LinkClosed:
            raise
        except Exception as error:
            # A fault of ours or of a debugpy that changed: the client must not wait for ever.
            self._kernel.log.exception("debug request failed")
            return failure(request, f"the debugger failed: {error!r}")

    def _attend(self, debugger: Debugger, events: bool) -> None:
        """Take what the adapter has to say, and see to an interrupt that waits."""
        try:
            if events and debugger.connection is not None:
                debugger.connection.pump()
            if self._released:
                debugger.release()
            elif self._interrupted:
                self._interrupted = False
                debugger.interrupted()
        except LinkClosed:
            raise
        except Exception as error:
            # The adapter is gone (or a debugpy that changed says what we do not understand).
            if isinstance(error, ConnectionLostError):
                self._kernel.log.warning("%s", error)
            else:
                self._kernel.log.exception("debugger failed")
            debugger.lost()
            # Without this event a client goes on showing threads that nobody can continue.
            self._publish({"type": "event", "event": "terminated", "seq": 0, "body": {}})

    def _publish(self, event: Message) -> None:
        topic = f"kernel.{self._kernel.ident}.debug_event".encode()
        parts = [b"debug_event", topic, self._parent, b"{}", pack(event)]
        self._control.post(Frame(FrameType.PUBLISH, 0, 0, 0, parts))

    def _forked(self) -> None:
        """In a forked child: the adapter and the requests are the parent's."""
        self._requests.clear()
        if self._debugger is not None and self._debugger.connection is not None:
            self._debugger.connection.close()
            forget()
