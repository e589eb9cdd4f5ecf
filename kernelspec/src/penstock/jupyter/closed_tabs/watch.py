"""Which cells run while no page is there, and what becomes of their outputs."""

from __future__ import annotations

import asyncio
from typing import Any

from ...client.errors import GatewayError
from ..ours import provisioner_of, session_of
from .notebook import UnwrittenError, write
from .runs import Run, ask, end_of

MOST = 1000
"""Runs of a kernel that are remembered; what is older counts as seen."""


class ClosedTabs:
    """All kernels of a server. Belongs to its event loop."""

    def __init__(self, kernels: Any, sessions: Any, contents: Any, log: Any) -> None:
        """kernels, sessions, contents: the server's managers."""
        self._kernels = kernels
        self._sessions = sessions
        self._contents = contents
        self._log = log
        #: Runs that no page has seen the end of, by kernel and msg_id, as they were sent.
        self._open: dict[str, dict[str, Run]] = {}
        self._watches: dict[str, asyncio.Task[None]] = {}

    def sent(self, kernel: str, run: Run) -> None:
        """A page asked a kernel for a run."""
        if self._manager(kernel) is not None:
            runs = self._open.setdefault(kernel, {})
            runs[run.msg_id] = run
            if len(runs) > MOST:
                del runs[next(iter(runs))]

    def expects_end(self, kernel: str) -> bool:
        """Whether a kernel has runs that no page has seen the end of."""
        return kernel in self._open

    def seen_to_end(self, kernel: str, msg_id: str | None) -> None:
        """A page was told that a request is done."""
        runs = self._open.get(kernel, {})
        if runs.pop(msg_id or "", None) and not runs and kernel not in self._watches:
            del self._open[kernel]

    def left(self, kernel: str) -> None:
        """A page has closed its connection to a kernel."""
        if self._open.get(kernel) and not self._attached(kernel) and kernel not in self._watches:
            self._watches[kernel] = asyncio.ensure_future(self._watch(kernel))

    async def _watch(self, kernel: str) -> None:
        """Until a page comes, or all runs are over, or the kernel is gone."""
        runs = self._open.get(kernel, {})
        try:
            await self._settle_all(kernel, runs)
        finally:
            del self._watches[kernel]
            if not runs:
                self._open.pop(kernel, None)

    async def _settle_all(self, kernel: str, runs: dict[str, Run]) -> None:
        await self._drop_seen(kernel, runs)
        while runs and not self._attached(kernel):
            run = next(iter(runs.values()))
            try:
                if await self._settle(kernel, run):
                    runs.pop(run.msg_id, None)
            except (GatewayError, UnwrittenError) as error:
                self._tell(kernel, run, str(error))
                runs.pop(run.msg_id, None)
            except Exception:  # noqa: BLE001  (another contents manager's; the next run goes on)
                self._log.exception("Outputs of a cell were not written")
                runs.pop(run.msg_id, None)

    async def _drop_seen(self, kernel: str, runs: dict[str, Run]) -> None:
        """Forgets the runs that were over when the last page left, also if it was not told. They
        are the first, since a kernel takes runs in turn.
        """
        manager = self._manager(kernel)
        while manager is not None and runs:
            first = next(iter(runs))
            try:
                # In the loop itself: while a thread begins, the next may end.
                if not ask(await session_of(manager.provisioner), first)["over"]:
                    return
            except GatewayError:
                return  # it will be told when the end is asked for
            del runs[first]

    async def _settle(self, kernel: str, run: Run) -> bool:
        """Waits for a run's end and writes its outputs; False if it has not come yet."""
        manager = self._manager(kernel)
        if manager is None:
            return True  # somebody has ended the kernel, and the run with it
        known, state = await session_of(manager.provisioner), manager.execution_state
        end = await end_of(run, known)
        if not end["over"]:
            if state == manager.execution_state == "idle":
                raise UnwrittenError("their end is gone from the log")
            return False
        # A page that is there saw the end; who ends a kernel does not want what it says of that.
        ended = manager.shutting_down or await session_of(manager.provisioner) != known
        if end["ran"] and not self._attached(kernel) and not ended:
            await self._write(kernel, run, end)
        return True

    async def _write(self, kernel: str, run: Run, end: dict[str, Any]) -> None:
        sessions = await self._sessions.list_sessions()
        notebooks = [session for session in sessions if session["type"] == "notebook"]
        paths = [session["path"] for session in notebooks if session["kernel"]["id"] == kernel]
        if not paths:
            raise UnwrittenError("no notebook is known")
        holders = [s["kernel"]["id"] for s in notebooks if s["path"] == paths[0]]
        held = lambda: any(self._attached(holder) for holder in holders)  # noqa: E731
        await write(self._contents, paths[0], run, end, held)
        self._log.info("Outputs of a cell are in %s: no page was there", paths[0])

    def _attached(self, kernel: str) -> bool:
        return kernel in self._kernels and self._kernels.kernel_model(kernel)["connections"] > 0

    def _manager(self, kernel: str) -> Any | None:
        """The kernel's manager; None if the kernel is gone, or not Penstock's."""
        if kernel not in self._kernels:
            return None
        manager = self._kernels.get_kernel(kernel)
        return None if provisioner_of(manager) is None else manager

    def _tell(self, kernel: str, run: Run, reason: str) -> None:
        self._log.warning(
            "Outputs of cell %s stay in the log of kernel %s, no page was there: %s",
            run.cell_id,
            kernel,
            reason,
        )
