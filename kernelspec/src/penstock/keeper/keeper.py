"""The keeper itself: answers the gateway's requests, reaps children, and ends everything when its
time has come.
"""

from __future__ import annotations

import os
import signal
import socket

from .jvm import start_jvm
from .leases import Leases
from .listener import Listener
from .log import Log, tail
from .loop import Loop
from .peer import LinePeer
from .processes import exit_text, reap, send
from .requests import Requests
from .sessions import KEEP_SECONDS, Sessions
from .starter import Starter
from .training import DELAY, Training
from .workers import Workers
from .zygotes import Zygotes

TYPE_CHECKING = False  # typing itself is not imported: it would cost more than all of this module
if TYPE_CHECKING:
    from typing import Any

JVM_GRACE = 60.0
"""Seconds that the gateway has to exit after `leave`: a training run writes its AOT cache then."""

END_TIMEOUT = 5.0
"""Seconds after which the keeper exits even if a child cannot be killed (it hangs in the kernel).
"""

SETTLE = 0.05
"""Seconds between two looks whether everything has ended."""


class Keeper:
    """Owns the loop and all children. Made once per process, by `startup.main`."""

    def __init__(
        self, loop: Loop, log: Log, config: dict[str, Any], starter: Starter, lock_fd: int
    ) -> None:
        self.loop = loop
        self._log = log
        self._config = config
        self._starter = starter
        self._dir: str = config["dir"]
        self._gateway: LinePeer | None = None
        self._training: Training | None = None
        self._leaving = False
        self._ending = False
        self.sessions = Sessions(os.path.join(self._dir, "sessions"))
        self._sweep()
        self.workers = Workers(loop, log, self.sessions, self._tell)
        self.zygotes = Zygotes(loop, log, os.path.join(self._dir, "zygote.log"), self._zygote_exit)
        self.leases = Leases(loop, lambda pid: self._tell({"event": "gone", "pid": pid}))
        self._requests = Requests(self, log)
        loop.on_signals(
            {
                signal.SIGCHLD: self._reap,
                signal.SIGTERM: lambda: self.end("the keeper was told to end"),
                signal.SIGINT: lambda: None,
                signal.SIGHUP: lambda: None,
            }
        )
        self._listener = Listener(loop, log, os.path.join(self._dir, "keeper.sock"), self._accept)
        # The gateway and the first zygote start side by side: each needs some hundred milliseconds.
        self._jvm_log = os.path.join(self._dir, "jvm.log")
        self._jvm = start_jvm(config["jvm"]["argv"], config["jvm"]["env"], self._jvm_log, lock_fd)
        if config.get("zygote"):
            self.zygotes.ask(config["zygote"], lambda _answer: None)
        log("info", "started", pid=os.getpid(), jvm=self._jvm, version=config["version"])

    def hello(self, peer: LinePeer) -> None:
        """The gateway listens: it gets the events from now on, and the waiting starter is told."""
        self._gateway = peer
        self._starter.succeeded()
        training = self._config.get("aot")
        if training and self._training is None:
            self._training = Training(
                self.loop,
                self._log,
                training["cache"],
                training["argv"],
                self._config["jvm"]["env"],
            )
            self.loop.later(DELAY, self._train)

    def leave(self) -> None:
        """Ends zygotes and workers; the keeper exits when the gateway has."""
        if not self._leaving:
            self._leaving = True
            self._end_children("the gateway was stopped")
            self.loop.later(JVM_GRACE, self._kill_jvm)

    def end(self, cause: str) -> None:
        """Ends all children and then the keeper. Further calls change nothing."""
        if not self._ending:
            self._ending = True
            self._starter.failed(cause, tail(self._jvm_log, 2000))
            self._listener.close()
            self._end_children(self.workers.end_cause or cause)
            if self._jvm:
                send(self._jvm, signal.SIGTERM)
            self.loop.later(END_TIMEOUT, self._stop)
            self._settle()

    def _kill_jvm(self) -> None:
        if self._jvm:
            send(self._jvm, signal.SIGKILL)

    def _sweep(self) -> None:
        self.sessions.sweep()
        self.loop.later(KEEP_SECONDS, self._sweep)

    def _train(self) -> None:
        if self._training is not None and not self._leaving and not self._ending:
            self._training.start()

    def _accept(self, sock: socket.socket) -> None:
        def received(message: dict[str, Any]) -> None:
            self._requests.handle(peer, message)

        def closed(reason: str) -> None:
            if self._gateway is peer:
                self._gateway = None
            if reason:
                self._log("warn", "peer-closed", reason=reason)

        peer = LinePeer(self.loop, sock, received, closed)

    def _tell(self, event: dict[str, Any]) -> None:
        if self._gateway is not None:
            self._gateway.send(event)

    def _zygote_exit(self, key: str, code: int, stderr: str) -> None:
        self._tell({"event": "zygote-exit", "key": key, "exit": code, "stderr": stderr})

    def _reap(self) -> None:
        for pid, status, rss_kb in reap():
            self._reaped(pid, status, rss_kb)

    def _reaped(self, pid: int, status: int, rss_kb: int) -> None:
        code = os.waitstatus_to_exitcode(status)
        if pid == self._jvm:
            self._jvm = 0
            self._jvm_exited(code)
        elif self._training is not None and pid == self._training.pid:
            self._training.exited(code, wanted=not (self._leaving or self._ending))
        elif not self.zygotes.exited(pid, code):
            self.workers.exited(pid, status, rss_kb, self.zygotes.pending)

    def _jvm_exited(self, code: int) -> None:
        self._log("info" if self._leaving else "error", "gateway-exit", exit=code)
        self.end(f"the gateway ended: {exit_text(code)}")

    def _end_children(self, cause: str) -> None:
        self.workers.end_all(cause)
        self.zygotes.end_all()
        if self._training is not None:
            self._training.end()

    def _settle(self) -> None:
        training = self._training is not None and self._training.pid
        if self._jvm or len(self.workers) or len(self.zygotes) or training:
            self.loop.later(SETTLE, self._settle)
        else:
            self._stop()

    def _stop(self) -> None:
        self.sessions.close()
        self._log("info", "ended")
        self.loop.stop()
