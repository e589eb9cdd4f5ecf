"""GUI event loops (``%gui``): ipykernel's integrations of the toolkits, in turns with asyncio."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from .interrupts import Phase

if TYPE_CHECKING:
    from .kernel import WorkerKernel

#: Seconds of asyncio between two turns.
_GAP = 0.001
#: Seconds of a turn at most, while tasks of the user's or an awaiting cell want the asyncio loop
#: and while only its end or another thread could. A request always ends the turn.
_SHARED = 0.01
_ALONE = 0.1


def take_turns(kernel: WorkerKernel) -> None:
    """Let the kernel's GUI event loop run while no cell does, until another one is chosen."""
    eventloop = kernel.eventloop
    loop = asyncio.get_running_loop()

    def turn() -> None:
        if kernel.eventloop is not eventloop or eventloop is None:
            return
        if kernel.interrupts.phase is Phase.IDLE and kernel.intake.crowded():
            # It was taken out of the lane, and would not end the turn.
            loop.call_soon(turn)
            return
        # Qt's and Tk's have it after their first turn; that of other toolkits looks every 10 ms.
        limit = getattr(eventloop, "_schedule_exit", None)
        kernel.shells.main.stream.restless = limit is None
        if limit is not None:
            # One task is the worker's own.
            limit(_SHARED if len(asyncio.all_tasks(loop)) > 1 else _ALONE)
        _run(kernel)
        loop.call_later(_GAP, turn)

    loop.call_later(_GAP, turn)


def _run(kernel: WorkerKernel) -> None:
    """One turn. An interrupt ends a callback that holds up the next cell."""
    interrupts = kernel.interrupts
    assert kernel.eventloop is not None
    if interrupts.phase is not Phase.IDLE:
        # A cell awaits, and an interrupt is the cell's.
        kernel.eventloop(kernel)
        return
    try:
        with interrupts.user:
            kernel.eventloop(kernel)
    except KeyboardInterrupt:
        # Nothing else is to be ended: the callback has been.
        pass
    finally:
        interrupts.phase = Phase.IDLE
