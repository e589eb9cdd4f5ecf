"""Makes the AOT cache of the gateway (JEP 514) once, in the background, at the lowest priority.

The cache only makes later starts faster. So whatever goes wrong here is logged once, leaves
`<cache>.failed` behind, and is not tried again for the same key (Java build, jar, flags).
"""

from __future__ import annotations

import fcntl
import os
import signal
import time

from .groups import end_group
from .jvm import open_log
from .log import Log, tail
from .loop import Loop
from .processes import exit_text, send_group, spawn

DELAY = 5.0
"""Seconds after the gateway is up: the user's first cells come first."""

TIMEOUT = 300.0
KEEP_SECONDS = 60 * 24 * 3600
"""Caches that no start has used for so long (their time is set at each use) are removed."""


class Training:
    """One training run. `argv` has the placeholder `{output}` where the path of the new cache
    belongs.
    """

    def __init__(
        self, loop: Loop, log: Log, cache: str, argv: list[str], env: dict[str, str]
    ) -> None:
        self._loop = loop
        self._log = log
        self._cache = cache
        self._argv = argv
        self._env = env
        self._new = f"{cache}.new"
        self._words = f"{cache}.out"
        self._lock = -1
        self.pid = 0

    def start(self) -> None:
        """Starts the run unless the cache is there, failed before, or is being made by somebody
        else.
        """
        try:
            os.makedirs(os.path.dirname(self._cache), 0o700, exist_ok=True)
            self._lock = os.open(
                f"{self._cache}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600
            )
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if not os.path.exists(self._cache) and not os.path.exists(f"{self._cache}.failed"):
                self._spawn()
        except BlockingIOError:
            pass  # another keeper is at it
        except OSError as error:
            self._log("warn", "aot-not-started", error=str(error))
        if not self.pid:
            self._unlock()

    def end(self) -> None:
        """Ends a run that is under way, for the next gateway to do."""
        if self.pid:
            end_group(self._loop, self.pid)

    def exited(self, code: int, wanted: bool) -> None:
        """The run was reaped; `wanted` says that the keeper is not itself ending it."""
        self.pid = 0
        try:
            if code == 0 and os.path.getsize(self._new) > 0:
                os.replace(self._new, self._cache)
                self._log("info", "aot-cache", path=self._cache)
                self._prune()
            elif wanted:
                reason = f"{exit_text(code)}: {tail(self._words, 500)}"
                self._fail(reason)
        except OSError as error:
            self._fail(str(error))
        for path in (self._new, self._words):
            if os.path.exists(path):
                os.unlink(path)
        self._unlock()

    def _spawn(self) -> None:
        argv = [part.replace("{output}", self._new) for part in self._argv]
        words = open_log(self._words)
        try:
            self.pid = spawn(argv, self._env, {1: words, 2: words})
        finally:
            os.close(words)
        os.setpriority(os.PRIO_PROCESS, self.pid, 19)
        pid = self.pid

        def give_up() -> None:
            if self.pid == pid:
                send_group(pid, signal.SIGKILL)

        self._loop.later(TIMEOUT, give_up)

    def _fail(self, reason: str) -> None:
        self._log("warn", "aot-failed", error=reason)
        try:
            with open(f"{self._cache}.failed", "w", encoding="utf-8") as file:
                file.write(reason + "\n")
        except OSError:
            pass  # a full disk: it may be tried again, which does no harm

    def _prune(self) -> None:
        folder = os.path.dirname(self._cache)
        for name in os.listdir(folder):
            path = os.path.join(folder, name)
            if time.time() - os.stat(path).st_mtime > KEEP_SECONDS:
                os.unlink(path)

    def _unlock(self) -> None:
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1
