"""What outlives a worker on disk: its FIFOs and, once it ended, exit.json."""

from __future__ import annotations

import json
import os
import shutil
import time

LANES = ("out", "err")
KEEP_SECONDS = 3600
"""How long the exit.json of a session outlives its gateway."""


class Sessions:
    """The folder `sessions/` of a runtime directory. The keeper holds every FIFO open for reading
    and writing: a worker never gets SIGPIPE, and what it wrote last can still be read when it is
    gone.
    """

    def __init__(self, root: str) -> None:
        self._root = root
        self._held: dict[str, list[int]] = {}

    def sweep(self) -> None:
        """Removes what earlier gateways left, but the news of a death that someone may still ask
        for, and not what a guard holds.
        """
        os.makedirs(self._root, 0o700, exist_ok=True)
        for name in set(os.listdir(self._root)) - self._held.keys():
            folder = os.path.join(self._root, name)
            if any(_has_reader(os.path.join(folder, lane)) for lane in LANES):
                continue
            try:
                written = os.stat(os.path.join(folder, "exit.json")).st_mtime
            except OSError:
                written = 0.0  # it never ended in order: nothing to tell
            if time.time() - written > KEEP_SECONDS:
                shutil.rmtree(folder, ignore_errors=True)

    def open(self, session: str, lanes: list[str]) -> None:
        """Makes the FIFOs of a session and holds them; those it already holds stay (a restart in
        place).

        Raises ValueError for a path outside the session's folder and OSError when a FIFO cannot be
        made.
        """
        folder = self.folder(session)
        if lanes != [os.path.join(folder, name) for name in LANES]:
            raise ValueError(
                f"the lanes of session {session} must be {' and '.join(LANES)} in {folder}"
            )
        _remove(os.path.join(folder, "exit.json"))
        if session in self._held:
            return
        os.makedirs(folder, 0o700, exist_ok=True)
        held: list[int] = []
        try:
            for lane in lanes:
                _remove(lane)
                os.mkfifo(lane, 0o600)
                held.append(os.open(lane, os.O_RDWR | os.O_NONBLOCK))
        except OSError:
            for fd in held:
                os.close(fd)
            raise
        self._held[session] = held

    def release(self, session: str) -> None:
        """Closes and removes the FIFOs of one session; exit.json stays. A session that is not known
        is no error.
        """
        folder = self.folder(session)
        for fd in self._held.pop(session, ()):
            os.close(fd)
        for name in LANES:
            _remove(os.path.join(folder, name))
        try:
            os.rmdir(folder)
        except OSError:
            pass  # exit.json is in it, or it is gone

    def ended(self, session: str, code: int, cause: str) -> None:
        """Writes exit.json, whole or not at all. Raises OSError."""
        path = os.path.join(self.folder(session), "exit.json")
        with open(path + ".new", "w", encoding="utf-8") as file:
            json.dump({"exit": code, "cause": cause}, file)
        os.replace(path + ".new", path)

    def close(self) -> None:
        """Releases all sessions."""
        for session in list(self._held):
            self.release(session)

    def folder(self, session: str) -> str:
        """Folder of a session. Raises ValueError for an id that is not one plain file name."""
        if not session or session != os.path.basename(session) or session in (".", ".."):
            raise ValueError(f"not a session id: {session!r}")
        return os.path.join(self._root, session)


def _has_reader(fifo: str) -> bool:
    try:
        os.close(os.open(fifo, os.O_WRONLY | os.O_NONBLOCK | os.O_NOFOLLOW))
    except OSError:
        return False  # ENXIO: nobody holds it; or it is not there
    return True


def _remove(path: str) -> None:
    try:
        os.unlink(path)
    except FileNotFoundError:
        pass  # that is what was wanted
