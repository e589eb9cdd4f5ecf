"""Kernels that a server left behind: found by the address that it had."""

from __future__ import annotations

import contextlib
import glob
import json
import os
import shutil
from typing import Any

from ..client.control import Control
from ..client.errors import GatewayError
from ..client.runtime import base_dir, check_private

NAME = "left.json"
"""In the runtime directory of a gateway without a server: the address (`port`, `socket`) that its
server had. Whoever removes it has the gateway.
"""


def leave(directory: str, port: int, socket: str) -> None:
    """Tells the next server at this address where the kernels are."""
    path = os.path.join(directory, NAME)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump({"port": port, "socket": socket}, file)


def take(settings: dict[str, Any]) -> str | None:
    """The runtime directory of the gateway that was left at the address of these settings. It has
    this server's kernels from now on.
    """
    for path in glob.glob(os.path.join(glob.escape(base_dir()), "*-s*", NAME)):
        directory = os.path.dirname(path)
        try:
            check_private(directory)
            with open(path, encoding="utf-8") as file:
                told = json.load(file)
        except (GatewayError, OSError, ValueError):
            continue  # another user's, or taken meanwhile
        if _is_at(told, settings):
            with contextlib.suppress(FileNotFoundError):  # another server was quicker
                os.unlink(path)
                if _lives(directory):
                    return directory
                shutil.rmtree(directory, ignore_errors=True)
    return None


def _is_at(told: dict[str, Any], settings: dict[str, Any]) -> bool:
    if settings["socket"] or told["socket"]:
        return bool(told["socket"] == settings["socket"])
    return bool(told["port"] == settings["port"])


def _lives(directory: str) -> bool:
    try:
        with Control(directory) as control:
            control.request("ping")
    except GatewayError:
        return False  # it left because all its kernels had ended, or the machine was started again
    return True
