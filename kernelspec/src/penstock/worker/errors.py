"""The type and the error shape of a reply (messaging spec, "Request-Reply")."""

from __future__ import annotations

import traceback
from typing import Any


def error_content(error: BaseException) -> dict[str, Any]:
    """``{status, ename, evalue, traceback}`` of ``error``, never raising itself."""
    try:
        evalue = str(error)
        lines = traceback.format_exception(type(error), error, error.__traceback__)
    except Exception:  # noqa: BLE001
        # An exception of the user's whose text cannot be made.
        evalue, lines = "", traceback.format_tb(error.__traceback__)
    return {
        "status": "error",
        "ename": type(error).__name__,
        "evalue": evalue,
        "traceback": [line.rstrip("\n") for line in lines],
    }


def reply_type(msg_type: str) -> str:
    """The type of the reply to a ``*_request``."""
    return msg_type[: -len("request")] + "reply"
