"""A worker in a build of an environment (``docs/environments.md``)."""

from __future__ import annotations

import fcntl
import os
import sys

from ..envs.folders import BUILD_FILE


def join_build() -> None:
    """Hold the build for as long as this process and its forks live, and let its programs be found.

    Nothing happens in other Python environments. Raises ``OSError`` when the build was removed
    between the request for this worker and now.
    """
    path = os.path.join(sys.prefix, BUILD_FILE)
    try:
        # Left open: the system closes it, whatever ends this process.
        fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    fcntl.flock(fd, fcntl.LOCK_SH)  # who removes builds has them locked while they are renamed
    os.stat(path)
    programs = os.path.join(sys.prefix, "bin")
    os.environ["VIRTUAL_ENV"] = sys.prefix
    os.environ["PATH"] = os.pathsep.join(filter(None, (programs, os.environ.get("PATH"))))
