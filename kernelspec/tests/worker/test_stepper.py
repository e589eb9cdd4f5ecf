"""A cell that awaits is interrupted wherever the signal comes: between any two steps of Python."""

from __future__ import annotations

import asyncio
import gc
import itertools
import signal
import sys
from types import FrameType
from typing import Any

from penstock.worker.interrupts import Interrupts
from penstock.worker.stepper import run_interruptible

#: Seconds that only a cell takes whose interrupt was lost.
_LONG = 5.0


def test_no_signal_is_lost_from_the_first_statement_on() -> None:
    for moment in itertools.count():
        interrupts = Interrupts()
        signals = Signals(interrupts, moment)
        gc.collect()  # what a weak reference's callback would swallow is another test's
        interrupted = asyncio.run(_interrupted(interrupts, signals))
        if not signals.sent:
            assert moment > 20, "too few moments to say anything"
            return
        assert interrupted, f"lost in moment {moment}: {signals.where}"


class Signals:
    """Has a SIGINT handled in the ``moment``-th call or return since :meth:`begin`."""

    def __init__(self, interrupts: Interrupts, moment: int) -> None:
        self._interrupts = interrupts
        self._left = moment
        self.sent = False
        self.where = ""

    def begin(self) -> None:
        """The cell's code runs: from now on a signal is the cell's."""
        sys.setprofile(self._step)

    def _step(self, frame: FrameType, event: str, _arg: Any) -> None:
        if frame.f_code.co_name == "select":
            sys.setprofile(None)  # the loop waits, and the cell with it
        elif self._left:
            self._left -= 1
        else:
            sys.setprofile(None)
            self.sent = True
            self.where = f"{event} of {frame.f_code.co_name} in line {frame.f_lineno}"
            self._interrupts._handle(signal.SIGINT, frame)


async def _interrupted(interrupts: Interrupts, signals: Signals) -> bool:
    async def cell() -> None:
        signals.begin()
        await asyncio.sleep(_LONG)

    interrupts.begin()
    try:
        await run_interruptible(cell(), interrupts, lambda: None)
    except KeyboardInterrupt:
        return True
    finally:
        sys.setprofile(None)
    return False
