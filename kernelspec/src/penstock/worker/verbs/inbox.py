"""What is said to a running stream past the main thread: code to run between its steps, stop, and
how much of it was read.

The requests come over the control lane, so they never wait for the step that runs.
"""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from collections.abc import Callable
from typing import Any

from ..errors import reply_type
from ..frames import Frame, FrameType
from ..jsonio import pack, unpack
from ..link import Connection
from .cancelled import Cancelled

#: REQUEST flag on the control lane: it is for a stream's inbox.
REQUEST_INBOX = 2
#: REPLY flag on the control lane: it answers such a request.
REPLY_INBOX = 8

_STOP = "penstock_stream_stop_request"
_EXECUTE = "penstock_stream_exec_request"
#: Has no reply: it comes again and again.
_READ = "penstock_stream_read"
_CANCEL = "penstock_cancel_request"

#: Pieces of code and their characters that may wait for one stream's next step.
_MOST_CODE = 1000
_MOST_SIZE = 1 << 24
#: How many streams that have not begun, or have ended, are remembered.
_MOST_STREAMS = 64


class Inbox:
    """Of one stream. Filled by the control thread, emptied by the main thread."""

    def __init__(self) -> None:
        self.stopped = False
        #: Whether it was cancelled while it ran.
        self.interrupted = False
        #: Number of the latest value that was read.
        self.read = 0
        self._codes: deque[str] = deque()
        self._size = 0
        self._lock = threading.Lock()

    def put(self, code: str) -> bool:
        """Add ``code`` for before the next step; False if too much waits already."""
        with self._lock:
            if len(self._codes) >= _MOST_CODE or self._size + len(code) > _MOST_SIZE:
                return False
            self._codes.append(code)
            self._size += len(code)
            return True

    def take(self) -> list[str]:
        """All code that waits, in order."""
        if not self._codes:
            return []
        with self._lock:
            codes = list(self._codes)
            self._codes.clear()
            self._size = 0
            return codes


class Inboxes:
    """The inboxes of streams that run or are still to begin, by the msg_id of their request.

    A stream's start may wait behind a long cell; what is said to it meanwhile is kept.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._early: OrderedDict[str, Inbox] = OrderedDict()
        self._ended: deque[str] = deque(maxlen=_MOST_STREAMS)
        self._running: tuple[str, Inbox] | None = None
        #: Wakes the main thread if it waits for its stream to be read. Any thread.
        self.wake: Callable[[], object] = _nothing
        #: Interrupts the request with this msg_id, if it runs. Any thread.
        self.interrupt: Callable[[str], object] = _nobody
        self.cancelled = Cancelled()

    def open(self, stream: str) -> Inbox:
        """The inbox of a stream that begins. Main thread."""
        with self._lock:
            inbox = self._early.pop(stream, None) or Inbox()
            self._running = stream, inbox
            return inbox

    def close(self) -> None:
        """The stream that ran has ended. Main thread."""
        with self._lock:
            if self._running is not None:
                self._ended.append(self._running[0])
                self._running = None

    def take(self, frame: Frame, connection: Connection) -> None:
        """Act on a request of the control lane and answer it there. Control thread.

        Raises ``LinkClosed`` when the gateway is gone.
        """
        msg_type = unpack(bytes(frame.parts[0]))["msg_type"]
        try:
            content = unpack(bytes(frame.parts[3]))
        except ValueError:
            content = None  # a client's nonsense: it is told so
        if isinstance(content, dict):
            answer = self._act(msg_type, content)
        else:
            answer = _failed("ValueError", "the content must be an object")
        reply = "" if msg_type == _READ else reply_type(msg_type)
        parts = [reply.encode(), b"{}", pack(answer)]
        connection.post(Frame(FrameType.REPLY, REPLY_INBOX, frame.number, 0, parts))

    def _act(self, msg_type: str, content: dict[str, Any]) -> dict[str, Any]:
        if msg_type == _CANCEL:
            return self._cancel(content.get("request"), bool(content.get("interrupt")))
        stream, code, number = (content.get(name) for name in ("stream", "code", "number"))
        if stream is not None and not isinstance(stream, str):
            return _failed("ValueError", "stream must be the msg_id of a stream's request")
        if msg_type == _EXECUTE and not isinstance(code, str):
            return _failed("ValueError", "code must be a string")
        if msg_type == _READ and type(number) is not int:
            return _failed("ValueError", "number must be that of a value")
        inbox = self._find(stream)
        if inbox is None or (msg_type == _EXECUTE and inbox.stopped):
            what = "no stream runs" if stream is None else "this stream has ended"
            return _failed("NoStreamError", what)
        if msg_type == _STOP:
            inbox.stopped = True
        elif msg_type == _READ:
            inbox.read = max(inbox.read, int(number or 0))
        elif not inbox.put(str(code)):
            return _failed("BlockingIOError", "too much code waits for the stream's next step")
        self.wake()
        return {"status": "ok"}

    def _cancel(self, request: Any, interrupt: bool) -> dict[str, Any]:
        if not isinstance(request, str):
            return _failed("ValueError", "request must be the msg_id of a request")
        begun = not self.cancelled.add(request)
        if begun and interrupt:
            with self._lock:
                if self._running is not None and self._running[0] == request:
                    self._running[1].interrupted = True  # between two steps
            self.interrupt(request)
            self.wake()
        return {"status": "ok", "begun": begun}

    def _find(self, stream: str | None) -> Inbox | None:
        with self._lock:
            if self._running is not None and stream in (None, self._running[0]):
                return self._running[1]
            if stream is None or stream in self._ended:
                return None
            if stream not in self._early and len(self._early) == _MOST_STREAMS:
                self._early.popitem(last=False)
            return self._early.setdefault(stream, Inbox())


def _nothing() -> None:
    """No main thread waits yet."""


def _nobody(_request: str) -> None:
    """Nothing runs yet."""


def _failed(name: str, text: str) -> dict[str, Any]:
    return {"status": "error", "ename": name, "evalue": text, "traceback": [f"{name}: {text}"]}
