"""Starting, signalling and naming processes."""

from __future__ import annotations

import fcntl
import os
import signal
import sys
from collections.abc import Iterator

TYPE_CHECKING = False  # typing itself is not imported: it would cost more than all of this module
if TYPE_CHECKING:
    import resource
    from typing import Any

LOWEST_FREE = 10
"""Descriptors that are handed to children are first moved to this or above, so that no target hides
a source.
"""

_DEFAULTED = [s for s in signal.valid_signals() if s not in (signal.SIGKILL, signal.SIGSTOP)]


def spawn(
    argv: list[str], env: dict[str, str], fds: dict[int, int], terminal: str | None = None
) -> int:
    """Starts a process in a session of its own and returns its pid, or raises OSError.

    `fds` maps descriptors of the child to descriptors of this process; 0, 1 and 2 that are missing
    are /dev/null, nothing else is inherited. A `terminal` (path of its device) takes the place of
    /dev/null and controls the session. All signals have their default action and none is blocked.
    `posix_spawn` does not copy this process, and tells at once when the program cannot be run.
    """
    raised = {
        target: fcntl.fcntl(source, fcntl.F_DUPFD_CLOEXEC, LOWEST_FREE)
        for target, source in fds.items()
    }
    # The first terminal that the leader of a session opens is the one that controls it.
    actions: list[tuple[Any, ...]] = [
        (os.POSIX_SPAWN_OPEN, target, terminal or os.devnull, os.O_RDWR, 0)
        for target in range(3)
        if target not in fds
    ]
    actions += [(os.POSIX_SPAWN_DUP2, source, target) for target, source in raised.items()]
    try:
        try:
            return os.posix_spawn(
                argv[0],
                argv,
                env,
                file_actions=actions,
                setsid=True,
                setsigmask=[],
                setsigdef=_DEFAULTED,
            )
        except (
            NotImplementedError
        ):  # a C library without POSIX_SPAWN_SETSID: a group of its own is the next best
            return os.posix_spawn(
                argv[0],
                argv,
                env,
                file_actions=actions,
                setpgroup=0,
                setsigmask=[],
                setsigdef=_DEFAULTED,
            )
    finally:
        for fd in raised.values():
            os.close(fd)


def reap() -> Iterator[tuple[int, int, int]]:
    """`(pid, wait status, largest resident kB)` of each child that has ended by now."""
    while True:
        try:
            pid, status, usage = os.wait4(-1, os.WNOHANG)
        except ChildProcessError:
            return  # no child at all
        if pid == 0:
            return  # children, but none that has ended
        yield pid, status, rss_kb(usage)


def exit_code(status: int) -> int:
    """Exit code of a wait status, or minus the signal's number."""
    return os.waitstatus_to_exitcode(status)


def exit_text(code: int) -> str:
    """What an exit code (or minus a signal) means, for people."""
    if code >= 0:
        return f"exit code {code}"
    try:
        return f"killed by signal {-code} ({signal.Signals(-code).name})"
    except ValueError:  # a real-time signal has no name
        return f"killed by signal {-code}"


def rss_kb(usage: resource.struct_rusage) -> int:
    """The highest resident memory of a process that was reaped, in kB: macOS tells it in bytes."""
    return usage.ru_maxrss // 1024 if sys.platform == "darwin" else usage.ru_maxrss


def send_group(pgid: int, number: int) -> bool:
    """Signals a process group; false when nothing (or nothing that is ours) is left in it."""
    try:
        os.killpg(pgid, number)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def send(pid: int, number: int) -> bool:
    """Signals one process; false when it is gone."""
    try:
        os.kill(pid, number)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def set_subreaper() -> bool:
    """Makes orphaned descendants children of this process (Linux only); false elsewhere."""
    try:
        import ctypes

        pr_set_child_subreaper = 36
        return ctypes.CDLL(None, use_errno=True).prctl(pr_set_child_subreaper, 1, 0, 0, 0) == 0
    except (ImportError, OSError, AttributeError):  # no ctypes, or a C library without prctl
        return False
