"""Copies what C code and commands write to a kernel's file descriptors 1 and 2 to those of its
client, where a kernel that is a process of the client's would have written itself.

Python's own prints are not among it, as with ipykernel; but those of forked children are, which go
through the descriptors here.
"""

from __future__ import annotations

import _thread
import binascii
import os
import select
import signal
import stat

from .client.control import Control
from .client.errors import GatewayError

TYPE_CHECKING = False  # typing itself is not imported: a person waits for the launcher
if TYPE_CHECKING:
    from typing import Any

LAST_WORDS = 2.0
"""Seconds for what a kernel wrote last, once it has ended: a terminal may be stopped."""

_PIPE, _STDOUT, _DEVNULL = -1, -2, -3
"""Those of subprocess, which would be long to import."""


class Echo:
    """The copying for one session, in a thread of its own that ends with the session and keeps no
    process alive. A terminal that is stopped holds up this thread alone: the gateway then drops the
    oldest, which is told here.
    """

    def __init__(self, directory: str, session: str, targets: dict[int, int]) -> None:
        """Starts it. `targets`: from the kernel's descriptors 1 and 2 to those of this process that
        are written to. They are duplicated: their owner may close them.
        """
        self._directory = directory
        self._session = session
        self._targets = _duplicates(targets)
        self._running = _thread.allocate_lock()
        if self._targets:
            self._running.acquire()
            _thread.start_new_thread(self._run, ())

    @property
    def over(self) -> bool:
        """True when all was written that the kernel wrote, or cannot be."""
        return not self._running.locked()

    def wait(self, timeout: float) -> None:
        """Waits until it is over, at most `timeout` seconds."""
        if self._running.acquire(timeout=timeout):
            self._running.release()

    def _run(self) -> None:
        try:
            # A client in the background may write to its terminal even where `stty tostop` is set:
            # nobody may be stopped for the sake of a copy.
            signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTTOU])
            with Control(self._directory) as control:
                control.send("echo", id=self._session)
                while self._targets and "over" not in (answer := control.receive(None)):
                    self._copy(answer)
        except GatewayError:
            pass  # the gateway is gone, and what it had not sent with it
        finally:
            for target in self._targets.values():
                os.close(target)
            self._running.release()

    def _copy(self, answer: dict[str, Any]) -> None:
        if answer["lost"]:
            # Standard error, where there is one: what reads standard output may be a program.
            self._write(
                max(self._targets),
                f"\npenstock: {answer['lost']} bytes from the kernel are missing here, they came"
                " faster than they could be written\n".encode(),
            )
        self._write(answer["fd"], binascii.a2b_base64(answer["data"]))

    def _write(self, fd: int, data: bytes) -> None:
        target = self._targets.get(fd)
        if target is None:
            return
        try:
            while data:
                data = data[_write_some(target, data) :]
        except OSError:
            # A closed pipe, a full disk, a terminal that hung up: nobody can be told.
            os.close(self._targets.pop(fd))


def targets(stdout: Any, stderr: Any) -> dict[int, int]:
    """Where a process that is started with these arguments of subprocess.Popen would write: from
    its descriptors 1 and 2 to those of this process. What leads nowhere is left out: DEVNULL, and
    PIPE, since there is no process whose end of it anybody could read.
    """
    given = {1: 1 if stdout is None else stdout, 2: 2 if stderr is None else stderr}
    if stderr == _STDOUT:
        given[2] = given[1]
    found = {}
    for fd, wanted in given.items():
        target = _descriptor(wanted)
        if target is not None and _leads_somewhere(target):
            found[fd] = target
    return found


def _descriptor(given: Any) -> int | None:
    if isinstance(given, int):
        return None if given in (_PIPE, _STDOUT, _DEVNULL) else given
    try:
        return int(given.fileno())
    except ValueError:
        return None  # the file was closed since the kernel's first start


def _leads_somewhere(fd: int) -> bool:
    try:
        status = os.fstat(fd)
    except OSError:
        return False  # this process was started without it
    return not (stat.S_ISCHR(status.st_mode) and status.st_rdev == os.stat(os.devnull).st_rdev)


def _duplicates(targets: dict[int, int]) -> dict[int, int]:
    found = {}
    for fd, target in targets.items():
        try:
            found[fd] = os.dup(target)
        except OSError:
            pass  # closed meanwhile, or no descriptor is left: the kernel matters more than a copy
    return found


def _write_some(fd: int, data: bytes) -> int:
    try:
        return os.write(fd, data)
    except BlockingIOError:  # whoever shares it made it non-blocking
        waiting = select.poll()
        waiting.register(fd, select.POLLOUT)
        waiting.poll()
        return 0
