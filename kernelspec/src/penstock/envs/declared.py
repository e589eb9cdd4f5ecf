"""The list of packages of an environment (requirements.txt), and its settings."""

from __future__ import annotations

import json
import os
from typing import Any

from ..client.errors import GatewayError
from .folders import LIST, SETTINGS

EMPTY = "# The packages of this environment, one a line, as pip reads them. After a change run:\n"
LARGEST = 1 << 20

NOTHING: dict[str, Any] = {"python": None, "installer": None, "kernelspecs": []}
"""Settings where nobody said anything."""

WITH_PATHS = ("-r", "--requirement", "-c", "--constraint", "-e", "--editable", "-f", "--find-links")
"""Options of the format that name a file."""


def empty_list(name: str) -> str:
    """The list of an environment that was made without one."""
    return f"{EMPTY}# penstock env sync {name}\n"


def read_list(path: str) -> str:
    """The text of a list. Raises GatewayError when it is not one that can stand in the
    environment's folder.
    """
    try:
        with open(path, encoding="utf-8") as file:
            text = file.read(LARGEST + 1)
    except (OSError, UnicodeDecodeError) as error:
        raise GatewayError("option", f"The list of packages cannot be read: {error}") from error
    return checked(text, path)


def checked(text: str, where: str) -> str:
    """The text, which is found at `where`. Raises GatewayError as `read_list`."""
    if len(text) > LARGEST:
        raise GatewayError("option", f"{where} is larger than {LARGEST >> 20} MiB")
    for number, line in enumerate(text.splitlines(), 1):
        if _is_relative(line.partition(" #")[0].strip()):
            raise GatewayError(
                "option",
                f"Line {number} of {where} names a file that is found from one directory only",
                "write its whole path",
            )
    return text


def _is_relative(line: str) -> bool:
    for option in WITH_PATHS:
        if line.startswith(option):
            value = line.removeprefix(option).lstrip(" =")
            return bool(value) and not os.path.isabs(value) and "://" not in value
    return line.startswith(("./", "../"))


def write_list(folder: str, text: str) -> None:
    """Makes `text` the list of the environment, whole or not at all."""
    _write(os.path.join(folder, LIST), text)


def read_settings(folder: str) -> dict[str, Any]:
    """As `NOTHING`: what was asked for, and folders of kernelspecs that were installed."""
    settings = {**NOTHING, "kernelspecs": []}
    try:
        with open(os.path.join(folder, SETTINGS), encoding="utf-8") as file:
            known = json.load(file)
    except (OSError, ValueError):
        return settings  # an environment whose file was lost works on with what is usual
    return {**settings, **known} if isinstance(known, dict) else settings


def write_settings(folder: str, settings: dict[str, Any]) -> None:
    """Writes the settings, whole or not at all."""
    _write(os.path.join(folder, SETTINGS), json.dumps(settings, indent=2) + "\n")


def _write(path: str, text: str) -> None:
    # A list may hold a package index's password.
    fd = os.open(path + ".new", os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
    with open(fd, "w", encoding="utf-8") as file:
        file.write(text)
    os.replace(path + ".new", path)
