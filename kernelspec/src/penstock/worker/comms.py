"""Which shell serves a comm message.

JupyterLab sends the messages of each comm target through a subshell, so that they do not wait for
a running cell. But a cell that awaits may wait for just such a message, and asyncio's futures can
only be set from their own loop. ipykernel (since 7.4) therefore remembers which shell last used the
comm and serves the message there, even if that shell is busy for long. Here that is done only while
the shell's cell awaits, so that no comm message waits for a cell that computes.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
from typing import TYPE_CHECKING, Any

from .interrupts import Phase
from .shells import Shell

if TYPE_CHECKING:
    from .kernel import WorkerKernel

COMM_TYPES = frozenset({"comm_open", "comm_msg", "comm_close"})


def home_of(kernel: WorkerKernel, message: dict[str, Any]) -> Shell:
    """The shell that serves a comm message which has come to the calling shell."""
    current = kernel.shells.current
    content = message["content"]
    comm = kernel.comm_manager.comms.get(content.get("comm_id"))
    # Absent before ipykernel 7.4.
    route = getattr(comm, "_reply_subshell_for", None)
    if message["msg_type"] == "comm_open" or route is None:
        return current
    own = message["header"].get("subshell_id")
    wanted = route(content.get("data"), own)
    if wanted == own:
        return current
    subshell = None if wanted is None else kernel.subshells.by_id(wanted)
    if wanted is not None and subshell is None:
        return current  # it was deleted
    home = kernel.shells.main if subshell is None else subshell.shell
    return home if home.awaiting and home.interrupts.phase is Phase.AWAITING else current


async def hand_over(
    kernel: WorkerKernel, home: Shell, number: int, message: dict[str, Any]
) -> None:
    """Have a comm message served in the loop of ``home``, whose cell awaits; waits until it is."""
    done: concurrent.futures.Future[None] = concurrent.futures.Future()

    def serve() -> None:
        try:
            kernel.handle_aside(number, message)
        finally:
            done.set_result(None)

    assert home.loop is not None
    home.loop.call_soon_threadsafe(serve, context=kernel.shells.context(home))
    await asyncio.wrap_future(done)
