"""Connection files of the launcher and the command line."""

from __future__ import annotations

import json
import os

TYPE_CHECKING = False  # typing itself is not imported: it would cost more than all of this module
if TYPE_CHECKING:
    from typing import Any

PORTS = ("shell_port", "iopub_port", "stdin_port", "control_port", "hb_port")


def read(path: str) -> dict[str, Any] | None:
    """The fields of a connection file, None when there is no such file. Raises ValueError with what
    is wrong.
    """
    try:
        with open(path, encoding="utf-8") as file:
            fields = json.load(file)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ValueError(f"the connection file {path} cannot be read: {error.strerror}") from error
    except ValueError as error:  # not JSON, or not UTF-8
        raise ValueError(f"the connection file {path} is not JSON: {error}") from error
    if not isinstance(fields, dict):
        raise ValueError(f"the connection file {path} does not hold a JSON object")
    return fields


def is_registration(fields: dict[str, Any]) -> bool:
    """True for a registration file (JEP 66): the kernel chooses its ports and tells them to its
    launcher.
    """
    return fields.get("registration_port") is not None


def has_all_ports(fields: dict[str, Any]) -> bool:
    """True if every port is there and not 0. Ports may be numbers or numeric strings (JEP 106)."""
    return all(str(fields.get(port, 0)) not in ("0", "") for port in PORTS)


def write(path: str, fields: dict[str, Any]) -> None:
    """Writes a connection file, mode 0600, whole or not at all; its directory is made 0700 if it is
    missing.

    Raises ValueError with what is wrong.
    """
    folder = os.path.dirname(os.path.abspath(path))
    new = f"{path}.{os.getpid()}"
    try:
        os.makedirs(folder, 0o700, exist_ok=True)
        fd = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(fd, "w", encoding="utf-8") as file:
            json.dump(fields, file, indent=2)
        os.replace(new, path)
    except OSError as error:
        raise ValueError(
            f"the connection file {path} cannot be written: {error.strerror}"
        ) from error


def default_path(name: str) -> str:
    """Where a connection file with this name belongs (Jupyter's runtime directory)."""
    from jupyter_core.paths import jupyter_runtime_dir

    return os.path.join(jupyter_runtime_dir(), name)
