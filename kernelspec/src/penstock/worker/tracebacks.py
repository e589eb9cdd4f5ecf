"""Tracebacks as the user expects them: without the worker's own frames, and such that IPython can
show them.
"""

from __future__ import annotations

import os
from types import CodeType, TracebackType

_WORKER = os.path.dirname(os.path.abspath(__file__)) + os.sep
#: Paths of debugpy's tracing code hold the first; names in its compiled part hold the second.
_DEBUGGER = os.path.join("", "debugpy", "_vendored", "")
_COMPILED_DEBUGGER = "pydevd_"


def without_worker(trace: TracebackType | None) -> TracebackType | None:
    """``trace`` without the frames of this package; each of the others has a line.

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
    inner: TracebackType | None = None
    for outer in reversed(theirs):
        outer.tb_next = inner
        inner = _with_line(outer)
    return inner


def _with_line(entry: TracebackType) -> TracebackType:
    """The entry, or one like it on the line before where it has none.

    Python gives no line to some instructions that it adds itself, as at the end of a ``with``. An
    interrupt can hit there; IPython cannot show such an entry, and would show no error at all.
    """
    line: int | None = entry.tb_lineno  # the declared type knows nothing of None
    if line is not None and line > 0:  # -1 in Python 3.10
        return entry
    code = entry.tb_frame.f_code
    before = [line for start, _, line in code.co_lines() if start <= entry.tb_lasti and line]
    line = before[-1] if before else code.co_firstlineno
    return TracebackType(entry.tb_next, entry.tb_frame, entry.tb_lasti, line)


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


def text_of(error: BaseException | None) -> str:
    """What ``str`` gives, whatever the user's ``__str__`` does."""
    try:
        return str(error)
    except Exception:  # noqa: BLE001
        # The user's __str__ raises: the traceback still tells which error it was.
        return f"<{type(error).__name__} whose text cannot be made>"
