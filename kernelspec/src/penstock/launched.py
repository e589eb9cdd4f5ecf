"""A kernel that this process stands for: passes its signals on and ends as it ends."""

from __future__ import annotations

import os
import select
import signal
import time

from .client.control import Control
from .client.errors import GatewayError
from .client.session import exit_code, forget
from .echo import LAST_WORDS, Echo
from .procstat import start_time

FORWARDED = (signal.SIGHUP, signal.SIGQUIT, signal.SIGTERM, signal.SIGUSR1, signal.SIGUSR2)
"""Go to the worker's process group; the launcher ends when (and as) the worker does."""

QUICK = 5.0
PARENT_POLL = 1.0
"""Seconds between two looks at the parent where it cannot be watched."""

NEWS_TIMEOUT = 4.0
"""Seconds in which the keeper has written how the worker ended after the gateway died."""


class Signals:
    """The signals this process got, one byte each, in a pipe that can be waited on. SIGINT is
    collected from the beginning: one that comes before the kernel is there is for the kernel. The
    others end the launcher until then.
    """

    def __init__(self) -> None:
        self.descriptor, write = os.pipe()
        os.set_blocking(self.descriptor, False)
        os.set_blocking(write, False)
        signal.set_wakeup_fd(write, warn_on_full_buffer=False)
        signal.signal(signal.SIGINT, lambda *_: None)

    def collect_all(self) -> None:
        """Collects the signals that are to be passed on, too."""
        for number in FORWARDED:
            signal.signal(number, lambda *_: None)

    def take(self) -> list[int]:
        """Numbers of the signals that came, SIGINT or one of `FORWARDED`; call it when the
        descriptor is readable.
        """
        numbers = os.read(self.descriptor, 4096)
        return [number for number in numbers if number == signal.SIGINT or number in FORWARDED]


class Ending:
    """How the worker ended: exit code, or minus a signal's number."""

    def __init__(self, code: int) -> None:
        self._code = code

    def die(self) -> None:
        """Ends this process in the same way; does not return."""
        if self._code >= 0:
            end_process(self._code)
        import resource

        # The worker has left its core dump, a second one of the launcher would only confuse.
        resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
        number = -self._code
        if number not in (signal.SIGKILL, signal.SIGSTOP):
            signal.signal(number, signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, [number])
        os.kill(os.getpid(), number)
        end_process(128 + number)  # a signal whose default is not to kill


def end_process(code: int) -> None:
    """Ends without the interpreter's own tidying, which would take longer than all the rest."""
    os._exit(code & 0xFF)


class Launched:
    """One kernel of the gateway in `directory`, from just after its start."""

    def __init__(
        self,
        directory: str,
        session: str,
        worker_pid: int,
        signals: Signals,
        targets: dict[int, int],
    ) -> None:
        """`targets`: see `Echo`."""
        self._directory = directory
        self._session = session
        self._worker_pid = worker_pid
        self._worker_start = start_time(worker_pid)
        self._signals = signals
        signals.collect_all()
        self._parent = _Parent()
        self._echo = Echo(directory, session, targets)

    def wait(self) -> Ending:
        """Waits for the worker's end, or for the parent's, which is then the worker's, too."""
        try:
            with Control(self._directory) as control:
                control.send("wait", id=self._session)
                code = self._watch(control)
        except GatewayError:
            code = None  # the gateway is gone
        if code is None:
            code = self._news()
        self._echo.wait(LAST_WORDS)
        self._forget()
        return Ending(code)

    def _watch(self, control: Control) -> int | None:
        while True:
            descriptors = [control.fileno(), self._signals.descriptor, *self._parent.descriptors]
            ready, _, _ = select.select(descriptors, [], [], self._parent.interval)
            if control.fileno() in ready:
                return control.receive()["exit"]
            if self._signals.descriptor in ready:
                for number in self._signals.take():
                    self._ask("signal", signal=number)
            if self._parent.gone(ready):
                self._ask("stop", now=True)
                return 1

    def _ask(self, op: str, **fields: object) -> None:
        try:
            with Control(self._directory, QUICK) as control:
                control.request(op, timeout=QUICK, id=self._session, **fields)
        except GatewayError:
            pass  # the kernel or its gateway have just ended, which `wait` tells

    def _news(self) -> int:
        deadline = time.monotonic() + NEWS_TIMEOUT
        while time.monotonic() < deadline:
            code = exit_code(self._directory, self._session, self._worker_pid, self._worker_start)
            if code is not None:
                return code
            time.sleep(0.02)
        return -int(signal.SIGKILL)

    def _forget(self) -> None:
        self._ask("release")
        forget(self._directory, self._session)


class _Parent:
    """The process that started this one. $JPY_PARENT_PID names it when its end is to be ours."""

    def __init__(self) -> None:
        self._pid = os.getppid()
        self.descriptors: list[int] = []
        self.interval: float | None = None
        named = os.environ.get("JPY_PARENT_PID", "")
        self._watched = named.isdigit() and int(named) != 1 and self._pid != 1
        if not self._watched:
            return
        self.interval = PARENT_POLL
        if int(named) == self._pid:
            self._open()

    def gone(self, ready: list[int]) -> bool:
        """True once the parent has ended; `ready` is what `select` gave. A parent in between (a
        shell, say) counts, as soon as this process is inherited by init.
        """
        if any(fd in ready for fd in self.descriptors):
            return True
        return self._watched and os.getppid() != self._pid

    def _open(self) -> None:
        try:
            self.descriptors = [os.pidfd_open(self._pid)]
            # If it ended before it was opened, the number may be a stranger's: then look, do not
            # wait.
            self.interval = None if os.getppid() == self._pid else PARENT_POLL
        except (AttributeError, OSError):
            pass  # no pidfd here: it is looked at now and then
