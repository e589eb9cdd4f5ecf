"""``sys.stdout`` and ``sys.stderr`` of a worker: one buffer for both, so that order is kept.

The buffer holds text of one stream and one parent at a time; text of another flushes it first. It
is sent at the end of a cell, before any other message, on ``flush()``, at a size limit, and by a
timer thread a few milliseconds after the first text. A child process forked by the user's code
writes to fds 1 and 2 directly, line by line.
"""

from __future__ import annotations

import contextvars
import os
import threading
from collections.abc import Iterable
from typing import Any

from ipykernel.iostream import OutStream

from .interrupts import Interrupts
from .link import LinkClosed
from .session import IOPubSocket, WorkerSession
from .untraced import untraced

#: Seconds between the first buffered text and its flush.
INTERVAL = 0.015
#: Buffered characters that force a flush.
LIMIT = 1 << 16
#: Most characters of one message; at most 1 MiB of UTF-8.
CHUNK = 1 << 18


class Outbox:
    """The text that waits to be sent, of one stream and parent. Thread-safe."""

    def __init__(self, region: Interrupts) -> None:
        self.child = False
        #: The one lock of the output path; the link takes the same, so order has one owner.
        self.lock = threading.RLock()
        self._region = region
        self._stream: Stream | None = None
        self._parent: dict[str, Any] = {}
        self._texts: list[str] = []
        self._size = 0
        self._armed = threading.Event()
        self._timer: threading.Thread | None = None

    def put(self, stream: Stream, parent: dict[str, Any], text: str) -> None:
        """Take ``text``; what waits of another stream or parent is sent first."""
        with self._region, self.lock:
            if self._stream is not stream or self._parent is not parent:
                self._send()
                self._stream, self._parent = stream, parent
            self._texts.append(text)
            self._size += len(text)
            if self._size >= LIMIT:
                self._send()
            elif not self._armed.is_set():
                self._arm()

    def flush(self) -> None:
        """Send what waits."""
        with self._region, self.lock:
            self._send()

    def forked(self) -> None:
        """In a forked child: text goes to the file descriptors from now on."""
        self.child = True
        self.lock = threading.RLock()
        self._texts, self._size = [], 0

    def _send(self) -> None:
        stream, texts = self._stream, self._texts
        if texts and stream is not None:
            parent = self._parent
            self._texts, self._size = [], 0
            stream.publish("".join(texts), parent)

    def ready(self) -> None:
        """Have the timer thread from the first cell on: cells that count threads see a constant."""
        if self._timer is None:
            self._timer = threading.Thread(target=self._run, name="penstock-output", daemon=True)
            untraced(self._timer).start()

    def _arm(self) -> None:
        self.ready()
        self._armed.set()

    def _run(self) -> None:
        pause = threading.Event()
        while True:
            self._armed.wait()
            pause.wait(INTERVAL)
            self._armed.clear()
            try:
                self.flush()
            except LinkClosed:
                return  # the main and the control thread see it too and end the worker


class Stream(OutStream):
    """An ``OutStream`` without a pub thread; parents, hooks and thread API are inherited."""

    def __init__(self, session: WorkerSession, outbox: Outbox, name: str, fd: int) -> None:
        self.session = session
        self.name = name
        self.topic = b"stream." + name.encode()
        self.echo = None
        self.pub_thread = IOPubSocket()
        self._outbox = outbox
        self._fd = fd
        self._line = ""
        self._isatty = False
        self._should_watch = False
        self._master_pid = os.getpid()
        self._local = threading.local()
        self._parent_header: contextvars.ContextVar[dict[str, Any]] = contextvars.ContextVar(
            "parent_header"
        )
        self._parent_header_global: dict[str, Any] = {}
        self.parent_header = {}

    def fileno(self) -> int:
        """The original descriptor, 1 or 2: what C code and child processes write to."""
        return self._fd

    def write(self, string: str) -> int:
        """Buffer ``string``; returns its length."""
        if not isinstance(string, str):
            raise TypeError(f"write() argument must be str, not {type(string)}")
        if self.pub_thread is None:
            raise ValueError("I/O operation on closed file")
        if self._outbox.child:
            self._write_fd(string)
        elif self._hooks:
            # Hooks belong to the writing thread, so they cannot wait for another one's flush.
            self._outbox.flush()
            self.publish(string, self.parent_header)
        elif string:
            self._outbox.put(self, self.parent_header, string)
        return len(string)

    def writelines(self, sequence: Iterable[str]) -> None:  # type: ignore[override]
        """Write each of ``sequence``."""
        for string in sequence:
            self.write(string)

    def flush(self) -> None:
        """Send what this or the other stream holds."""
        if self._outbox.child:
            self._write_fd("", rest=True)
        else:
            self._outbox.flush()

    _flush = flush

    def close(self) -> None:
        """Refuse further writes."""
        self.flush()
        self.pub_thread = None

    def publish(self, text: str, parent: dict[str, Any]) -> None:
        """Send ``text`` as stream messages of at most :data:`CHUNK` characters."""
        for chunk in chunks(text):
            content = {"name": self.name, "text": chunk}
            message = self.session.msg("stream", content, parent=parent)
            for hook in self._hooks:
                message = hook(message)
                if message is None:
                    break
            else:
                self.session.send(self.pub_thread, message, ident=self.topic)

    def _write_fd(self, text: str, rest: bool = False) -> None:
        text = self._line + text
        end = len(text) if rest else text.rfind("\n") + 1
        self._line = text[end:]
        data = text[:end].encode("utf-8", "replace")
        while data:
            data = data[os.write(self._fd, data) :]


def chunks(text: str) -> Iterable[str]:
    """``text`` in pieces of at most :data:`CHUNK` characters; a surrogate pair stays together."""
    start = 0
    while start < len(text):
        end = start + CHUNK
        if end < len(text) and "\ud800" <= text[end - 1] <= "\udbff":
            end -= 1
        yield text[start:end]
        start = end
