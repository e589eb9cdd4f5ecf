"""The worker's end of the worker link: two connections, ordered frames, one writer at a time."""

from __future__ import annotations

import os
import select
import socket
import threading
from collections import deque
from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any

from .frames import (
    TO_WORKER,
    Frame,
    FrameDecoder,
    FrameType,
    Part,
    ProtocolError,
    encode,
    encode_head,
)
from .interrupts import Interrupts
from .jsonio import pack, unpack
from .lanes import Lanes
from .spec import Spec
from .whole import write_whole

VERSION = 1
#: Exit code of a worker that meets a gateway of another link version (EX_SOFTWARE).
EXIT_VERSION = 70
#: Parts below this many bytes are joined with their neighbours into one write.
_JOIN = 1 << 16
_READ = 1 << 18


class LinkClosed(Exception):  # noqa: N818 - an end, not always an error
    """The gateway closed the link or broke its rules."""


class VersionMismatch(LinkClosed):
    """The gateway speaks another version of the link."""


class Connection:
    """One lane's connection: reads frames, checks WELCOME. One reading thread."""

    def __init__(self, path: str) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.connect(path)
        self._decoder = FrameDecoder(TO_WORKER)
        self._welcome = False
        self._posting = threading.Lock()

    def fileno(self) -> int:
        """The descriptor, for an event loop."""
        return self._socket.fileno()

    def hello(self, content: dict[str, Any]) -> None:
        """Send the first frame."""
        self._socket.sendall(encode(Frame(FrameType.HELLO, 0, 0, 0, [pack(content)])))

    def write(self, parts: Sequence[Part]) -> BaseException | None:
        """Write all parts; returns what a signal handler raised meanwhile."""
        return write_whole(self._socket.send, parts)

    def post(self, frame: Frame) -> None:
        """Send one whole frame on a lane that has no order with others. Any thread but the main.

        Raises :class:`LinkClosed` when the gateway is gone, ``ValueError`` when it is too large.
        """
        data = encode(frame)
        try:
            with self._posting:
                self._socket.sendall(data)
        except OSError as error:
            raise LinkClosed(f"link lost: {error}") from error

    def read(self) -> list[Frame]:
        """The frames that arrived, without waiting. Raises :class:`LinkClosed` at the end."""
        try:
            data = self._socket.recv(_READ, socket.MSG_DONTWAIT)
        except BlockingIOError:
            return []  # the readiness was stale, or another reader was faster
        except ConnectionError as error:
            raise LinkClosed(f"link lost: {error}") from error
        if not data:
            raise LinkClosed("the gateway closed the link")
        self._decoder.feed(data)
        try:
            frames = list(self._decoder.frames())
        except ProtocolError as error:
            raise LinkClosed(f"protocol error: {error}") from error
        if frames and not self._welcome:
            self._check_welcome(frames.pop(0))
        return frames

    def ready(self) -> bool:
        """Whether a read would not wait."""
        return bool(select.select([self._socket], [], [], 0)[0])

    def close(self) -> None:
        """Close without an answer."""
        self._socket.close()

    def _check_welcome(self, frame: Frame) -> None:
        try:
            version = unpack(bytes(frame.parts[0])).get("version")
        except (ValueError, IndexError, AttributeError):
            version = None  # not a WELCOME at all
        if frame.type is not FrameType.WELCOME or version != VERSION:
            raise VersionMismatch(f"gateway speaks link version {version}, not {VERSION}")
        self._welcome = True


class Link:
    """Both connections and the lanes; every write goes through :meth:`send`."""

    def __init__(
        self, spec: Spec, lanes: Lanes, region: Interrupts, lock: AbstractContextManager[Any]
    ) -> None:
        self.data = Connection(spec.link)
        self.control = Connection(spec.link)
        self.lanes = lanes
        self._region = region
        self._spec = spec
        self._lock = lock
        self._queue: deque[tuple[Frame, bool]] = deque()
        self._writing = False
        #: Bytes of all frames so far.
        self.said = 0

    def hello(self, start: str, kernel_info: dict[str, Any]) -> None:
        """Introduce this worker on both connections. ``start`` is ``fork`` or ``fresh``."""
        content = {
            "version": VERSION,
            "session": self._spec.session,
            "token": self._spec.token,
            "lane": "data",
            "pid": os.getpid(),
            "start": start,
        }
        self.data.hello({**content, "kernel_info": kernel_info})
        self.control.hello({**content, "lane": "control"})

    def send(
        self,
        kind: FrameType,
        parts: Sequence[Part],
        *,
        number: int = 0,
        flags: int = 0,
        ordered: bool = True,
    ) -> None:
        """Send one frame, after a marker on both lanes when it is ``ordered``.

        Any thread. A frame sent from within a send (a finalizer that prints) follows it whole.
        Raises :class:`LinkClosed` when the gateway is gone, ``ValueError`` when it is too large.
        """
        frame = Frame(kind, flags, number, 0, parts)
        encode_head(frame)
        with self._region, self._lock:
            self._queue.append((frame, ordered))
            if self._writing:
                return
            self._writing = True
            try:
                while self._queue:
                    self._write(*self._queue.popleft())
            except OSError as error:
                self._queue.clear()
                raise LinkClosed(f"link lost: {error}") from error
            finally:
                self._writing = False

    def _write(self, frame: Frame, ordered: bool) -> None:
        late = None
        if ordered:
            marker, late = self.lanes.mark()
            frame = frame._replace(marker=marker)
        parts = _gathered([encode_head(frame), *frame.parts])
        self.said += sum(map(len, parts))
        late = self.data.write(parts) or late
        if late is not None:
            raise late

    def forked(self) -> None:
        """In a forked child: let go of the link, it belongs to the parent.

        The lanes stay: a crash is told there, and they are what fds 1 and 2 are, too.
        """
        self.data.close()
        self.control.close()


def _gathered(parts: Sequence[Part]) -> list[Part]:
    """``parts`` for as few writes as possible: each wakes the reader. Large ones are not copied."""
    writes: list[Part] = []
    small: list[Part] = []
    for part in parts:
        if len(part) < _JOIN:
            small.append(part)
        else:
            writes += [b"".join(small), part] if small else [part]
            small = []
    return [*writes, b"".join(small)] if small else writes
