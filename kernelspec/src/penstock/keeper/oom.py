"""Did the system kill for want of memory? Linux counts such kills in /proc/vmstat."""

from __future__ import annotations


class OomCounter:
    """Compares the counter with its last known value."""

    def __init__(self) -> None:
        self._known = _read()

    def rebase(self) -> None:
        """Forgets kills so far; called when a worker starts, so that only later ones can be blamed
        for its end.
        """
        self._known = _read()

    def rose(self) -> bool:
        """True if there was a kill since the last call (or `rebase`)."""
        now = _read()
        rose = now > self._known
        self._known = now
        return rose


def _read() -> int:
    try:
        with open("/proc/vmstat", "rb") as file:
            for line in file:
                if line.startswith(b"oom_kill "):
                    return int(line.split()[1])
    except OSError:
        pass  # not Linux, or /proc is hidden: then nothing is known, and nothing is claimed
    return 0
