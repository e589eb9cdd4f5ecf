"""The workers: which pid belongs to which session, and what is known about each end."""

from __future__ import annotations

import os
import signal
from collections import OrderedDict
from collections.abc import Callable

from .groups import end_group, end_leader
from .limits import MemoryLimits
from .log import Log
from .loop import Loop
from .oom import OomCounter
from .processes import exit_code, exit_text, send, send_group
from .sessions import Sessions

TYPE_CHECKING = False  # typing itself is not imported: it would cost more than all of this module
if TYPE_CHECKING:
    from typing import Any

MAX_UNCLAIMED = 1024
"""Exits that came while a fork was on its way, of processes that no fork has named (yet)."""


class Worker:
    """One live worker process; it leads the process group and session of its own pid."""

    __slots__ = ("killed", "pid", "session")

    def __init__(self, pid: int, session: str) -> None:
        self.pid = pid
        self.session = session
        self.killed = False
        """We sent SIGKILL: an out-of-memory kill is not the cause."""


class Workers:
    """All live workers. `on_exit` gets the exit event of docs/local-sockets.md as a dict."""

    def __init__(
        self, loop: Loop, log: Log, sessions: Sessions, on_exit: Callable[[dict[str, Any]], None]
    ) -> None:
        self._loop = loop
        self._log = log
        self._sessions = sessions
        self._on_exit = on_exit
        self._live: dict[int, Worker] = {}
        self._unclaimed: OrderedDict[int, tuple[int, int]] = OrderedDict()
        self._oom = OomCounter()
        self.limits = MemoryLimits(loop, log)
        self.end_cause = ""
        """Why workers end from now on, when not for a reason of their own ("the gateway ended")."""

    def __len__(self) -> int:
        return len(self._live)

    def add(self, pid: int, session: str) -> Callable[[], None]:
        """Takes over a new worker. The caller answers its request and then calls the function that
        comes back: it tells the exit of a worker that was gone before its pid was known.
        """
        self._live[pid] = Worker(pid, session)
        self._oom.rebase()
        if self.end_cause:  # it was forked while everything else was being ended
            end_leader(self._loop, pid)
        early = self._unclaimed.pop(pid, None)
        return (lambda: None) if early is None else (lambda: self._ended(pid, *early))

    def exited(self, pid: int, status: int, rss_kb: int, fork_pending: bool) -> None:
        """A child was reaped that is none of the keeper's other ones: a worker, or an orphan of
        one.
        """
        if pid in self._live:
            self._ended(pid, status, rss_kb)
        elif fork_pending:
            self._unclaimed[pid] = (status, rss_kb)
            while len(self._unclaimed) > MAX_UNCLAIMED:
                self._unclaimed.popitem(last=False)
        else:
            self._unclaimed.clear()

    def signal(self, pid: int, number: int, group: bool) -> bool:
        """Signals a worker or its whole group; false when it was reaped."""
        worker = self._live.get(pid)
        if worker is None:
            return False
        worker.killed = worker.killed or number == signal.SIGKILL
        # A worker that was forked a moment ago may not lead its group yet.
        return (group and send_group(pid, number)) or send(pid, number)

    def limit(self, pid: int, memory: int) -> bool:
        """Kills the group of `pid` when its resident memory passes `memory` bytes; false when it
        was reaped.
        """
        worker = self._live.get(pid)
        if worker is None:
            return False

        def passed() -> None:
            worker.killed = True

        self.limits.add(pid, memory, passed)
        return True

    def end_all(self, cause: str) -> None:
        """Ends every worker; `cause` goes to their exit.json."""
        self.end_cause = cause
        for worker in self._live.values():
            worker.killed = True
            end_leader(self._loop, worker.pid)

    def _ended(self, pid: int, status: int, rss_kb: int) -> None:
        worker = self._live.pop(pid)
        code = exit_code(status)
        limit = "memory" if self.limits.remove(pid) else None
        oom = code == -signal.SIGKILL and not worker.killed and self._oom.rose()
        end_group(self._loop, pid)
        cause = self.end_cause or _cause(code, limit, oom)
        try:
            self._sessions.ended(worker.session, code, cause)
        except OSError as error:  # a full disk: the event still tells it
            self._log("warn", "exit-not-written", session=worker.session, error=str(error))
        event = {
            "event": "exit",
            "pid": pid,
            "session": worker.session,
            "exit": code,
            "core": os.WCOREDUMP(status),
            "oom": oom,
            "limit": limit,
            "rss_kb": rss_kb,
        }
        self._log("info", "worker-exit", **{k: v for k, v in event.items() if k != "event"})
        self._on_exit(event)


def _cause(code: int, limit: str | None, oom: bool) -> str:
    if limit is not None:
        return "it used more memory than its limit"
    if oom:
        return "probably killed by the system because memory ran out"
    return exit_text(code)
