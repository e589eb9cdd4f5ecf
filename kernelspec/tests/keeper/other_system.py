"""The keeper's program on a system that has only what POSIX and macOS have: no /proc, pidfd,
subreaper, cgroup, epoll, SO_PEERCRED, nor sessions made by posix_spawn.
"""

from __future__ import annotations

import builtins
import os
import selectors
import socket
import sys
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).parents[2] / "src"))

from penstock.keeper import startup

real_open, real_exists, real_spawn = builtins.open, os.path.exists, os.posix_spawn


def hidden(path: object) -> bool:
    return str(path).startswith("/proc")


def open_file(path: Any, *args: Any, **kwargs: Any) -> Any:
    if hidden(path):
        raise FileNotFoundError(path)
    return real_open(path, *args, **kwargs)


def exists(path: Any) -> bool:
    return not hidden(path) and real_exists(path)


def spawn(path: str, argv: list[str], env: dict[str, str], **options: Any) -> int:
    if options.get("setsid"):
        raise NotImplementedError("setsid")
    return real_spawn(path, argv, env, **options)


for module, names in ((os, ("pidfd_open", "eventfd", "getxattr")), (socket, ("SO_PEERCRED",))):
    for name in names:
        if hasattr(module, name):
            delattr(module, name)
builtins.open = open_file  # type: ignore[assignment]
os.path.exists = exists  # type: ignore[assignment]
os.posix_spawn = spawn  # type: ignore[assignment]
selectors.DefaultSelector = selectors.SelectSelector  # type: ignore[assignment,misc]
startup.set_subreaper = lambda: False

startup.main()
