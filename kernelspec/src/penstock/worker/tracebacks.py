"""Tracebacks as the user expects them: without the worker's own frames."""

from __future__ import annotations

import os
from types import TracebackType

_WORKER = os.path.dirname(os.path.abspath(__file__)) + os.sep


def without_worker(trace: TracebackType | None) -> TracebackType | None:
    """``trace`` without the frames of this package.

    They show up in the middle (an awaiting cell is stepped by the worker) and at the end (an
    interrupt is raised by the worker's signal handler). A traceback that has no other frames stays
    as it is: then the worker itself is at fault.
    """
    theirs: list[TracebackType] = []
    entry = trace
    while entry is not None:
        if not entry.tb_frame.f_code.co_filename.startswith(_WORKER):
            theirs.append(entry)
        entry = entry.tb_next
    if not theirs:
        return trace
    for outer, inner in zip(theirs, [*theirs[1:], None], strict=True):
        outer.tb_next = inner
    return theirs[0]


def hide_worker(error: BaseException) -> None:
    """Take the worker's frames out of the tracebacks of ``error`` and of those that led to it."""
    chain: list[BaseException | None] = [error]
    seen: set[int] = set()
    while chain:
        link = chain.pop()
        if link is not None and id(link) not in seen:
            seen.add(id(link))
            link.__traceback__ = without_worker(link.__traceback__)
            chain += [link.__cause__, link.__context__]
