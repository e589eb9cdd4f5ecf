"""Where a server is, and what is shown to it."""

from __future__ import annotations

import os
from urllib.parse import parse_qs, urlsplit, urlunsplit


def address(url: str, token: str | None) -> tuple[str, str]:
    """The base address with a slash at its end, and the token: the one that is given, else the one
    in `url` (`?token=`, as the server prints it), else $PENSTOCK_TOKEN, else none. Raises
    ValueError.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise ValueError(f"{url!r} is no address of a server, such as http://127.0.0.1:8888")
    if token is None:
        found = parse_qs(parts.query).get("token")
        token = found[0] if found else os.environ.get("PENSTOCK_TOKEN", "")
    base = urlunsplit((parts.scheme, parts.netloc, parts.path.rstrip("/") + "/", "", ""))
    return base, token


def headers(token: str) -> dict[str, str]:
    """What every call carries."""
    return {"Authorization": f"token {token}"} if token else {}
