"""What a debug_request asks: Jupyter's additions done here, all else forwarded to debugpy."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from ..untraced import untraced
from . import adapter, cells, variables
from .cells import FolderError
from .connection import ConnectionLostError, DapConnection
from .dap import Message, failure, response
from .modules import internal_rules, modules
from .standing import guard

#: Threads of IPython's that may be alive while the user's code stands still.
_INTERNAL_THREADS = ("IPythonHistorySavingThread",)
#: Seconds for the main thread to see a signal, and between two looks whether it has. One that
#: evaluates code for the user takes the signal there.
_PATIENCE = 0.1
_LOOK = 0.002


class Debugger:
    """The debugger of one worker. Belongs to the debugger's thread.

    ``publish`` sends the content of a debug_event.
    """

    def __init__(self, kernel: Any, publish: Callable[[Message], None]) -> None:
        self._kernel = kernel
        self._publish = publish
        self._address: tuple[str, int] | None = None
        self._connection: DapConnection | None = None
        self._capabilities: Message = {}
        self._attached = False
        self._initialized = False
        self._stopped: set[int] = set()
        self._stops = 0
        self._breakpoints: dict[str, list[Message]] = {}
        self._explorer = variables.Explorer()
        self._handlers: dict[str, Callable[[Message], Message]] = {
            "debugInfo": self._info,
            "inspectVariables": self._inspect,
            "richInspectVariables": self._rich,
            "modules": modules,
            "initialize": self._initialize,
            "attach": self._attach,
            "disconnect": self._disconnect,
            "configurationDone": response,
            "dumpCell": self._dump_cell,
            "source": self._source,
            "setBreakpoints": self._set_breakpoints,
            "continue": self._continue,
            "variables": self._variables,
            "copyToGlobals": self._copy,
        }

    @property
    def connection(self) -> DapConnection | None:
        """Where debugpy's events come from; None while the debugger is not started."""
        return self._connection

    def process(self, request: Message) -> Message:
        """The response to a request; one that fails is answered, too."""
        command = request.get("command")
        if not isinstance(command, str) or not isinstance(request.get("arguments") or {}, dict):
            return failure(request, "a debug_request needs a command, and its arguments by name")
        handler = self._handlers.get(command, self._forward)
        try:
            return handler(request)
        except (adapter.UnavailableError, FolderError) as error:
            return failure(request, str(error))
        except ConnectionLostError as error:
            self.lost()
            return failure(request, f"{error}; restart the kernel to debug again")
        except (KeyError, TypeError, AttributeError) as error:
            # The client left out or mixed up an argument, or names a variable that is gone.
            return failure(request, f"cannot serve {command}: {error!r}")

    def lost(self) -> None:
        """The adapter is gone: back to the state before `initialize`."""
        if self._connection is not None:
            self._connection.close()
        self._connection = None
        self._attached = self._initialized = False
        self._stopped.clear()
        self._breakpoints.clear()
        cells.release(self._kernel.shell)

    def interrupted(self) -> None:
        """A SIGINT came: what stands at a breakpoint goes on, to take it.

        Raises ``ConnectionLostError``.
        """
        deadline = time.monotonic() + _PATIENCE
        while self._stopped and time.monotonic() < deadline:
            if self._kernel.interrupts.pending:
                arguments = {"threadId": min(self._stopped)}
                self._continue({"command": "continue", "arguments": arguments})
                return
            time.sleep(_LOOK)

    def release(self) -> None:
        """Have everything go on and nothing stop again. Raises ``ConnectionLostError``."""
        self._disconnect({"command": "disconnect", "arguments": {"terminateDebuggee": False}})

    def _started(self) -> DapConnection:
        if self._connection is None:
            raise adapter.UnavailableError("the debugger is not started: send initialize first")
        return self._connection

    def _forward(self, request: Message) -> Message:
        return self._started().request(request)

    def _initialize(self, request: Message) -> Message:
        if self._connection is not None and self._capabilities:
            # A client that reconnects: the adapter itself takes this request only once.
            return response(request, self._capabilities)
        for thread in threading.enumerate():
            if thread.name in _INTERNAL_THREADS:
                untraced(thread)
        if self._address is None:
            cells.make_folder()
            self._address = adapter.listen()
            guard(self._kernel.interrupts, cells.description()["tmpFilePrefix"])
        if self._connection is not None:
            self._connection.close()  # its first request failed
        self._connection = DapConnection(self._address, self._on_event)
        cells.prepare(self._kernel.shell)
        answer = self._connection.request(request)
        self._capabilities = answer.get("body") or {}
        return answer

    def _attach(self, request: Message) -> Message:
        connection = self._started()
        if self._attached:
            return response(request, {})
        host, port = self._address or ("", 0)
        arguments = {
            **(request.get("arguments") or {}),
            "connect": {"host": host, "port": port},
        }
        if not getattr(self._kernel, "debug_just_my_code", False):
            arguments["debugOptions"] = ["DebugStdLib"]
        if getattr(self._kernel, "filter_internal_frames", True):
            arguments["rules"] = internal_rules(self._kernel)
        number = connection.send({**request, "arguments": arguments})
        # debugpy answers only after configurationDone, which it wants after this event.
        while not self._initialized and not connection.answered(number):
            connection.pump()
        if self._initialized:
            connection.request({"command": "configurationDone"})
        answer = {**connection.wait(number), "request_seq": request["seq"]}
        self._attached = bool(answer.get("success"))
        return answer

    def _disconnect(self, request: Message) -> Message:
        answer = self._forward(request)
        self.lost()
        return answer

    def _info(self, request: Message) -> Message:
        recorded = [{"source": s, "breakpoints": b} for s, b in self._breakpoints.items()]
        return response(
            request,
            {
                "isStarted": self._connection is not None,
                **cells.description(),
                "breakpoints": recorded,
                "stoppedThreads": sorted(self._stopped),
                "richRendering": True,
                "exceptionPaths": ["Python Exceptions"],
                "copyToGlobals": True,
            },
        )

    def _dump_cell(self, request: Message) -> Message:
        self._started()
        path = cells.dump(request["arguments"]["code"])
        return response(request, {"sourcePath": path})

    def _source(self, request: Message) -> Message:
        self._started()
        text = cells.read(request["arguments"]["source"]["path"])
        if text is None:
            return failure(request, "source unavailable")
        return response(request, {"content": text})

    def _set_breakpoints(self, request: Message) -> Message:
        source = request["arguments"]["source"]["path"]
        answer = self._forward(request)
        if answer.get("success"):
            # debugpy may have put them on other lines than it was asked for.
            accepted = answer["body"]["breakpoints"]
            self._breakpoints[source] = [{"line": b["line"]} for b in accepted if "line" in b]
        return answer

    def _continue(self, request: Message) -> Message:
        if self._connection is not None and not self._stopped:
            # debugpy would answer when something has stopped and goes on again, and nothing before.
            return response(request, {"allThreadsContinued": True})
        stops = self._stops
        answer = self._forward(request)
        body = answer.get("body") or {}
        if answer.get("success") and body.get("allThreadsContinued", True) and stops == self._stops:
            # The event that tells it may come later than the client's next question.
            self._stopped.clear()
        return answer

    def _inspect(self, request: Message) -> Message:
        return response(request, {"variables": self._explorer.inspect()})

    def _rich(self, request: Message) -> Message:
        stopped = self._connection if self._stopped else None
        return variables.rich(request, self._kernel.shell, stopped)

    def _variables(self, request: Message) -> Message:
        self._started()
        if not self._stopped:
            found = self._explorer.children(request["arguments"]["variablesReference"])
            return response(request, {"variables": found})
        answer = self._forward(request)
        if answer.get("success"):
            body = answer["body"]
            answer["body"] = {**body, "variables": variables.shown(body["variables"])}
        return answer

    def _copy(self, request: Message) -> Message:
        return variables.copy_to_globals(request, self._started())

    def _on_event(self, event: Message) -> None:
        body = event.get("body") or {}
        match event.get("event"):
            case "initialized":
                self._initialized = True
            case "stopped":
                self._stops += 1
                self._stopped.update(self._standing(body))
            case "continued":
                if body.get("allThreadsContinued", True):
                    self._stopped.clear()
                else:
                    self._stopped.discard(body.get("threadId", 0))
            case "thread" if body.get("reason") == "exited":
                self._stopped.discard(body.get("threadId", 0))
        self._publish(event)

    def _standing(self, body: Message) -> set[int]:
        """The threads that stand still after a stopped event with this body."""
        if not body.get("allThreadsStopped"):
            return {body.get("threadId", 0)}
        answer = self._started().request({"command": "threads"})
        threads = (answer.get("body") or {}).get("threads", [])
        return {t["id"] for t in threads if t["name"] not in _INTERNAL_THREADS}
