"""ipykernel's kernel with its requests coming from, and its messages going to, the worker link."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import partial
from inspect import isawaitable
from types import ModuleType
from typing import TYPE_CHECKING, Any

from ipykernel.utils import LazyDict
from traitlets import Any as AnyTrait
from traitlets import Float, Type

from .comms import COMM_TYPES, hand_over, home_of
from .debugger.adapter import installed
from .errors import error_content, reply_type
from .execution import Cell, accepted_options, reply_content
from .gui import take_turns
from .inputs import AskingKernel, ident_of
from .interrupts import Interrupts, Overdue, Phase
from .patience import Patience, unanswered
from .session import REPLY_ABORT, REPLY_EXIT, IOPubSocket, ShellStream, WorkerSession
from .shells import Shell, Shells
from .streams import Outbox
from .verbs.service import OWN_PHASES, Verbs
from .zmqshell import ZMQInteractiveShell

#: Requests that the gateway or the control thread serves, or that no worker serves yet.
_NOT_SERVED = frozenset(
    {
        "shutdown_request",
        "interrupt_request",
        "debug_request",
        "create_subshell_request",
        "delete_subshell_request",
        "list_subshell_request",
    }
)
#: What ipykernel takes for granted in a request's content.
_DEFAULTS: dict[str, dict[str, Any]] = {
    "complete_request": {"cursor_pos": None},
    "inspect_request": {"cursor_pos": None, "detail_level": 0},
    "history_request": {"hist_access_type": "range", "output": False, "raw": True},
}
#: Requests that run the user's code unasked and must not hold up the next cell.
_INTROSPECTION = frozenset({"complete_request", "inspect_request"})


class WorkerKernel(AskingKernel):
    """The kernel of one worker. Each of its shells has a thread and runs one request at a time."""

    introspection_timeout = Float(
        2.0,
        help="Seconds for which a completion or inspection in the main shell may hold up others.",
    ).tag(config=True)

    shell_class = Type(ZMQInteractiveShell)
    shell_stream = AnyTrait()
    control_stream = AnyTrait()
    debugpy_stream = AnyTrait()
    debugger_class = AnyTrait()  # naming the class would import debugpy when the kernel is made

    if TYPE_CHECKING:  # never None here
        shell: ZMQInteractiveShell
        session: WorkerSession

    interrupts: Interrupts
    enter_eventloop = take_turns

    def __init__(self, interrupts: Interrupts, outbox: Outbox, **kwargs: Any) -> None:
        self.interrupts = interrupts
        self.outbox = outbox
        self.shells = Shells(Shell(0, interrupts))
        self.patience = Patience(interrupts, lambda: self.intake.crowded())
        stream: ShellStream = self.shells.main.stream
        with _without_debugger():
            super().__init__(shell_stream=stream, iopub_socket=IOPubSocket(), **kwargs)
        # Private, but extensions use it (ipykernel keeps it for them).
        self._parent_ident = LazyDict(
            {channel: partial(self.client_of, channel) for channel in ("control", "shell")}
        )
        for handlers in (self.shell_handlers, self.control_handlers):
            for name in _NOT_SERVED & handlers.keys():
                del handlers[name]
        self.control_handlers.update(
            {name: self.shell_handlers[name] for name in ("comm_open", "comm_msg", "comm_close")}
        )
        self.verbs = Verbs(self)
        self.shell_handlers.update(self.verbs.handlers)
        self._cell_options = accepted_options(self.shell)
        self._debugger_there = installed()

    def begin(self, kernel_session: str) -> None:
        """Take the ids of this worker; a fork inherits those of the zygote."""
        self.ident = self.session.session = kernel_session
        self.shell.displayhook.topic = self._topic("execute_result")

    @property
    def kernel_info(self) -> dict[str, Any]:
        """The content of a kernel_info_reply without ``status`` and ``protocol_version``."""
        return {
            "implementation": self.implementation,
            "implementation_version": self.implementation_version,
            "language_info": self.language_info,
            "banner": self.banner,
            "help_links": self.help_links,
            "supported_features": ["kernel subshells", *["debugger"] * self._debugger_there],
            # Deprecated since protocol 5.5, but older clients look for it.
            "debugger": self._debugger_there,
        }

    @property
    def io_loop(self) -> Any:  # type: ignore[override]
        """Tornado's view of the worker's asyncio loop, for code that asks the kernel for it."""
        from tornado.ioloop import IOLoop

        return IOLoop.current()

    def abort(self, number: int, message: dict[str, Any]) -> None:
        """Answer a request to run code without running it."""
        stream = self.shells.current.stream
        stream.begin(number)
        self.set_parent(ident_of(number), message)
        metadata = self.finish_metadata(message, self.init_metadata(message), {"status": "aborted"})
        content = {"status": "aborted"}
        reply = reply_type(message["msg_type"])
        self.session.send(stream, reply, content, message, metadata=metadata)

    async def handle(self, number: int, control: bool, message: dict[str, Any]) -> None:
        """Serve one request of the calling shell and send its one REPLY, whatever happens.

        ``message`` has ``header``, ``parent_header``, ``metadata``, ``content`` and ``buffers``.
        Raises ``LinkClosed`` when the gateway is gone.
        """
        shell = self.shells.current
        stream = shell.stream
        stream.begin(number)
        msg_type = message["header"].get("msg_type", "")
        handlers = self.control_handlers if control else self.shell_handlers
        shell.interrupts.begin()
        try:
            if not shell.number or msg_type == "execute_request":
                self.set_parent(ident_of(number), message)
            else:
                self._set_own_parent(number, message)
            handler = handlers.get(msg_type)
            if handler is not None:
                await self._call(shell, handler, message)
            self.outbox.flush()
            if not stream.sent:
                stream.finish()
        finally:
            shell.interrupts.finish()

    def handle_aside(self, number: int, message: dict[str, Any]) -> None:
        """Serve a comm message in the loop of a shell whose cell awaits; it gets no reply here."""
        shell = self.shells.current
        phase = shell.interrupts.phase
        self._set_own_parent(number, message)
        try:
            with shell.interrupts.user:
                self.shell_handlers[message["msg_type"]](shell.stream, [], message)
        except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001
            # A comm callback that raises, or was interrupted; the cell that awaits goes on.
            self.shell.showtraceback((type(error), error, error.__traceback__))
        finally:
            shell.interrupts.phase = phase

    def _set_own_parent(self, number: int, message: dict[str, Any]) -> None:
        """Set the parent of this context's output alone.

        Plain threads of the user's go on with the latest cell: ``set_parent`` would take them over
        to a widget's message.
        """
        self._shell_parent_ident.set(ident_of(number))  # type: ignore[arg-type]
        self._shell_parent.set(message)
        self.shell.set_own_parent(message)

    async def _call(
        self, shell: Shell, handler: Callable[..., Any], message: dict[str, Any]
    ) -> None:
        stream = shell.stream
        msg_type, content = message["msg_type"], message["content"]
        for name, value in _DEFAULTS.get(msg_type, {}).items():
            content.setdefault(name, value)
        try:
            if msg_type in OWN_PHASES:
                await handler(stream, [], message)
                return
            with shell.interrupts.user, self._limit(shell, msg_type):
                home = home_of(self, message) if msg_type in COMM_TYPES else shell
                if home is shell:
                    result = handler(stream, [], message)
                else:
                    result = hand_over(self, home, stream.number, message)
                if isawaitable(result):
                    await result
        except Overdue:
            shell.interrupts.phase = Phase.TEARDOWN
            if not stream.sent:
                answer = unanswered(msg_type, content)
                self.session.send(stream, reply_type(msg_type), answer)
        except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001
            # A broken request or a user's object that raises: the client gets an answer.
            shell.interrupts.phase = Phase.TEARDOWN
            if stream.sent:
                return
            if msg_type.endswith("_request"):
                self.session.send(stream, reply_type(msg_type), error_content(error))
            else:
                self.shell.showtraceback((type(error), error, error.__traceback__))

    def _limit(self, shell: Shell, msg_type: str) -> AbstractContextManager[None]:
        """A time limit on what may hold up the main shell's next cell."""
        if msg_type in _INTROSPECTION and not shell.number:
            return self.patience.limit(self.introspection_timeout)
        return nullcontext()

    async def execute_request(
        self,
        stream: Any,
        ident: Any,  # noqa: ARG002
        parent: dict[str, Any],
    ) -> None:
        """Run a cell and reply."""
        self.outbox.ready()
        content = parent["content"]
        code = content["code"]
        silent = bool(content.get("silent", False))
        metadata = self.init_metadata(parent)
        if not silent:
            self._publish_execute_input(code, parent, self.execution_count)
        reply = await self.do_execute(
            code,
            silent,
            content.get("store_history", not silent) and not silent,
            content.get("user_expressions"),
            content.get("allow_stdin", False),
            cell_meta=parent["metadata"],
            cell_id=parent["metadata"].get("cellId"),
        )
        self.outbox.flush()
        if self.outbox.child:
            # The user's code forked and let the child run on: it has no link to reply on.
            os._exit(reply["status"] != "ok")
        metadata = self.finish_metadata(parent, metadata, reply)
        failed = reply["status"] == "error"
        if failed and not silent and content.get("stop_on_error", True):
            stream.flags |= REPLY_ABORT
            self.shells.current.failed = stream.number
        if self.shell.exit_now:
            stream.flags |= REPLY_EXIT
        self.session.send(stream, "execute_reply", reply, parent, metadata=metadata)

    async def do_execute(
        self,
        code: str,
        silent: bool,
        store_history: bool = True,
        user_expressions: dict[str, str] | None = None,
        allow_stdin: bool = False,
        *,
        cell_meta: dict[str, Any] | None = None,
        cell_id: str | None = None,
    ) -> dict[str, Any]:
        """Run ``code``; the content of its reply."""
        options: dict[str, Any] = {"silent": silent, "store_history": store_history}
        if "cell_meta" in self._cell_options:
            options["cell_meta"] = cell_meta
        if "cell_id" in self._cell_options:
            options["cell_id"] = cell_id
        shell = self.shells.current
        self._forward_input(allow_stdin)
        try:
            result = await Cell(self.shell, shell, code, **options).run()
        finally:
            self._restore_input()
        engine = {"engine_uuid": self.ident, "engine_id": self.int_id, "method": "execute"}
        return reply_content(self.shell, result, engine, user_expressions or {}, shell.interrupts)


@contextmanager
def _without_debugger() -> Iterator[None]:
    """Keep ipykernel's constructor from importing debugpy (8 MB) and making a debugger."""
    name = "ipykernel.debugger"
    known = sys.modules.get(name)
    absent = ModuleType(name)
    vars(absent)["_is_debugpy_available"] = False
    sys.modules[name] = absent
    try:
        yield
    finally:
        if known is not None:
            sys.modules[name] = known
        else:
            del sys.modules[name]
