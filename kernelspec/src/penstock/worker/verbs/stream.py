"""A stream of values: an expression that is evaluated again and again in the main thread.

It goes on between the main shell's requests, a step at a time, so that an interrupt reaches it and
cells are served meanwhile.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..frames import FrameType
from ..inputs import ident_of
from .inbox import Inbox
from .pace import Pace
from .running import Outcome, Running
from .values import fields_of

if TYPE_CHECKING:
    from ..kernel import WorkerKernel

#: REPLY flag: the request goes on; a second REPLY with its number, without a message, ends it.
REPLY_GOES_ON = 4


@dataclass(frozen=True)
class StreamOrder:
    """What a ``penstock_stream_request`` asks for: ``number`` and ``message`` are the request's."""

    number: int
    message: dict[str, Any]
    expression: str
    step_seconds: float | None
    pace: int | None


class Stream:
    """One stream, from its start to its ``penstock_stream_done``. Main thread."""

    def __init__(
        self, kernel: WorkerKernel, running: Running, order: StreamOrder, inbox: Inbox
    ) -> None:
        self._kernel = kernel
        self._running = running
        self._order = order
        self._inbox = inbox
        self._pace = Pace(order.pace, kernel.shell_stream.link.said)

    @property
    def about_to_end(self) -> bool:
        """Whether it was stopped or interrupted since the last step."""
        inbox = self._inbox
        return inbox.stopped or inbox.interrupted or self._kernel.interrupts.pending

    @property
    def waits(self) -> bool:
        """Whether it has to be read before its next step."""
        said = self._kernel.shell_stream.link.said
        return self._pace.full(self._inbox.read, said) and not self.about_to_end

    def step(self) -> bool:
        """Run the code that was sent, evaluate once, send the value; whether the stream goes on.

        Raises ``LinkClosed`` when the gateway is gone.
        """
        kernel = self._kernel
        interrupts = kernel.interrupts
        if interrupts.take_kept() or self._inbox.interrupted:
            return self.end("interrupted")
        stopped = self._inbox.stopped
        interrupts.request = self._order.message["msg_id"]
        interrupts.begin()
        try:
            if kernel.get_parent("shell") is not self._order.message:
                kernel.set_parent(ident_of(self._order.number), self._order.message)
            if stopped:
                return self._stop()
            return self._execute_sent() and self._evaluate()
        finally:
            interrupts.finish()

    def _stop(self) -> bool:
        """End as it was asked to; what was sent before that is still run."""
        return self._execute_sent() and self.end("stopped")

    def _execute_sent(self) -> bool:
        """Run the code that was sent; False: interrupted, and ended by that."""
        for code in self._inbox.take():
            if not self._execute(code):
                return self.end("interrupted")
        return True

    def _execute(self, code: str) -> bool:
        """Run code that was sent; an error is told and harms nobody. False: interrupted."""
        outcome = self._run(self._running.execute(code, self._order.step_seconds))
        if outcome.error is not None and not outcome.interrupted:
            self._complain(outcome.content())
        return not outcome.interrupted

    def _complain(self, error: dict[str, Any]) -> None:
        """Tell the error on stderr, also where the user replaced ``sys.stderr``."""
        kernel = self._kernel
        kernel.outbox.flush()
        line = f"Stream exec error: {error['ename']}: {error['evalue']}"
        content = {"name": "stderr", "text": "\n".join([line, *error["traceback"], ""])}
        kernel.session.send(
            kernel.iopub_socket,
            "stream",
            content,
            parent=self._order.message,
            ident=b"stream.stderr",
        )

    def _evaluate(self) -> bool:
        outcome = self._run(
            self._running.evaluate(self._order.expression, self._order.step_seconds)
        )
        if outcome.interrupted:
            return self.end("interrupted")
        if outcome.error is not None:
            return self.end("error", outcome)
        value, text = outcome.value
        try:
            if fields_of(value, text).get("done"):
                return self.end("done")
        except Exception as error:  # noqa: BLE001
            # A user's object that is neither true nor false.
            return self.end("error", Outcome(error=error))
        if self._inbox.stopped:
            # Asked for during the step: what it found is still sent.
            if fields_of(None, text).get("result"):
                self._send(text)
            return self._stop()
        self._send(text)
        return True

    def _run(self, outcome: Outcome) -> Outcome:
        """``outcome``, if this is still the worker."""
        if self._kernel.outbox.child:
            # The user's code forked and let the child run on: it has no link to go on with.
            os._exit(outcome.error is not None)
        return outcome

    def end(self, reason: str, failed: Outcome | None = None) -> bool:
        """Tell the end, whose ``reason`` is ``done``, ``stopped``, ``error`` or ``interrupted``."""
        kernel = self._kernel
        kernel.verbs.inboxes.close()  # first: whoever hears of the end finds it ended
        if failed is not None:
            content = failed.content()
            del content["status"]
            self._publish("error", content)
        if reason == "interrupted" and kernel.interrupts.ending:
            reason = "stopped"  # the worker ends
        self._publish("done", {"reason": reason})
        link = kernel.shell_stream.link
        parts = [b"", b"{}", b"{}"]
        link.send(FrameType.REPLY, parts, number=self._order.number, flags=REPLY_GOES_ON)
        return False

    def _send(self, text: str) -> None:
        self._publish("data", {"value": text, "number": self._pace.number + 1})
        self._pace.sent(self._kernel.shell_stream.link.said)

    def _publish(self, what: str, content: dict[str, Any]) -> None:
        kernel, kind = self._kernel, f"penstock_stream_{what}"
        kernel.outbox.flush()
        topic = kernel._topic(kind)  # noqa: SLF001
        kernel.session.send(
            kernel.iopub_socket, kind, content, parent=self._order.message, ident=topic
        )
