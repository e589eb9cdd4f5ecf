"""What keeper and guard do first: leave what the starter gave them, but for its two pipes."""

from __future__ import annotations

import fcntl
import json
import os
import signal

TYPE_CHECKING = False  # typing itself is not imported: it would cost more than all of this module
if TYPE_CHECKING:
    from typing import Any


def detach() -> int:
    """Leaves the stdio of the starter; returns the pipe that waits for the outcome, which was 1,
    not inheritable. 0 stays, for `read_config`.
    """
    os.umask(0o077)
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    status_fd = fcntl.fcntl(1, fcntl.F_DUPFD_CLOEXEC, 3)
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 1)
    os.dup2(null, 2)
    os.close(null)
    return status_fd


def read_config() -> dict[str, Any]:
    """The JSON object on descriptor 0, which is /dev/null afterwards. Raises OSError and
    ValueError.
    """
    with open(0, "rb", closefd=False) as pipe:
        config = json.load(pipe)
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    return config


def where(error: BaseException) -> list[str]:
    """The lines of ours that an exception came through, for the log."""
    places, trace = [], error.__traceback__
    while trace is not None:
        places.append(f"{os.path.basename(trace.tb_frame.f_code.co_filename)}:{trace.tb_lineno}")
        trace = trace.tb_next
    return places
