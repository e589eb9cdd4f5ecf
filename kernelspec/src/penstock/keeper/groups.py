"""Ending a process group: SIGTERM, a second of grace, SIGKILL."""

from __future__ import annotations

import signal
import time

from .loop import Loop
from .processes import send, send_group

GRACE = 1.0
"""Seconds between SIGTERM and SIGKILL."""

LOOK = 0.05
"""Seconds between two looks whether the group is empty. A number is not used again while a group
has it, and not within so short a time after, so the SIGKILL cannot hit strangers.
"""


def end_group(loop: Loop, pgid: int) -> None:
    """Ends everything in the group without waiting for it. `pgid` is the pid of its (perhaps dead)
    leader.
    """
    if send_group(pgid, signal.SIGTERM):
        send_group(pgid, signal.SIGCONT)  # a stopped process gets SIGTERM only when it goes on
        _look_again(loop, pgid, time.monotonic() + GRACE)


def end_leader(loop: Loop, pid: int) -> None:
    """As `end_group` for a live worker; one that has no group yet (just forked) is signalled
    itself.
    """
    if send_group(pid, 0):
        end_group(loop, pid)
    else:
        send(pid, signal.SIGKILL)


def _look_again(loop: Loop, pgid: int, deadline: float) -> None:
    def look() -> None:
        if time.monotonic() >= deadline:
            send_group(pgid, signal.SIGKILL)
        elif send_group(pgid, 0):
            loop.later(LOOK, look)

    loop.later(LOOK, look)
