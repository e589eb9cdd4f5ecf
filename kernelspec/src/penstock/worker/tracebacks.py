"""Tracebacks as the user expects them: without the worker's own frames."""

from __future__ import annotations

import os
from types import CodeType, TracebackType

_WORKER = os.path.dirname(os.path.abspath(__file__)) + os.sep
#: Paths of debugpy's tracing code hold the first; names in its compiled part hold the second.
_DEBUGGER = os.path.join("", "debugpy", "_vendored", "")
_COMPILED_DEBUGGER = "pydevd_"


def without_worker(trace: TracebackType | None) -> TracebackType | None:
    """``trace`` without the frames of this package.

    They show up in the middle (an awaiting cell is stepped by the worker) and at the end (an
    interrupt is raised by the worker's signal handler). A traceback that has no other frames stays
    as it is: then the worker itself is at fault. Where an interrupt was raised at a breakpoint, the
    frames of debugpy below the user's are left out, too.
    """
    theirs: list[TracebackType] = []
    entry, last = trace, ""
    while entry is not None:
        last = entry.tb_frame.f_code.co_filename
        if not last.startswith(_WORKER):
            theirs.append(entry)
        entry = entry.tb_next
    if last.startswith(_WORKER):
        _drop_debugger(theirs)
    if not theirs:
        return trace
    for outer, inner in zip(theirs, [*theirs[1:], None], strict=True):
        outer.tb_next = inner
    return theirs[0]


def _drop_debugger(entries: list[TracebackType]) -> None:
    stood = False
    while entries and _of_debugger(entries[-1].tb_frame.f_code):
        entries.pop()
        stood = True
    if stood and len(entries) > 1 and entries[-1].tb_frame is entries[-2].tb_frame:
        entries.pop()  # debugpy adds an entry of its own for the frame that it stopped


def _of_debugger(code: CodeType) -> bool:
    path = code.co_filename
    return _DEBUGGER in path or any(_COMPILED_DEBUGGER in name for name in (path, code.co_name))


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
