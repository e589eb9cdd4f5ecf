"""The kernel provisioner: jupyter_client gets kernels from the gateway, with no process of their
own beside the worker.

A provisioner is called by synchronous and asynchronous managers, from different event loops. So it
holds no connection and nothing that belongs to a loop: each call opens the control socket afresh,
and what can take long runs in a thread. Only the copying of what a kernel's commands write has a
connection, in a thread of its own (`Echo`).
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import tempfile
import time
from typing import Any
from uuid import uuid4

from jupyter_client.provisioning.provisioner_base import KernelProvisionerBase
from traitlets import Bool

from .platforms import unsupported

if problem := unsupported():  # the imports below need what only other systems have
    raise ImportError(problem)

from .abandonable import STOP_TIMEOUT, AbandonableStart
from .arguments import interpreter_flags, launcher_arguments, parse_arguments
from .background import in_thread
from .client.control import Control
from .client.errors import GatewayError
from .client.request import start_request
from .client.session import exit_code, forget
from .echo import LAST_WORDS, Echo, targets
from .encryption import provide_keys
from .managed import PORTS, check_manager, wanted_connection
from .procstat import start_time

QUICK = 2.0
"""Seconds for requests that the gateway answers from its memory. They are made in the loop itself:
they take less than a millisecond, a thread would take longer.
"""

POLL_INTERVALS = (0.002, 0.005, 0.01, 0.02, 0.05)
POLL_INTERVAL = 0.1


class PenstockProvisioner(KernelProvisionerBase):
    """Starts, watches and ends one kernel of the user's gateway."""

    independent = Bool(
        False,
        config=True,
        help="Let kernels live on when the process that started them ends"
        " (`penstock kernel stop` ends them).",
    )

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._session: str | None = None
        self._directory = ""
        self._worker_pid = 0
        self._worker_start: int | None = None
        self._exit: int | None = None
        #: The kernel that was asked for last could not get its ports.
        self._stillborn = False
        #: The ports that were 0, the gateway's to choose.
        self._open_ports: list[str] = []
        self._cwd: str | None = None
        self._echo: Echo | None = None

    @property
    def has_process(self) -> bool:
        """True from a start until the end was waited for."""
        return self._session is not None or self._stillborn

    async def poll(self) -> int | None:
        """None while the kernel lives, also while its gateway is away; else its exit code, -N after
        signal N.
        """
        if self._session is None:
            return self._exit or 0
        if self._exit is None:
            self._exit = self._poll()
        return self._exit

    async def wait(self) -> int | None:
        """Waits for the kernel's end. Not with the gateway's `wait`: a cancelled caller would leave
        a thread behind.
        """
        intervals = iter(POLL_INTERVALS)
        while (code := await self.poll()) is None:  # noqa: ASYNC110  (no loop of our own)
            await asyncio.sleep(next(intervals, POLL_INTERVAL))
        await self._last_words()
        self._forget()
        self._stillborn = False
        return code

    async def send_signal(self, signum: int) -> None:
        """Signals the worker's process group; SIGINT is an interrupt. A kernel that is dead is no
        error.
        """
        self._ask("signal", signal=int(signum))

    async def kill(self, restart: bool = False) -> None:  # noqa: ARG002
        """Ends the kernel at once; it is gone and its ports are free when this returns."""
        if self._session is not None and self._exit is None:
            await in_thread(self._ask, "stop", timeout=STOP_TIMEOUT, now=True)

    async def terminate(self, restart: bool = False) -> None:  # noqa: ARG002
        """Sends SIGTERM to the worker's process group."""
        self._ask("signal", signal=int(signal.SIGTERM))

    async def cleanup(self, restart: bool = False) -> None:  # noqa: ARG002
        """Lets the gateway forget the kernel, which has ended by now."""
        self._forget()

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        """Settles what the kernel is started with: the command from kernel.json and the manager's
        connection info.

        Raises RuntimeError for a transport or address that the gateway cannot offer.
        """
        manager = self.parent
        if manager is None:
            command = self.kernel_spec.argv + kwargs.pop("extra_arguments", [])
            return await super().pre_launch(cmd=command, **kwargs)
        check_manager(manager)
        provide_keys(manager, kwargs.pop("transport_encryption", None))
        self._hold_ports(manager)
        if not manager.connection_file:
            # The manager writes it once the ports are known, but the kernel is told of it now.
            manager.connection_file = os.path.join(tempfile.gettempdir(), f"kernel-{uuid4()}.json")
        command = manager.format_kernel_cmd(extra_arguments=kwargs.pop("extra_arguments", []))
        return await super().pre_launch(cmd=command, **kwargs)

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> dict[str, Any]:  # type: ignore[override]
        """Starts a kernel and returns its connection info: ports that were not 0 and the key are
        kept.

        Raises RuntimeError with one clear line when there is none.
        """
        self._cwd = _absolute(kwargs.get("cwd"))
        copied = targets(kwargs.get("stdout"), kwargs.get("stderr"))
        start = AbandonableStart(
            self._start_request(cmd, kwargs["env"], self._cwd, echo=bool(copied))
        )
        try:
            answer, directory = await in_thread(start.run)
        except asyncio.CancelledError:
            start.abandon()
            raise
        except GatewayError as error:
            if error.code == "bind-failed" and self._has_ports():
                return self._without_ports(error)
            raise RuntimeError(str(error)) from error
        self._forget()
        self._adopt(answer["id"], directory, answer["worker_pid"], start_time(answer["worker_pid"]))
        self._echo = Echo(directory, answer["id"], copied)
        connection = dict(answer["connection"])
        connection["key"] = connection["key"].encode()
        self.connection_info = connection  # type: ignore[assignment]
        return connection

    def resolve_path(self, path: str) -> str | None:
        """A file's absolute path, relative ones taken from the kernel's starting directory; None if
        it is not there.
        """
        full = os.path.normpath(os.path.join(self._cwd or os.getcwd(), os.path.expanduser(path)))
        return full if os.path.exists(full) else None

    async def get_provisioner_info(self) -> dict[str, Any]:
        """What another process needs to find the kernel again."""
        info = await super().get_provisioner_info()
        info["penstock"] = {
            "session": self._session,
            "directory": self._directory,
            "worker_pid": self._worker_pid,
            "worker_start": self._worker_start,
            "cwd": self._cwd,
        }
        return info

    async def load_provisioner_info(self, provisioner_info: dict[str, Any]) -> None:
        """Finds the kernel again, for a server that was started anew (see `independent`)."""
        await super().load_provisioner_info(provisioner_info)
        known = provisioner_info["penstock"]
        self._adopt(
            known["session"], known["directory"], known["worker_pid"], known["worker_start"]
        )
        self._cwd = known["cwd"]

    def _has_ports(self) -> bool:
        return self.parent is not None and all(getattr(self.parent, port) for port in PORTS)

    def _without_ports(self, error: GatewayError) -> dict[str, Any]:
        """The ports that the manager insists on are taken. A kernel process would end with an exit
        code then, and a restarter choose new ports when it sees that: so this is a kernel that has
        ended at once.
        """
        self.log.error("Penstock: %s", error)
        self._forget()
        self._exit = 1
        self._stillborn = True
        if self.parent is not None:
            self.parent._random_port_names = self._open_ports  # noqa: SLF001  (see _hold_ports)
        return dict(self.parent.get_connection_info()) if self.parent is not None else {}

    def _adopt(self, session: str | None, directory: str, pid: int, start: int | None) -> None:
        self._session = session
        self._directory = directory
        self._worker_pid = pid
        self._worker_start = start
        self._exit = None
        self._stillborn = False

    def _hold_ports(self, manager: Any) -> None:
        """Keeps the ports that the gateway chose, also when jupyter_client's restarter asks for new
        ones after a kernel's early death: clients that are connected stay on the old ones. With
        LocalProvisioner's cached ports it is so, too. Only ports that are taken are given up.
        """
        manager._record_random_port_names()  # noqa: SLF001  (LocalProvisioner does it, too)
        self._open_ports = manager._random_port_names or self._open_ports  # noqa: SLF001
        if manager.cache_ports:
            manager._random_port_names = []  # noqa: SLF001

    async def _last_words(self) -> None:
        """Lets what the kernel wrote last come through, which has ended; its terminal may be
        stopped.
        """
        until = time.monotonic() + LAST_WORDS
        intervals = iter(POLL_INTERVALS)
        while (echo := self._echo) and not echo.over and time.monotonic() < until:  # noqa: ASYNC110
            await asyncio.sleep(next(intervals, POLL_INTERVAL))

    def _start_request(
        self, command: list[str], env: dict[str, str], cwd: str, *, echo: bool
    ) -> dict[str, Any]:
        manager = self.parent
        connection = {} if manager is None else wanted_connection(manager)
        try:
            arguments = parse_arguments(launcher_arguments(command))
            return start_request(
                name=getattr(manager, "kernel_name", None) or "penstock",
                via="provisioner",
                python=command[0] if os.path.isabs(command[0]) else sys.executable,
                flags=interpreter_flags(command),
                args=arguments.rest,
                env=env,
                cwd=cwd,
                connection={**connection, **arguments.connection},
                connection_file=arguments.connection_file,
                independent=self.independent,
                echo=echo,
                in_environment=arguments.environment,
            )
        except (GatewayError, ValueError) as error:  # a limit or an option that cannot be read
            raise RuntimeError(str(error)) from error

    def _poll(self) -> int | None:
        assert self._session is not None
        try:
            with Control(self._directory, QUICK) as control:
                return control.request("poll", timeout=QUICK, id=self._session)["exit"]
        except GatewayError as error:
            if error.code == "timeout":
                return None  # a gateway that is slow says nothing about its kernels
            # There is no gateway, or a new one that does not know the kernel.
            return exit_code(self._directory, self._session, self._worker_pid, self._worker_start)

    def _ask(self, op: str, timeout: float = QUICK, **fields: Any) -> None:
        if self._session is None:
            return
        try:
            with Control(self._directory, QUICK) as control:
                control.request(op, timeout=timeout, id=self._session, **fields)
        except GatewayError as error:
            # Kernel or gateway are gone, or slow: the manager polls, and goes on to the next
            # stronger means.
            self.log.debug("penstock: %s %s: %s", op, self._session, error)

    def _forget(self) -> None:
        if self._session is not None:
            self._ask("release")
            forget(self._directory, self._session)
            self._session = None


def _absolute(path: str | None) -> str:
    return os.path.abspath(path or os.getcwd())
