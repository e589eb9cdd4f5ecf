"""A kernel and its one client, with cells as objects."""

from __future__ import annotations

import queue
import time
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager
from jupyter_core.utils import run_sync

from tests.support.environment import clean
from tests.support.specs import KERNEL_NAMES
from tests.support.waiting import seconds

Message = dict[str, Any]


@dataclass
class Cell:
    """A cell that was sent, and what has come back for it so far."""

    kernel: Kernel
    msg_id: str
    messages: list[Message] = field(default_factory=list)
    reply: Message | None = None

    @property
    def status(self) -> str:
        """Status of the reply: ok, error or aborted."""
        assert self.reply is not None, "no reply yet"
        return str(self.reply["content"]["status"])

    @property
    def ename(self) -> str:
        """Name of the error that the reply tells."""
        assert self.reply is not None, "no reply yet"
        return str(self.reply["content"].get("ename", ""))

    @property
    def idle(self) -> bool:
        """Whether the kernel said that it is done with this cell."""
        return any(
            m["content"].get("execution_state") == "idle"
            for m in self.messages
            if m["msg_type"] == "status"
        )

    def of(self, msg_type: str) -> list[Message]:
        """Contents of the iopub messages of one type, in order."""
        return [m["content"] for m in self.messages if m["msg_type"] == msg_type]

    def text(self, name: str = "stdout") -> str:
        """All text of one stream."""
        return "".join(part["text"] for part in self.of("stream") if part["name"] == name)

    def told(self) -> list[str]:
        """Texts of streams and values of displays, in the order in which they came."""
        return [
            m["content"]["text"]
            if m["msg_type"] == "stream"
            else m["content"]["data"]["text/plain"]
            for m in self.messages
            if m["msg_type"] in ("stream", "display_data")
        ]

    def result(self) -> str:
        """The text form of the cell's value."""
        return str(self.of("execute_result")[0]["data"]["text/plain"])

    def until(self, condition: Callable[[Cell], object], what: str, within: float = 30) -> Cell:
        """Reads iopub until the condition holds for what has come."""
        end = time.monotonic() + seconds(within)
        while not condition(self):
            message = self.kernel.next_iopub(end - time.monotonic())
            if message is None:
                raise AssertionError(
                    f"not within {seconds(within):g} s: {what}; came: {self.messages}"
                )
            if message["parent_header"].get("msg_id") == self.msg_id:
                self.messages.append(message)
        return self

    def until_text(self, text: str, name: str = "stdout", within: float = 30) -> Cell:
        """Waits for a piece of text on a stream."""
        return self.until(lambda cell: text in cell.text(name), f"{text!r} on {name}", within)

    def finish(self, within: float = 30) -> Cell:
        """Waits for the reply and for idle."""
        end = time.monotonic() + seconds(within)
        while self.reply is None:
            message = self.kernel.client.get_shell_msg(timeout=max(0.01, end - time.monotonic()))
            if message["parent_header"].get("msg_id") == self.msg_id:
                self.reply = message
        return self.until(lambda cell: cell.idle, "idle", within)


class Kernel:
    """A running kernel with one blocking client."""

    def __init__(self, manager: KernelManager, client: BlockingKernelClient) -> None:
        self.manager = manager
        self.client = client

    def send(self, code: str, **options: Any) -> Cell:
        """Sends a cell and does not wait."""
        return Cell(self, self.client.execute(code, **options))

    def run(self, code: str, within: float = 30, **options: Any) -> Cell:
        """Runs a cell to its end."""
        return self.send(code, **options).finish(within)

    def value(self, expression: str) -> str:
        """Repr of a Python expression in the kernel, without a trace in its history or count."""
        cell = self.run("", silent=True, user_expressions={"value": expression})
        assert cell.reply is not None
        answer = cell.reply["content"]["user_expressions"]["value"]
        assert answer["status"] == "ok", answer
        return str(answer["data"]["text/plain"])

    @property
    def worker_pid(self) -> int:
        """Pid of the Python process that runs the cells."""
        return int(self.value("__import__('os').getpid()"))

    def next_iopub(self, timeout: float) -> Message | None:
        """The next message of iopub, or None after `timeout` seconds."""
        try:
            message: Message = self.client.get_iopub_msg(timeout=max(0.001, timeout))
        except queue.Empty:
            return None
        return message

    def exit_code(self) -> int | None:
        """What jupyter_client's restarter sees: None while alive, else the code, or -N for a
        signal.
        """
        assert self.manager.provisioner is not None
        code: int | None = run_sync(self.manager.provisioner.poll)()
        return code

    def restart(self) -> None:
        """Restarts at once, on the same connection, and waits until it is ready."""
        self.manager.restart_kernel(now=True)
        self.is_ready()

    def is_ready(self) -> None:
        """Waits until it serves its client after a restart."""
        self.client.wait_for_ready(timeout=seconds(60))
        self.is_heard()

    def is_heard(self) -> None:
        """Waits until this client hears iopub. `wait_for_ready` takes any message there for a sign
        of it, also one that is left from the life before.
        """
        end = time.monotonic() + seconds(60)
        while True:
            try:
                Cell(self, self.client.kernel_info()).finish(1)
            except (queue.Empty, AssertionError):
                if time.monotonic() > end:
                    raise
            else:
                return

    def interrupt(self) -> Message:
        """Asks for an interrupt and waits for the answer.

        The manager's own does not wait, and goes through another socket than the next cell: the two
        may overtake each other.
        """
        self.client.control_channel.send(self.client.session.msg("interrupt_request", {}))
        reply: Message = self.client.get_control_msg(timeout=seconds(10))
        return reply

    def assert_healthy(self) -> None:
        """The kernel computes, and its heart beats."""
        assert self.run("6 * 7").result() == "42"
        assert self.client.is_alive()


@contextmanager
def started(via: str, **options: Any) -> Any:
    """Starts a kernel the way `via` says, and ends it; yields a Kernel."""
    manager = KernelManager(kernel_name=KERNEL_NAMES.get(via, via))
    manager.start_kernel(env=clean(), **options)
    client = manager.blocking_client()
    try:
        client.start_channels()
        client.wait_for_ready(timeout=seconds(60))
        yield Kernel(manager, client)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=not manager.is_alive())
