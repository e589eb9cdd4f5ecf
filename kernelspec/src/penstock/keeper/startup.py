"""From a started process to a running keeper: detach, read the configuration, take the directory's
lock.
"""

from __future__ import annotations

import fcntl
import gc
import os
import resource
import sys
import time

from .. import surroundings
from .detach import detach, read_config, where
from .keeper import Keeper
from .log import Log
from .loop import Loop
from .processes import set_subreaper
from .starter import START_TIMEOUT, Starter

TYPE_CHECKING = False  # typing itself is not imported: it would cost more than all of this module
if TYPE_CHECKING:
    from typing import Any

PREDECESSOR_TIMEOUT = 15.0
"""Seconds to wait for an earlier gateway of the same directory that is still ending."""

MAX_FILES = 65536
"""Two descriptors are held for each session; the soft limit is raised up to this."""

MACOS_FILES = 10240
"""OPEN_MAX, the most that every macOS takes."""


def main() -> None:
    """Runs the keeper. Its starter gives it three descriptors: 0, a pipe with the configuration
    (one JSON object, see `penstock.client.starter`), 1, a pipe for the one line of outcome, and the
    held start lock, named by argv.
    """
    if os.fork():
        os._exit(0)  # the starter reaps this process; the keeper belongs to nobody
    # The starter made this process's parent a session leader, so this one is none and never gets a
    # terminal.
    status_fd, lock_fd = detach(), int(sys.argv[1])
    os.set_inheritable(lock_fd, False)
    starter = Starter(status_fd, lock_fd)
    try:
        config = read_config()
        os.chdir("/")
        log = Log(os.path.join(config["dir"], "keeper.log"))
    except (OSError, ValueError, KeyError) as error:
        starter.failed(f"the keeper cannot start: {error}", "")
        sys.exit(1)
    try:
        _run(config, log, starter)
    except Exception as error:  # noqa: BLE001  (a mistake of ours: nobody else could tell it, all stderr is gone)
        log("error", "keeper-failed", error=repr(error), where=where(error))
        starter.failed(f"the keeper failed: {error}", "")
        sys.exit(1)


def _run(config: dict[str, Any], log: Log, starter: Starter) -> None:
    directory_lock = _take_directory(os.path.join(config["dir"], "keeper.lock"))
    surroundings.write(config["dir"])
    _raise_file_limit()
    if not set_subreaper():
        log("warn", "no-subreaper")
    loop = Loop()
    keeper = Keeper(loop, log, config, starter, directory_lock)

    def check_start() -> None:
        if starter.waiting:
            keeper.end(f"the gateway was not ready in {START_TIMEOUT:.0f} s")

    loop.later(START_TIMEOUT, check_start)
    gc.collect()
    gc.freeze()
    loop.run()


def _take_directory(path: str) -> int:
    """Takes the lock that keeper and JVM hold as long as they live. Waits for a predecessor that is
    still ending; raises OSError when it does not.
    """
    fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    deadline = time.monotonic() + PREDECESSOR_TIMEOUT
    while True:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return fd
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise OSError(
                    f"an earlier gateway still holds {path}: end it and try again"
                ) from None
            time.sleep(
                0.02
            )  # before the loop runs; there is no way to wait for a lock with a deadline


def _raise_file_limit() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MAX_FILES if hard == resource.RLIM_INFINITY else min(hard, MAX_FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        except (OSError, ValueError):
            # macOS has an infinite hard limit and refuses more than the kernel's own.
            resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, MACOS_FILES), hard))
