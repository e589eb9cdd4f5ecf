"""Writes that are never left half done, whatever a signal handler of the user's raises.

A handler (a SIGALRM timeout, say) may raise between any two bytecodes of the main thread, also
after a write and before its count is stored. ``list.extend`` over ``map`` makes the call and keeps
its result within one bytecode, so what has been written is always known.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence


def write_whole(
    write: Callable[[memoryview], int], parts: Sequence[bytes | bytearray | memoryview]
) -> BaseException | None:
    """Write all ``parts`` with calls of ``write``, which returns how many bytes it took.

    Returns what a signal handler raised meanwhile, for the caller to raise when its own state is
    in order. Raises the ``OSError`` of ``write`` itself.
    """
    late: BaseException | None = None
    for part in parts:
        view = memoryview(part).cast("B")
        counts: list[int] = []
        while True:
            try:
                while (sent := sum(counts)) < len(view):
                    counts.extend(map(write, (view[sent:],)))
                break
            except OSError as error:
                # The system's errors have a number; a handler's `raise TimeoutError` has none.
                if error.errno is not None:
                    raise
                late = error
            except BaseException as error:  # noqa: BLE001
                late = error
    return late
