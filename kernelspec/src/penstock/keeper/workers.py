"""The workers: which pid belongs to which session, and what is known about each end."""

from __future__ import annotations

import os
import signal
from collections import OrderedDict
from collections.abc import Callable

from .groups import end_group, end_leader
from .log import Log
from .loop import Loop
from .memory import Blame, Memory, MemoryLimit, size_text
from .processes import exit_code, exit_text, send, send_group
from .sessions import Sessions

TYPE_CHECKING = False  # typing itself is not imported: it would cost more than all of this module
if TYPE_CHECKING:
    from typing import Any

MAX_UNCLAIMED = 1024
"""Exits that came while a fork was on its way, of processes that no fork has named (yet)."""


class Worker:
    """One live worker process; it leads the process group and session of its own pid."""

    __slots__ = ("killed", "limit", "pid", "session")

    def __init__(self, pid: int, session: str, limit: MemoryLimit | None) -> None:
        self.pid = pid
        self.session = session
        self.limit = limit
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
        self.memory = Memory(loop, log)
        self.end_cause = ""
        """Why workers end from now on, when not for a reason of their own ("the gateway ended")."""

    def __len__(self) -> int:
        """Live workers, and those whose cgroup is not removed yet."""
        return len(self._live) + self.memory.leaving

    def add(self, pid: int, session: str, limit: MemoryLimit | None) -> Callable[[], None]:
        """Takes over a new worker with the limit that was made for it. The caller answers its
        request and then calls the function that comes back: it tells the exit of a worker that was
        gone before its pid was known.
        """
        self._live[pid] = Worker(pid, session, limit)
        self.memory.rebase()
        if limit is not None:
            limit.started(pid)
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

    def end_all(self, cause: str) -> None:
        """Ends every worker; `cause` goes to their exit.json."""
        self.end_cause = cause
        for worker in self._live.values():
            worker.killed = True
            end_leader(self._loop, worker.pid)

    def _ended(self, pid: int, status: int, rss_kb: int) -> None:
        worker = self._live.pop(pid)
        code = exit_code(status)
        blame = self.memory.blame(code, worker.killed, worker.limit)
        end_group(self._loop, pid)
        if worker.limit is not None:
            worker.limit.ended()
        cause = self.end_cause or _cause(code, blame, worker.limit)
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
            "oom": blame.oom,
            "limit": blame.limit,
            "certain": blame.certain,
            "rss_kb": rss_kb,
        }
        self._log("info", "worker-exit", **{k: v for k, v in event.items() if k != "event"})
        self._on_exit(event)


def _cause(code: int, blame: Blame, limit: MemoryLimit | None) -> str:
    if blame.limit is not None and limit is not None:
        return f"it used more memory than its limit of {size_text(limit.size)}"
    if blame.oom:
        how = "killed" if blame.certain else "probably killed"
        return f"{how} by the system because memory ran out"
    return exit_text(code)
