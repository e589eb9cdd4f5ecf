"""ipykernel's shell, for a worker. The class keeps ipykernel's name and module: libraries look for
them.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from ipykernel import zmqshell as ipykernel_zmqshell
from IPython.core.error import UsageError
from IPython.core.interactiveshell import InteractiveShellABC
from jupyter_client.session import extract_header
from traitlets import Type, observe

from .sharing import DisplayHook, Payloads, SharedBuiltinTrap, SharedDisplayTrap
from .tracebacks import hide_worker, text_of, without_worker

#: Whether an ``error`` message was sent since this thread last began to show an error.
_showing = threading.local()


class ZMQInteractiveShell(ipykernel_zmqshell.ZMQInteractiveShell):
    """The interactive shell; ``type(get_ipython()).__name__`` is "ZMQInteractiveShell"."""

    # Plotly takes a shell of any other module for one that shows no figures.
    __module__ = "ipykernel.zmqshell"

    displayhook_class = Type(DisplayHook)

    if TYPE_CHECKING:  # always there in a kernel's shell
        kernel: Any
        payload_manager: Any
        display_formatter: Any
        displayhook: Any
        extension_manager: Any
        history_manager: Any
        configurables: list[Any]
        profile_dir: Any

    def init_history(self) -> None:
        """Nothing yet: :func:`penstock.worker.history.attach_history` makes it after the fork."""

    def init_payload(self) -> None:
        """One list of payloads per shell."""
        self.payload_manager = Payloads(parent=self)
        self.configurables.append(self.payload_manager)

    def init_displayhook(self) -> None:
        """IPython's display hook, entered by several threads."""
        super().init_displayhook()
        self.display_trap = SharedDisplayTrap(hook=self.displayhook)

    def init_builtins(self) -> None:
        """IPython's builtins, entered by several threads."""
        super().init_builtins()
        self.builtin_trap = SharedBuiltinTrap(shell=self)

    @contextmanager
    def _tee(self, channel: Any) -> Iterator[None]:
        """Record a cell's text for `%notebook`, of the main shell only.

        IPython replaces the stream's `write` and puts it back; two threads that do so at once would
        leave one of the replacements for good.
        """
        if self.kernel.shells.current.number:
            yield
        else:
            with super()._tee(channel):
                yield

    def init_user_ns(self) -> None:
        """Fill the user's namespace, once there is a history for ``In``, ``Out`` and ``_dh``."""
        if self.history_manager is not None:
            super().init_user_ns()

    @observe("exit_now")
    def _update_exit_now(self, change: dict[str, Any]) -> None:
        """End a GUI event loop; the worker itself ends when the reply is out."""
        eventloop = self.kernel.eventloop
        if change["new"] and eventloop is not None:
            exit_hook = getattr(eventloop, "exit_hook", None)
            if exit_hook is not None:
                exit_hook(self.kernel)

    def enable_gui(self, gui: Any = None) -> None:
        """Enable a GUI event loop; "asyncio" always runs in a worker."""
        if gui == "asyncio":
            self.active_eventloop = gui
        else:
            super().enable_gui(gui)

    def _get_exc_info(self, exc_tuple: Any = None) -> tuple[Any, Any, Any]:
        kind, error, trace = super()._get_exc_info(exc_tuple)
        hide_worker(error)
        return kind, error, without_worker(trace)

    def showtraceback(self, exc_tuple: Any = None, *args: Any, **kwargs: Any) -> None:
        """Show the error as IPython does; in one line where that gave no ``error`` message.

        That is so when an interrupt came while the traceback was made, and when making it failed.
        """
        error = sys.exc_info()[1] if exc_tuple is None else exc_tuple[1]
        _showing.done = False
        super().showtraceback(exc_tuple, *args, **kwargs)
        # Whoever replaced the method shows errors in another way.
        ours = getattr(self._showtraceback, "__func__", None) is ZMQInteractiveShell._showtraceback
        if ours and not _showing.done and error is not None and not _is_printed(error):
            line = self.InteractiveTB.get_exception_only(type(error), error)
            self._showtraceback(type(error), error, line)

    def _showtraceback(self, etype: Any, evalue: Any, stb: list[str]) -> None:
        text = text_of(evalue)  # the user's code
        with self.kernel.shells.current.interrupts:  # all of it, or nothing
            super()._showtraceback(etype, text, stb)
            _showing.done = True

    def set_own_parent(self, message: dict[str, Any]) -> None:
        """Set the parent of the calling context's output alone."""
        header = extract_header(message)
        self._parent_header.set(message)
        for output in (self.displayhook, self.display_pub, sys.stdout, sys.stderr):
            if hasattr(output, "_parent_header"):  # a stream may be the user's own
                output._parent_header.set(header)  # noqa: SLF001

    @property
    def _last_traceback(self) -> list[str] | None:
        """The lines of the last traceback that this shell has shown."""
        lines: list[str] | None = self.kernel.shells.current.traceback
        return lines

    @_last_traceback.setter
    def _last_traceback(self, lines: list[str] | None) -> None:
        self.kernel.shells.current.traceback = lines

    @property
    def _last_traceback_during_displayhook(self) -> bool:
        """Whether showing the cell's result raised: the cell then counts as failed."""
        return bool(self.kernel.shells.current.displayhook_failed)

    @_last_traceback_during_displayhook.setter
    def _last_traceback_during_displayhook(self, failed: bool) -> None:
        self.kernel.shells.current.displayhook_failed = failed

    @property
    def last_traceback(self) -> list[str]:
        """As ``_last_traceback``; empty when there is none."""
        return self._last_traceback or []

    @property
    def displayhook_failed(self) -> bool:
        """As ``_last_traceback_during_displayhook``."""
        return self._last_traceback_during_displayhook

    def begin_async(self) -> None:
        """Forget the last traceback, as ``run_cell`` does, before ``run_cell_async``."""
        self._last_traceback = None
        self._last_traceback_during_displayhook = False

    def end_interrupted(self) -> None:
        """Undo what ``run_cell`` leaves behind when an interrupt hits it outside of the cell."""
        for stream in (sys.stdout, sys.stderr):
            # IPython records output by replacing `write`; it restores it only in the good case.
            vars(stream).pop("write", None)


def _is_printed(error: BaseException) -> bool:
    """Whether IPython writes of it to stderr and sends nothing: ipykernel's users know it so.

    A wrong use of a magic, or a group of exceptions, also one that led to the error.
    """
    link: BaseException | None = error
    while link is not None:
        if hasattr(link, "exceptions") and hasattr(link, "split"):  # of the backport, too
            return True
        link = link.__context__
    return isinstance(error, UsageError)


InteractiveShellABC.register(ZMQInteractiveShell)
