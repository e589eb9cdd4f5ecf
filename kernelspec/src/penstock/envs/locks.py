"""Who changes an environment, and who uses a build: by flock, which no death leaves behind."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

from ..client.errors import GatewayError
from .folders import BUILD_FILE, missing

LOCK = "lock"


@contextmanager
def changing(folder: str) -> Iterator[int]:
    """Nobody else changes the environment meanwhile. Yields the lock's descriptor, which goes to
    whoever ends the installers should this process be killed.

    Raises GatewayError when somebody else does, or when the folder is not there.
    """
    fd = _lock(folder)
    try:
        yield fd
    finally:
        os.close(fd)


def _lock(folder: str) -> int:
    path = os.path.join(folder, LOCK)
    name = os.path.basename(folder)
    while True:
        try:
            fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        except FileNotFoundError:
            raise missing(folder) from None
        except OSError as error:
            problem = f"{path} cannot be opened: {error.strerror}"
            raise GatewayError("environment", problem) from error
        if not _take(fd):
            os.close(fd)
            raise GatewayError(
                "busy",
                f"Environment {name} is being changed by another command",
                "wait until that is done",
            )
        if _is_still(fd, path):
            return fd
        os.close(fd)  # it was removed, and perhaps made again, a moment ago


def _is_still(fd: int, path: str) -> bool:
    try:
        return os.path.samestat(os.fstat(fd), os.stat(path))
    except FileNotFoundError:
        return False


@contextmanager
def unused(build: str) -> Iterator[bool]:
    """Whether no kernel runs in the build; while that is true and this lasts, none begins."""
    try:
        fd = os.open(os.path.join(build, BUILD_FILE), os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        yield True  # it was never completed: no kernel was told of it
        return
    try:
        yield _take(fd)
    finally:
        os.close(fd)


def in_use(build: str) -> bool:
    """Whether a kernel runs in the build now."""
    with unused(build) as free:
        return not free


def _take(fd: int) -> bool:
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
