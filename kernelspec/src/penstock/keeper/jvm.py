"""The gateway's JVM, as a child of the keeper."""

from __future__ import annotations

import os

from .processes import spawn

MAX_LOG = 1024 * 1024
"""jvm.log is renamed to jvm.log.1 at the start of a JVM when it is larger than this."""


def start_jvm(argv: list[str], env: dict[str, str], log_path: str, lock_fd: int) -> int:
    """Starts the gateway and returns its pid; raises OSError.

    Its stdout and stderr go to `log_path`. It inherits `lock_fd`: the lock of the runtime directory
    is free again only when keeper *and* JVM have ended, so a new gateway can never meet an old one
    in the same directory.
    """
    log = open_log(log_path)
    try:
        return spawn(argv, env, {1: log, 2: log, 3: lock_fd})
    finally:
        os.close(log)


def open_log(path: str) -> int:
    """Opens a file that a child appends its words to, mode 0600."""
    try:
        if os.stat(path).st_size > MAX_LOG:
            os.replace(path, path + ".1")
    except FileNotFoundError:
        pass  # the first start in this directory
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600)
