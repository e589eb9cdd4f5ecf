"""What forked children show: they hand it to the worker, which sends it for them.

A child prints to fds 1 and 2, but the link is its parent's. For anything else (displays, comms) it
sends a datagram with two descriptors: a file with the PUBLISH frame, and a pipe on which it is told
that the message is out, so that what it prints next comes after it.
"""

from __future__ import annotations

import contextlib
import os
import select
import socket
import tempfile
import threading
from collections.abc import Sequence
from typing import IO

from .frames import Frame, FrameDecoder, FrameType, Part, encode
from .interrupts import Interrupts
from .link import Link, LinkClosed
from .streams import Outbox
from .untraced import untraced

#: Seconds that a child waits for its message to go out: a worker may keep the GIL in C code.
_PATIENCE = 1.0


class Children:
    """The worker's end; a thread from the first fork on."""

    def __init__(self, link: Link, outbox: Outbox, region: Interrupts) -> None:
        self._link = link
        self._outbox = outbox
        self._region = region
        self._pair: tuple[socket.socket, socket.socket] | None = None

    def before_fork(self) -> None:
        """Have the sockets that the child inherits."""
        if self._pair is not None:
            return
        with self._region:
            mine, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
            self._pair = mine, theirs
            thread = threading.Thread(
                target=self._run, args=(mine,), name="penstock-children", daemon=True
            )
            untraced(thread).start()

    def forked(self) -> ChildLink | None:
        """In the child: what takes the place of the link."""
        if self._pair is None:
            return None  # forked by C code, which calls no hooks before
        mine, theirs = self._pair
        mine.close()
        return ChildLink(theirs)

    def _run(self, mine: socket.socket) -> None:
        while True:
            _, fds, _, _ = socket.recv_fds(mine, 1, 2)
            with contextlib.ExitStack() as stack:
                files = [stack.enter_context(os.fdopen(fd, "r+b", 0)) for fd in fds]
                if len(files) < 2:
                    continue  # this process has no descriptors left
                try:
                    self._pass_on(files[0])
                except LinkClosed:
                    return  # the main and the control thread see it too and end the worker
                with contextlib.suppress(BrokenPipeError):  # the child has ended or waits no more
                    files[1].write(b"\n")

    def _pass_on(self, file: IO[bytes]) -> None:
        decoder = FrameDecoder(frozenset({FrameType.PUBLISH}))
        file.seek(0)
        decoder.feed(file.read())
        self._outbox.flush()
        for frame in decoder.frames():
            parts = [bytes(part) for part in frame.parts]
            self._link.send(frame.type, parts, ordered=bool(frame.marker))


class ChildLink:
    """Stands for the link in a forked child."""

    def __init__(self, theirs: socket.socket) -> None:
        self._theirs = theirs

    def send(
        self,
        kind: FrameType,
        parts: Sequence[Part],
        *,
        number: int = 0,
        flags: int = 0,
        ordered: bool = True,
    ) -> None:
        """Hand a PUBLISH to the worker and wait, a while, until it is out.

        Requests are the parent's to answer: a REPLY goes nowhere. Raises ``ValueError`` when the
        message is too large.
        """
        if kind is not FrameType.PUBLISH:
            return
        data = encode(Frame(kind, flags, number, int(ordered), parts))
        reader, writer = os.pipe()
        try:
            with tempfile.TemporaryFile() as file:
                file.write(data)
                file.flush()
                socket.send_fds(self._theirs, [b"\n"], [file.fileno(), writer])
            select.select([reader], [], [], _PATIENCE)
        except ConnectionError:
            return  # the worker is gone, and with it whoever could see this
        finally:
            os.close(reader)
            os.close(writer)
