"""The zygotes: one process per Python environment that forks workers in milliseconds."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Callable

from .jvm import open_log
from .log import Log
from .loop import READ, Loop
from .peer import LinePeer
from .processes import exit_text, send, spawn

TYPE_CHECKING = False  # typing itself is not imported: it would cost more than all of this module
if TYPE_CHECKING:
    from typing import Any

START_TIMEOUT = 55.0
"""Seconds in which a zygote must be ready: a cold disk and a long preload list take their time."""

FORK_TIMEOUT = 20.0
"""Seconds in which a fork must be answered; a zygote that does not is killed."""

RETIRE_GRACE = 2.0
"""Seconds that a zygote has to exit after the end of its socket."""

STDERR_TAIL = 8192
"""Bytes of a zygote's last words that are kept."""

SOCKET_FD = 3

Answer = Callable[["dict[str, Any]"], None]


class Zygote:
    """One zygote process: its socket, the forks it has not answered, and its last words."""

    def __init__(self, loop: Loop, log: Log, key: str, start_only: dict[str, Any]) -> None:
        self.key = key
        self.start_only = start_only
        self.pid = 0
        self.ready = False
        self.retired = False
        self._hangs = False
        self.waiting: list[Answer] = []
        self._loop = loop
        self._log = log
        self._peer: LinePeer | None = None
        self._forks: dict[int, Callable[[int | None, dict[str, Any]], None]] = {}
        self._next = 0
        self._stderr = b""
        self._stderr_fd = -1

    def start(self, argv: list[str], env: dict[str, str]) -> None:
        """Starts the process. Raises OSError."""
        ours, theirs = socket.socketpair()
        self._stderr_fd, write = os.pipe()
        os.set_blocking(self._stderr_fd, False)
        try:
            fds = {1: write, 2: write, SOCKET_FD: theirs.fileno()}
            self.pid = spawn([*argv, "--fd", str(SOCKET_FD)], env, fds)
        except OSError:
            ours.close()
            os.close(self._stderr_fd)
            raise
        finally:
            theirs.close()
            os.close(write)
        self._peer = LinePeer(self._loop, ours, self._received, self._closed)
        self._loop.watch(self._stderr_fd, READ, self._read_stderr)
        self._loop.later(START_TIMEOUT, self._check_ready)

    def fork(
        self, spec: dict[str, Any], done: Callable[[int | None, dict[str, Any]], None]
    ) -> None:
        """Asks for a fork; `done(pid, answer)` is called once, with pid None when there is no
        worker.
        """
        self._next += 1
        number = self._next
        self._forks[number] = done
        if self._peer is not None:
            self._peer.send({"op": "fork", "id": number, "spec": spec})
        self._loop.later(FORK_TIMEOUT, lambda: self._check_fork(number))

    @property
    def pending(self) -> int:
        """Forks that are not answered yet."""
        return len(self._forks)

    def end(self) -> None:
        """Ends the requests, upon which a zygote exits; one that does not is killed. Its last forks
        are answered.
        """
        if self._peer is not None:
            self._peer.finish()
        pid = self.pid

        def kill() -> None:
            if self.pid == pid:
                send(pid, signal.SIGKILL)

        self._loop.later(RETIRE_GRACE, kill)

    def exited(self, code: int) -> str:
        """The process was reaped. Answers everybody who waits and returns its last words."""
        self.pid = 0
        if self._peer is not None:
            self._peer.drain()
            self._peer.close()
        self._read_stderr(READ)
        self._close_stderr()
        words = self._stderr.decode("utf-8", "replace").strip()
        # The last line of a traceback says what is wrong; all of it is in zygote.log.
        reason = words.rpartition("\n")[2] or exit_text(code)
        text = f"the zygote ended: {reason}"
        for answer in self.waiting:
            answer({"ok": False, "code": "start", "error": text})
        self.waiting.clear()
        forks, self._forks = self._forks, {}
        for done in forks.values():
            done(None, {"ok": False, "code": "gone", "error": text})
        return words

    def _received(self, message: dict[str, Any]) -> None:
        if message.get("event") == "ready":
            self.ready = True
            self._log("info", "zygote-ready", key=self.key, pid=self.pid)
            for answer in self.waiting:
                answer(self.state())
            self.waiting.clear()
            return
        done = self._forks.pop(message.get("id", 0), None)
        if done is None:
            self._log("warn", "zygote-protocol", key=self.key, pid=self.pid)
        elif message.get("ok") and isinstance(message.get("pid"), int):
            done(message["pid"], {})
        else:
            error = {
                "ok": False,
                "code": message.get("code", "fork"),
                "error": message.get("error", ""),
            }
            done(None, error)

    def state(self) -> dict[str, Any]:
        """Answer of the `zygote` request."""
        return {"ok": True, "pid": self.pid, "start_only": self.start_only}

    def _closed(self, reason: str) -> None:
        # It exits when it closes its socket; one that broke the protocol must, too.
        if reason and self.pid:
            self._log("error", "zygote-protocol", key=self.key, pid=self.pid, reason=reason)
            send(self.pid, signal.SIGKILL)

    def _check_ready(self) -> None:
        if not self.ready and self.pid:
            self._log("error", "zygote-not-ready", key=self.key, pid=self.pid)
            send(self.pid, signal.SIGKILL)

    def _check_fork(self, number: int) -> None:
        if number in self._forks and self.pid and not self._hangs:
            self._hangs = True
            self._log("error", "zygote-hangs", key=self.key, pid=self.pid)
            send(self.pid, signal.SIGKILL)

    def _read_stderr(self, _events: int) -> None:
        try:
            while data := os.read(self._stderr_fd, 65536):
                self._stderr = (self._stderr + data)[-STDERR_TAIL:]
        except BlockingIOError:
            return  # more may come
        self._loop.forget(self._stderr_fd)  # every writer is gone; closed when the exit is reaped

    def _close_stderr(self) -> None:
        self._loop.forget(self._stderr_fd)
        os.close(self._stderr_fd)


class Zygotes:
    """All zygotes by key. `on_exit(key, code, stderr)` tells an end that nobody asked for."""

    def __init__(
        self, loop: Loop, log: Log, words_path: str, on_exit: Callable[[str, int, str], None]
    ) -> None:
        self._loop = loop
        self._log = log
        self._words_path = words_path
        self._on_exit = on_exit
        self._by_key: dict[str, Zygote] = {}
        self._by_pid: dict[int, Zygote] = {}

    @property
    def pending(self) -> bool:
        """True while a fork is not answered: exits of unknown processes may then be those of its
        worker.
        """
        return any(zygote.pending for zygote in self._by_pid.values())

    def __len__(self) -> int:
        return len(self._by_pid)

    def ask(self, request: dict[str, Any], answer: Answer) -> None:
        """The `zygote` request: starts one unless there is one of that key; answers when it is
        ready.
        """
        key = request["key"]
        zygote = self._by_key.get(key)
        if zygote is None:
            zygote = Zygote(self._loop, self._log, key, request["start_only"])
            try:
                zygote.start(request["argv"], request["env"])
            except OSError as error:
                message = f"cannot start {request['argv'][0]}: {error.strerror}"
                answer({"ok": False, "code": "start", "error": message})
                return
            self._by_key[key] = zygote
            self._by_pid[zygote.pid] = zygote
        if zygote.ready:
            answer(zygote.state())
        else:
            zygote.waiting.append(answer)

    def get(self, key: str) -> Zygote | None:
        """The zygote of a key that can fork now."""
        zygote = self._by_key.get(key)
        return zygote if zygote is not None and zygote.ready else None

    def retire(self, key: str) -> None:
        """Ends the zygote of a key, which is free again at once. A key without one is no error."""
        zygote = self._by_key.pop(key, None)
        if zygote is not None:
            zygote.retired = True
            zygote.end()

    def end_all(self) -> None:
        """Retires every zygote."""
        for key in list(self._by_key):
            self.retire(key)

    def exited(self, pid: int, code: int) -> bool:
        """A child was reaped; false if it is no zygote."""
        zygote = self._by_pid.pop(pid, None)
        if zygote is None:
            return False
        words = zygote.exited(code)
        if not zygote.retired:
            del self._by_key[zygote.key]
            self._keep(words)
            self._log("error", "zygote-exit", key=zygote.key, pid=pid, exit=code)
            self._on_exit(zygote.key, code, words)
        return True

    def _keep(self, words: str) -> None:
        """Appends the last words of a zygote to zygote.log, for the person who has to mend it."""
        try:
            fd = open_log(self._words_path)
        except OSError as error:
            self._log("warn", "zygote-words-lost", error=str(error))
            return
        with open(fd, "w", encoding="utf-8", errors="replace") as file:
            file.write(words + "\n")
