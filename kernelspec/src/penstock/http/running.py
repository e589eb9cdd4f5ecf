"""What can be asked about an execution or a stream, for both kinds of clients."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import flows
from .calls import Call, join
from .flows import Flow
from .following import Following
from .patience import Patience
from .status import Status


class RunningCalls:
    """The calls about one execution or stream of a session."""

    def __init__(self, session: str, kind: str, run: str, patience: Callable[[], Patience]) -> None:
        """`session` is the session's path, `kind` is `executions` or `streams`."""
        self._path = f"{session}/{kind}/{join(run)}"
        self._execution = f"{session}/executions/{join(run)}"
        self._said = "outputs" if kind == "executions" else "data"
        self._patience = patience

    def status(self) -> Flow[Status]:
        """How it is."""
        return flows.status(self._execution, self._patience())

    def over(self, timeout: float | None) -> Flow[Status]:
        """How it ended."""
        return flows.over(self._execution, timeout, self._patience())

    def result(self, timeout: float | None) -> Flow[Any]:
        """What came out."""
        ended = yield from self.over(timeout)
        return ended.result()

    def following(self, start: int, *, cancel_on_disconnect: bool) -> Following:
        """What it says."""
        return Following(
            f"{self._path}/{self._said}",
            start,
            self._patience(),
            cancel_on_disconnect=cancel_on_disconnect,
        )

    def stdin(self, value: str) -> Flow[Any]:
        """Answers its question. Not made twice: the second time may meet the next question."""
        return self._told(flows.post(f"{self._execution}/stdin", {"value": value}))

    def interrupt(self) -> Flow[Any]:
        """Interrupts it."""
        return self._told(flows.post(f"{self._execution}/interrupt", {}))

    def cancel(self) -> Flow[Any]:
        """Cancels it."""
        return self._told(flows.post(f"{self._execution}/cancel", {}, repeatable=True))

    def inject(self, code: str) -> Flow[Any]:
        """Has a stream run code."""
        return self._told(flows.post(f"{self._path}/exec", {"code": code}))

    def stop(self, timeout: float | None) -> Flow[Status]:
        """Stops a stream, and waits until it has ended."""
        yield from self._told(flows.post(f"{self._path}/stop", {}, repeatable=True))
        return (yield from self.over(timeout))

    def _told(self, call: Call) -> Flow[Any]:
        return flows.told(call, self._patience())
