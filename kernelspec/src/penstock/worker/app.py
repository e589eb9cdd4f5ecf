"""The application object: ipykernel's configuration, profile and start-up files, no sockets."""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ipykernel import kernelapp
from IPython.core.application import BaseIPythonApplication
from traitlets.config.loader import DeferredConfigString

from .environment import choose_backend
from .history import attach_history
from .interrupts import Interrupts
from .kernel import WorkerKernel
from .session import WorkerSession
from .streams import Outbox, Stream

#: Options that a shell made earlier can still take: ``--HistoryManager.hist_file=:memory:``.
_LATE_CLASSES = ("HistoryManager", "HistoryAccessor")


class LateOptionError(ValueError):
    """An option that only a fresh start can apply was given to a fork."""


class IPKernelApp(kernelapp.IPKernelApp):
    """``IPKernelApp.instance()`` of a worker; it has the name of the section in the configuration.

    :meth:`build` makes kernel and shell, once, in the zygote or in a fresh worker; :meth:`begin`
    gives them what belongs to one worker alone.
    """

    if TYPE_CHECKING:  # never None here
        shell: Any
        profile_dir: Any
        kernel: WorkerKernel

    _modules: set[str]

    def build(self, argv: Sequence[str]) -> None:
        """Read the configuration and make the kernel and its shell."""
        BaseIPythonApplication.initialize(self, list(argv))
        self.interrupts = Interrupts()
        self.outbox = Outbox(self.interrupts)
        self.session = WorkerSession(parent=self)
        # Libraries look for this section; ipykernel has it from its -f argument.
        self.config.IPKernelApp.setdefault("connection_file", self.connection_file)
        self.init_pdb()
        # The streams are made by begin(): until then a warning goes to the process's own stderr.
        self.outstream_class = None  # type: ignore[assignment]
        self.kernel = WorkerKernel.instance(
            interrupts=self.interrupts,
            outbox=self.outbox,
            parent=self,
            session=self.session,
            log=self.log,
            profile_dir=self.profile_dir,
            user_ns=self.user_ns,
        )
        self.iopub_socket = self.kernel.iopub_socket
        self.init_io()
        self.displayhook.get_execution_count = lambda: self.kernel.execution_count
        self.init_shell()
        spec = importlib.util.find_spec("ipykernel_launcher")
        self._launcher = spec.origin if spec and spec.origin else "ipykernel_launcher.py"
        self._backend = os.environ.get("MPLBACKEND")

    def apply_late(self, args: Sequence[str]) -> None:
        """Apply the arguments of a forked worker. Raises :class:`LateOptionError`."""
        queue = list(args)
        while queue:
            arg = queue.pop(0)
            name, _, value = arg.lstrip("-").partition("=")
            section, _, trait = name.partition(".")
            if section in _LATE_CLASSES and trait and arg.startswith("--"):
                self.config[section][trait] = DeferredConfigString(value)
            elif name == "f":
                self.connection_file = value or (queue.pop(0) if queue else "")
                self.config.IPKernelApp.connection_file = self.connection_file
            else:
                raise LateOptionError(f"option {arg} needs a fresh start of the worker")

    def begin(self, kernel_session: str, session_name: str | None, argv: Sequence[str]) -> None:
        """Take up the life of one worker, in its environment and directory, before its link."""
        shell = self.kernel.shell
        sys.argv = [self._launcher, *argv]
        self.kernel.begin(kernel_session)
        shell.init_environment()
        shell.starting_dir = os.getcwd()
        choose_backend(self._backend)
        self.init_path()
        attach_history(shell)
        if session_name:
            shell.user_ns["__session__"] = session_name

    def open_streams(self) -> None:
        """Send ``sys.stdout`` and ``sys.stderr`` to the link."""
        for fd, name in ((1, "stdout"), (2, "stderr")):
            getattr(sys, name).flush()
            setattr(sys, name, Stream(self.session, self.outbox, name, fd))

    def run_startup(self) -> None:
        """Extensions, pylab, start-up files and lines of the profile, as ipykernel runs them."""
        self.init_gui_pylab()
        self.init_extensions()
        self.init_code()
        self.outbox.flush()

    def init_code(self) -> None:
        """Start-up files and lines as IPython runs them.

        IPython then lists all modules anew, for ``%reset aggressive``; that touches, so copies, a
        page for nearly every name (0.7 MB). The list of the zygote is good when none was added.
        """
        self._run_startup_files()
        self._run_exec_lines()
        self._run_exec_files()
        if self.hide_initial_ns:
            self.shell.user_ns_hidden.update(self.shell.user_ns)
        self._run_cmd_line_code()
        self._run_module()
        if len(sys.modules) != len(self._modules):
            self._modules = set(sys.modules)
        self.shell._sys_modules_keys = self._modules  # noqa: SLF001

    def freeze(self) -> None:
        """Remember which modules there are; the last step before a fork."""
        self._modules = set(sys.modules)

    def init_signal(self) -> None:
        """SIGINT belongs to the kernel's interrupts from here on."""
        self.interrupts.install()

    def configure_tornado_logger(self) -> None:
        """Nothing: tornado has no loop here."""
