"""``input()`` and ``getpass()``: each shell asks the client of its own request."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from ipykernel.ipkernel import IPythonKernel
from IPython.core.error import StdinNotImplementedError

from .frames import Part
from .intake import Intake
from .jsonio import pack
from .session import Header, raw_header
from .shells import Shells
from .streams import Outbox

if TYPE_CHECKING:
    from .subshells import Subshells


class AskingKernel(IPythonKernel):
    """The part of the worker's kernel that asks."""

    shells: Shells
    outbox: Outbox
    #: Both are set when the link is there.
    intake: Intake
    subshells: Subshells

    #: How many shells run a cell, for which ``input`` is replaced.
    _forwarded = 0
    _forwarding = threading.Lock()

    @property
    def _allow_stdin(self) -> bool:
        """Whether the client of the calling shell's request answers ``input()``."""
        return self.shells.current.allow_stdin

    @_allow_stdin.setter
    def _allow_stdin(self, allow: bool) -> None:
        self.shells.current.allow_stdin = allow

    def _forward_input(self, allow_stdin: bool = False) -> None:
        """``input`` and ``getpass`` ask the client while any shell runs a cell."""
        self._allow_stdin = allow_stdin
        with self._forwarding:
            self._forwarded += 1
            if self._forwarded == 1:
                super()._forward_input(allow_stdin)

    def _restore_input(self) -> None:
        with self._forwarding:
            self._forwarded -= 1
            if not self._forwarded:
                super()._restore_input()

    def _input_request(
        self,
        prompt: str,
        ident: list[bytes],
        parent: dict[str, Any],
        password: bool = False,
    ) -> str:
        """Ask the client of the request ``ident``; raises ``EOFError`` for its end of file."""
        if self.outbox.child:
            raise StdinNotImplementedError("a forked process cannot ask: ask before the fork")
        self.outbox.flush()
        content = {"prompt": prompt, "password": password}
        parts: list[Part] = [raw_header(parent["header"]), b"{}", pack(content)]
        try:
            number = int(ident[0])  # of ident_of()
            asker = self.subshells.of(number >> 40) or self.intake
            reply = asker.ask(number, parts)
        except KeyboardInterrupt:
            # Without the frames of the link in the traceback, as in ipykernel.
            raise KeyboardInterrupt("Interrupted by user") from None
        value = reply.get("value", "")
        if value == "\x04":
            raise EOFError
        return str(value)

    def get_parent(self, channel: str | None = None) -> dict[str, Any]:
        """The last request of ``channel``, "shell" or "control".

        Of a control request, which the gateway answers, only the header is known.
        """
        if channel != "control":
            parent: dict[str, Any] = super().get_parent(channel)
            return parent
        header = Header(bytes(self.intake.control_header))
        return {
            "header": header,
            "msg_id": header["msg_id"],
            "msg_type": header.get("msg_type", ""),
            "parent_header": {},
            "metadata": {},
            "content": {},
        }

    def client_of(self, channel: str) -> list[bytes]:
        """ZeroMQ identity of the client of the last request, as jupyter_client makes it."""
        header = self.get_parent(channel).get("header", {})
        return [str(header.get("session", "")).encode("utf-8", "replace")]

    def forked(self) -> None:
        """In a forked child: another thread may have held the lock."""
        self._forwarding = threading.Lock()


def ident_of(number: int) -> list[bytes]:
    """What stands for a client's identity: the request's number finds it in the gateway."""
    return [b"%d" % number]
