"""Calls as httpx wants them."""

from __future__ import annotations

from collections.abc import AsyncIterable, Iterable
from typing import Any

import httpx

from .address import address, headers
from .calls import Call

CONNECT_S = 10.0
ANSWER_S = 60.0
"""How long a server may take for an answer, beyond what it was asked to wait."""
SILENCE_S = 45.0
"""Three signs of life of a server that has nothing to say; then the connection is dead."""


def options(url: str, token: str | None, given: dict[str, Any]) -> dict[str, Any]:
    """Arguments of a client. Raises ValueError for what is no address."""
    base, known = address(url, token)
    return {"base_url": base, "headers": headers(known), **given}


def request(call: Call, upload: Iterable[bytes] | AsyncIterable[bytes] | None) -> dict[str, Any]:
    """Arguments of `stream`; `upload` is the body if it is not in the call."""
    arguments = _arguments(call, ANSWER_S + call.wait_s)
    return arguments if upload is None else {**arguments, "content": upload}


def stream(call: Call) -> dict[str, Any]:
    """Arguments of `stream`."""
    return _arguments(call, SILENCE_S)


def _arguments(call: Call, read_s: float) -> dict[str, Any]:
    return {
        "method": call.method,
        "url": call.path,
        "params": call.query or None,
        "headers": call.headers,
        "content": call.body or None,
        "timeout": httpx.Timeout(ANSWER_S, connect=CONNECT_S, read=read_s),
    }


def is_download(call: Call, response: httpx.Response) -> bool:
    """Whether the answer's body is for a file."""
    return call.download is not None and response.status_code < 400


def reason(error: httpx.TransportError) -> str:
    """Why a connection failed, in words."""
    return str(error) or type(error).__name__
