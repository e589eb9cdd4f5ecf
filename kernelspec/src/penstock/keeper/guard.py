"""The guard: a keeper for one worker, started by a client whose surroundings are others than the
keeper's (docs/local-sockets.md, "Guard").

It is a child of the client, so the worker, its own child, has the client's cgroup, namespaces,
groups and privileges. It connects to the gateway, which then asks it as it asks the keeper. Guard
and worker end with that connection, and with the client unless the kernel is independent.

What the worker leaves behind becomes the guard's, which is a subreaper: a client that is process 1
of its PID namespace reaps nobody.
"""

from __future__ import annotations

import os
import signal
import socket

from ..surroundings import namespace
from .log import Log
from .loop import READ, Loop
from .peer import LinePeer
from .processes import reap, send_group
from .requests import WorkerRequests
from .sessions import Sessions
from .starter import Starter
from .workers import Workers

TYPE_CHECKING = False  # typing itself is not imported: it would cost more than all of this module
if TYPE_CHECKING:
    from typing import Any

UNUSED_TIMEOUT = 150.0
"""Seconds until a guard that was asked for no worker ends; its client may have died."""

END_TIMEOUT = 5.0
"""Seconds after which the guard exits even if the worker cannot be killed (it hangs in the kernel).
"""

SETTLE = 0.05
"""Seconds between two looks whether the worker's process group is empty."""

OWNER_POLL = 0.5
"""Seconds between two looks at the owner where the system has no pidfd."""


class Guard:
    """Owns the loop and the worker. `config` is what `penstock.client.guard` sent. Raises OSError
    when the gateway cannot be reached, ValueError for an owner that cannot be watched.
    """

    def __init__(self, loop: Loop, log: Log, config: dict[str, Any], starter: Starter) -> None:
        self.loop = loop
        self._log = log
        self._starter = starter
        self._owner: int | None = config["owner"]
        self._owner_fd = -1
        self._group = 0
        self._ending = False
        self.sessions = Sessions(os.path.join(config["dir"], "sessions"))
        self.workers = Workers(loop, log, self.sessions, self._tell)
        self._requests = WorkerRequests(self, log)
        loop.on_signals(
            {
                signal.SIGCHLD: self._reap,
                signal.SIGTERM: lambda: self.end("its guard was told to end"),
                signal.SIGINT: lambda: None,
                signal.SIGHUP: lambda: None,
            }
        )
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        sock.connect(os.path.join(config["dir"], "gateway.sock"))
        self._gateway = LinePeer(loop, sock, self._received, self._closed)
        self._watch_owner()
        hello = {"op": "guard", "name": config["name"], "pid": os.getpid()}
        self._gateway.send({**hello, "pid_namespace": namespace("pid")})
        loop.later(UNUSED_TIMEOUT, self._check_used)

    def end(self, cause: str) -> None:
        """Ends the worker and then the guard. Further calls change nothing."""
        if not self._ending:
            self._ending = True
            self._starter.failed(cause, "")
            self.workers.end_all(cause)
            self.loop.later(END_TIMEOUT, self._stop)
            self._settle()

    def _received(self, message: dict[str, Any]) -> None:
        if not self._starter.waiting:
            self._requests.handle(self._gateway, message)
        elif message.get("ok"):
            self._log("info", "guard-started", pid=os.getpid(), owner=self._owner)
            self._starter.succeeded()
        else:
            self.end("the gateway did not take the guard")

    def _closed(self, reason: str) -> None:
        if reason:
            self._log("warn", "guard-closed", reason=reason)
        # The session is over; a worker that still lives has lost its gateway.
        self.end("the gateway ended")

    def _tell(self, event: dict[str, Any]) -> None:
        if event["event"] == "exit":
            self._group = event["pid"]
        self._gateway.send(event)

    def _watch_owner(self) -> None:
        if self._owner is None:
            return
        try:
            self._owner_fd = os.pidfd_open(self._owner)
            self.loop.watch(self._owner_fd, READ, lambda _events: self._owner_gone())
        except (AttributeError, OSError):  # no pidfd here, or it has just ended
            self._look_at_owner()
        # Looked at after it was opened: from here on the number means the same process.
        if os.getppid() != self._owner:
            raise ValueError(
                "its parent has ended, or sees other process ids (unshare --pid needs --fork)"
            )

    def _look_at_owner(self) -> None:
        if os.getppid() != self._owner:
            self._owner_gone()
        else:
            self.loop.later(OWNER_POLL, self._look_at_owner)

    def _owner_gone(self) -> None:
        if self._owner_fd >= 0:
            self.loop.forget(self._owner_fd)
        self._tell({"event": "gone", "pid": self._owner})
        self.end(f"its owner, process {self._owner}, is gone")

    def _check_used(self) -> None:
        if not self._group and not len(self.workers):
            self.end("no worker was asked for")

    def _reap(self) -> None:
        for pid, status, rss_kb in reap():
            self.workers.exited(pid, status, rss_kb, fork_pending=False)

    def _settle(self) -> None:
        if len(self.workers) or (self._group and send_group(self._group, 0)):
            self.loop.later(SETTLE, self._settle)
        else:
            self._stop()

    def _stop(self) -> None:
        self.sessions.close()
        self._log("info", "guard-ended", pid=os.getpid())
        self.loop.stop()
