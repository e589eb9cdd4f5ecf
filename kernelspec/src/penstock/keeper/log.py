"""keeper.log: one JSON object per line, mode 0600, never the code or output of users."""

from __future__ import annotations

import json
import os
import time

MAX_BYTES = 1024 * 1024
"""The log is renamed to `<name>.1` (replacing the one before) when it grows past this."""


class Log:
    """Appends to one file. A full disk loses lines, never the keeper."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._fd = self._open()

    def __call__(self, level: str, event: str, **fields: object) -> None:
        """Writes one line: `time` (UTC), `level` (info, warn, error), `event`, the given fields."""
        now = time.time()
        stamp = (
            time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(now)) + f".{int(now * 1000) % 1000:03d}Z"
        )
        line = json.dumps({"time": stamp, "level": level, "event": event, **fields}, default=str)
        try:
            os.write(self._fd, line.encode("ascii") + b"\n")
            if os.fstat(self._fd).st_size > MAX_BYTES:
                self._rotate()
        except OSError:
            pass  # nowhere left to tell it

    def _open(self) -> int:
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW
        return os.open(self._path, flags, 0o600)

    def _rotate(self) -> None:
        # Keeper and guards write the same file: another one may have renamed it before.
        if os.path.samestat(os.stat(self._path), os.fstat(self._fd)):
            os.replace(self._path, self._path + ".1")
        os.close(self._fd)
        self._fd = self._open()


def tail(path: str, size: int = 4096) -> str:
    """The last `size` bytes of a file as text, "" when it cannot be read."""
    try:
        with open(path, "rb") as file:
            file.seek(0, os.SEEK_END)
            file.seek(max(0, file.tell() - size))
            return file.read().decode("utf-8", "replace").strip()
    except OSError:
        return ""  # it is only used to explain another failure
