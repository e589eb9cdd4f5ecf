"""jupyter_client's session with the worker link for a socket.

ipykernel, comms and libraries send everything with ``session.send(socket, ...)``. Here the socket
only says what the message is: :class:`IOPubSocket` a PUBLISH, :class:`ShellStream` the REPLY to the
request that is being handled.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_client.session import Session

from .frames import FrameType, Part
from .jsonio import pack, unpack

if TYPE_CHECKING:
    from .children import ChildLink
    from .link import Link

#: iopub messages that need no order with what C code and child processes write.
_UNORDERED = frozenset({"execute_input", "comm_open", "comm_msg", "comm_close"})

REPLY_ABORT = 1
REPLY_EXIT = 2


class Header(dict):  # type: ignore[type-arg]
    """A request's header that remembers the bytes it came as, for ``parent_header``."""

    def __init__(self, raw: bytes) -> None:
        super().__init__(unpack(raw))
        self.raw = raw
        # ipykernel tells a header from a message by this key; a client may have left it out.
        self.setdefault("msg_id", "")


class IOPubSocket:
    """Stands for ipykernel's iopub socket and its thread."""

    def __init__(self) -> None:
        self.io_thread = self

    def schedule(self, function: Any) -> None:
        """Run ``function`` now: there is no thread that owns a socket."""
        function()


class ShellStream:
    """Stands for the shell channel: the reply to the request that is being handled.

    ``number`` is that request's number (0: none), ``msg_type`` that of the reply once sent.
    """

    def __init__(self) -> None:
        self.number = 0
        self.flags = 0
        self.sent = False
        #: Whether a GUI event loop is to return as soon as it asks.
        self.restless = False
        self.link: Link | None = None

    def begin(self, number: int) -> None:
        """A request with ``number`` is taken up."""
        self.number = number
        self.flags = 0
        self.sent = False

    def finish(self) -> None:
        """End a request that has no reply message."""
        if self.link is not None:
            self.sent = True
            self.link.send(FrameType.REPLY, [b"", b"{}", b"{}"], number=self.number)

    def getsockopt(self, _option: int) -> int:
        """The descriptor that a GUI event loop watches to return when a request arrives."""
        assert self.link is not None
        return self.link.data.fileno()

    get = getsockopt

    def flush(self, _flag: int | None = None, limit: int | None = None) -> int:  # noqa: ARG002
        """How many events wait (0 or 1), as GUI event loops ask."""
        return int(self.restless or (self.link is not None and self.link.data.ready()))


class WorkerSession(Session):
    """Encodes each message once, to the frames of the worker link."""

    #: Set when the link is there; before, messages go nowhere.
    link: Link | ChildLink | None = None

    def send(
        self,
        stream: Any,
        msg_or_type: dict[str, Any] | str,
        content: dict[str, Any] | None = None,
        parent: dict[str, Any] | None = None,
        ident: bytes | list[bytes] | None = None,
        buffers: list[Any] | None = None,
        track: bool = False,
        header: dict[str, Any] | None = None,
        metadata: dict[str, Any] | None = None,
    ) -> dict[str, Any] | None:
        """Send a message; arguments and result are those of jupyter_client's ``Session.send``.

        A ``stream`` that is not the worker's own (a ZeroMQ socket of the user's) is served by
        jupyter_client. Raises ``TypeError``/``ValueError`` for buffers that cannot be sent.
        """
        if not isinstance(stream, (IOPubSocket, ShellStream)):
            return super().send(
                stream, msg_or_type, content, parent, ident, buffers, track, header, metadata
            )
        if isinstance(msg_or_type, str):
            message = self.msg(msg_or_type, content, parent, header, metadata)
        else:
            message = dict(msg_or_type)
            buffers = buffers or message.get("buffers")
        if self.link is not None:
            parts = [_view(i, buffer) for i, buffer in enumerate(buffers or ())]
            if isinstance(stream, ShellStream):
                self._reply(self.link, stream, message, parts)
            else:
                self._publish(self.link, message, ident, parts)
        return message

    def _reply(
        self,
        link: Link | ChildLink,
        stream: ShellStream,
        message: dict[str, Any],
        buffers: list[Part],
    ) -> None:
        parts = [
            message["header"]["msg_type"].encode(),
            pack(message["metadata"]),
            pack(message["content"]),
        ]
        stream.sent = True
        link.send(FrameType.REPLY, parts + buffers, number=stream.number, flags=stream.flags)

    def _publish(
        self,
        link: Link | ChildLink,
        message: dict[str, Any],
        ident: bytes | list[bytes] | None,
        buffers: list[Part],
    ) -> None:
        kind = message["header"]["msg_type"]
        topic = ident[0] if isinstance(ident, list) else ident or kind.encode()
        parts = [
            kind.encode(),
            topic,
            raw_header(message["parent_header"]),
            pack(message["metadata"]),
            pack(message["content"]),
        ]
        link.send(FrameType.PUBLISH, parts + buffers, ordered=kind not in _UNORDERED)


def raw_header(header: dict[str, Any]) -> bytes:
    """The JSON of a request's header: the very bytes it came as where they are known."""
    return header.raw if isinstance(header, Header) else pack(header)


def _view(index: int, buffer: Any) -> Part:
    """``buffer`` as bytes without a copy. Raises as jupyter_client does."""
    try:
        view = memoryview(buffer)
    except TypeError as error:
        raise TypeError("Buffer objects must support the buffer protocol.") from error
    if not view.contiguous:
        raise ValueError(f"Buffer {index} ({buffer!r}) is not contiguous")
    return view.cast("B")
