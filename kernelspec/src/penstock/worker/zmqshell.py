"""ipykernel's shell, for a worker. The class keeps ipykernel's name and module: libraries look for
them.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from ipykernel import zmqshell as ipykernel_zmqshell
from IPython.core.interactiveshell import InteractiveShellABC
from traitlets import observe

from .tracebacks import hide_worker, without_worker


class ZMQInteractiveShell(ipykernel_zmqshell.ZMQInteractiveShell):
    """The interactive shell; ``type(get_ipython()).__name__`` is "ZMQInteractiveShell"."""

    # Plotly takes a shell of any other module for one that shows no figures.
    __module__ = "ipykernel.zmqshell"

    if TYPE_CHECKING:  # always there in a kernel's shell
        payload_manager: Any
        display_formatter: Any
        displayhook: Any
        extension_manager: Any
        history_manager: Any
        configurables: list[Any]
        profile_dir: Any

    def init_history(self) -> None:
        """Nothing yet: :func:`penstock.worker.history.attach_history` makes it after the fork."""

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

    @property
    def last_traceback(self) -> list[str]:
        """The lines of the last traceback that was shown; empty when there is none."""
        return getattr(self, "_last_traceback", None) or []

    @property
    def displayhook_failed(self) -> bool:
        """Whether showing the cell's result raised: the cell then counts as failed."""
        return bool(getattr(self, "_last_traceback_during_displayhook", False))

    def begin_async(self) -> None:
        """Forget the last traceback, as ``run_cell`` does, before ``run_cell_async``."""
        self._last_traceback = None
        self._last_traceback_during_displayhook = False

    def end_interrupted(self) -> None:
        """Undo what ``run_cell`` leaves behind when an interrupt hits it outside of the cell."""
        for stream in (sys.stdout, sys.stderr):
            # IPython records output by replacing `write`; it restores it only in the good case.
            vars(stream).pop("write", None)


InteractiveShellABC.register(ZMQInteractiveShell)
