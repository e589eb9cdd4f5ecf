"""A debugger's client, as JupyterLab's panel is one."""

from __future__ import annotations

import itertools
import queue
import time
from pathlib import Path
from typing import Any

from jupyter_client.blocking.client import BlockingKernelClient

from tests.support.kernel import Kernel
from tests.support.waiting import seconds

MARK = "PENSTOCK_TEST_WORKER"
INITIALIZE = {"clientID": "test", "adapterID": "", "pathFormat": "path", "linesStartAt1": True}

Answer = dict[str, Any]


class Panel:
    """Sends debug requests over one client and waits for their replies and for events."""

    def __init__(self, kernel: Kernel, client: BlockingKernelClient | None = None) -> None:
        self.kernel = kernel
        self.client = client or kernel.client
        self._numbers = itertools.count(1)
        self._source = ""

    def send(self, command: str, **arguments: Any) -> str:
        """Sends a request and does not wait; its msg_id."""
        content = {
            "type": "request",
            "seq": next(self._numbers),
            "command": command,
            "arguments": arguments,
        }
        message = self.client.session.msg("debug_request", content)
        self.client.control_channel.send(message)
        return str(message["header"]["msg_id"])

    def reply(self, msg_id: str, within: float = 30) -> Answer:
        """The content of the reply to a request."""
        end = time.monotonic() + seconds(within)
        while True:
            message = self.client.get_control_msg(timeout=max(0.01, end - time.monotonic()))
            if message["parent_header"].get("msg_id") == msg_id:
                content: Answer = message["content"]
                return content

    def ask(self, command: str, **arguments: Any) -> Answer:
        """The content of a reply, whether the request succeeded or not."""
        return self.reply(self.send(command, **arguments))

    def do(self, command: str, **arguments: Any) -> Answer:
        """The body of the reply to a request that has to succeed."""
        answer = self.ask(command, **arguments)
        assert answer.get("success"), answer
        body: Answer = answer.get("body") or {}
        return body

    def start(self) -> None:
        """What JupyterLab does when the debugger is switched on."""
        self.do("initialize", **INITIALIZE)
        self.do("attach")

    def break_at(self, code: str, *lines: int) -> str:
        """Sets breakpoints in a cell that is yet to run; the path of its file."""
        source = str(self.do("dumpCell", code=code)["sourcePath"])
        breakpoints = [{"line": line} for line in lines]
        accepted = self.do("setBreakpoints", breakpoints=breakpoints, source={"path": source})
        assert all(b["verified"] for b in accepted["breakpoints"]), accepted
        self.do("configurationDone")
        return source

    def event(self, name: str, within: float = 30) -> Answer:
        """The body of the next event of that name."""
        end = time.monotonic() + seconds(within)
        while True:
            try:
                message = self.client.get_iopub_msg(timeout=max(0.01, end - time.monotonic()))
            except queue.Empty:
                raise AssertionError(f"no event {name!r} within {seconds(within):g} s") from None
            if message["msg_type"] == "debug_event" and message["content"]["event"] == name:
                body: Answer = message["content"].get("body") or {}
                return body

    def stopped(self) -> tuple[int, list[Answer]]:
        """Waits until a thread stands still: its id and its frames, innermost first."""
        thread = int(self.event("stopped")["threadId"])
        return thread, self.do("stackTrace", threadId=thread)["stackFrames"]

    def local(self, frame: Answer) -> dict[str, str]:
        """Texts of the local variables of a frame, by name."""
        scopes = self.do("scopes", frameId=frame["id"])["scopes"]
        reference = scopes[0]["variablesReference"]
        found = self.do("variables", variablesReference=reference)["variables"]
        return {variable["name"]: variable["value"] for variable in found}


def mark(kernel: Kernel) -> int:
    """Has the worker mark what it starts from now on; its pid."""
    worker = kernel.worker_pid
    kernel.run(f"import os; os.environ[{MARK!r}] = '{worker}'")
    return worker


def adapters(worker: int) -> list[int]:
    """Processes of debugpy's adapter, started by a worker that was told to :func:`mark` them."""
    wanted = f"{MARK}={worker}".encode()
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if b"debugpy/adapter" in (folder / "cmdline").read_bytes() and wanted in (
                folder / "environ"
            ).read_bytes().split(b"\0"):
                found.append(int(folder.name))
        except OSError:
            continue  # it has ended, or is another user's
    return found
