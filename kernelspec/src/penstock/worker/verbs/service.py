"""Serves the verbs' requests and keeps the stream that runs."""

from __future__ import annotations

import math
import os
from typing import TYPE_CHECKING, Any

from ..errors import reply_type
from .inbox import Inboxes
from .running import Outcome, Running
from .stream import REPLY_GOES_ON, Stream, StreamOrder

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..kernel import WorkerKernel
    from ..session import ShellStream

#: Requests that mark by themselves when the user's code runs.
OWN_PHASES = frozenset(
    {
        "execute_request",
        "penstock_exec_request",
        "penstock_eval_request",
        "penstock_stream_request",
    }
)


class Verbs:
    """Execute, evaluate, stream. Each request gets one reply, whatever the code does."""

    def __init__(self, kernel: WorkerKernel) -> None:
        self._kernel = kernel
        self._running = Running(kernel)
        #: Where the control thread brings what is for a stream.
        self.inboxes = Inboxes()
        #: The one that goes on between requests of the main shell.
        self.stream: Stream | None = None

    @property
    def handlers(self) -> dict[str, Callable[[ShellStream, Any, dict[str, Any]], Any]]:
        """By type of request; arguments are those of ipykernel's handlers."""
        return {
            "penstock_exec_request": self._execute,
            "penstock_eval_request": self._evaluate,
            "penstock_stream_request": self._start,
        }

    @property
    def about_to_end(self) -> bool:
        """Whether the stream will end before its next step."""
        return self.stream is not None and self.stream.about_to_end

    @property
    def waits(self) -> bool:
        """Whether the stream has to be read before its next step."""
        return self.stream is not None and self.stream.waits

    def step(self) -> None:
        """One step of the stream that runs. Raises ``LinkClosed`` when the gateway is gone."""
        if self.stream is not None and not self.stream.step():
            self._ended()

    async def _execute(self, stream: ShellStream, _ident: Any, message: dict[str, Any]) -> None:
        content = message["content"]
        code, seconds = _text(content, "code"), self._seconds(content, "timeout_s")
        outcome = self._running.execute(code, seconds, bool(content.get("allow_stdin")))
        self._reply(stream, message, outcome, {})

    async def _evaluate(self, stream: ShellStream, _ident: Any, message: dict[str, Any]) -> None:
        content = message["content"]
        expression, seconds = _text(content, "expr"), self._seconds(content, "timeout_s")
        outcome = self._running.evaluate(expression, seconds, bool(content.get("allow_stdin")))
        value = {} if outcome.error else {"value": outcome.value[1]}
        self._reply(stream, message, outcome, value)

    async def _start(self, stream: ShellStream, _ident: Any, message: dict[str, Any]) -> None:
        content = message["content"]
        if self._kernel.shells.current.number:
            raise ValueError("a stream runs in the main shell only, not in a subshell")
        expression, seconds = _text(content, "expr"), self._seconds(content, "step_timeout_s")
        pace = _pace(content)
        if self.stream is not None:
            self.stream.end("stopped")
            self._ended()
        stream.flags |= REPLY_GOES_ON
        self._reply(stream, message, Outcome(), {})
        order = StreamOrder(stream.number, message, expression, seconds, pace)
        inbox = self.inboxes.open(message["msg_id"])
        self.stream = Stream(self._kernel, self._running, order, inbox)
        self._kernel.interrupts.background = True

    def _ended(self) -> None:
        self.stream = None
        self._kernel.interrupts.background = False
        self._kernel.interrupts.finish()

    def _reply(
        self,
        stream: ShellStream,
        message: dict[str, Any],
        outcome: Outcome,
        fields: dict[str, Any],
    ) -> None:
        kernel = self._kernel
        kernel.outbox.flush()
        if kernel.outbox.child:
            # The user's code forked and let the child run on: it has no link to reply on.
            os._exit(outcome.error is not None)
        content = {"status": "ok", **fields} if outcome.error is None else outcome.content()
        kernel.session.send(stream, reply_type(message["msg_type"]), content, message)

    def _seconds(self, content: dict[str, Any], field: str) -> float | None:
        """A time limit in seconds; None for no limit. Raises ``ValueError``."""
        seconds = content.get(field)
        if seconds is None:
            return None
        number = isinstance(seconds, (int, float)) and not isinstance(seconds, bool)
        if not number or not 0 < seconds < math.inf:
            raise ValueError(f"{field} must be a number of seconds above 0, or null")
        if self._kernel.shells.current.number:
            raise ValueError(f"{field} is for the main shell: nothing can end code in a subshell")
        return float(seconds)


def _pace(content: dict[str, Any]) -> int | None:
    """How many values may be unread; None for any number. Raises ``ValueError``."""
    most = content.get("pace")
    if most is not None and (type(most) is not int or most < 1):
        raise ValueError("pace must be a number of values above 0, or null")
    return most


def _text(content: dict[str, Any], field: str) -> str:
    text = content.get(field)
    if not isinstance(text, str):
        raise ValueError(f"{field} must be a string")
    return text
