"""The control lane: a parked thread that never waits for the data lane."""

from __future__ import annotations

import threading

from .ending import EXIT_SHUTDOWN, Ending, exit_code
from .frames import FrameType
from .link import Connection, LinkClosed


class ControlThread(threading.Thread):
    """Waits for SHUTDOWN or the end of the lane, then ends the worker."""

    def __init__(self, connection: Connection, ending: Ending) -> None:
        super().__init__(name="penstock-control", daemon=True)
        self._connection = connection
        self._ending = ending

    def run(self) -> None:
        """Park until the worker has to end."""
        self._ending.decide(self._wait())
        self._ending.enforce()

    def _wait(self) -> int:
        try:
            while True:
                for frame in self._connection.read(wait=True):
                    if frame.type is FrameType.SHUTDOWN:
                        return EXIT_SHUTDOWN
        except (LinkClosed, OSError) as error:
            # Without a gateway nobody can reach this worker any more.
            return exit_code(error)
