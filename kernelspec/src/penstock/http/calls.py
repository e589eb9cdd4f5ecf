"""HTTP calls as data."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from .errors import RefusedError
from .transfers import Download, Upload


@dataclass(frozen=True)
class Call:
    """One call. `path` is below the server's address. `repeatable`: made twice it does no more than
    made once. `wait_s`: so long the server may take before it begins to answer. `upload` is its
    body in place of `body`; an answer that is no error goes to `download`, and has no body then.
    """

    method: str
    path: str
    query: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    repeatable: bool = True
    wait_s: float = 0
    upload: Upload | None = None
    download: Download | None = None


PASSING = frozenset({502, 503, 504})
"""What proxies say while the server behind them is away, and the server when it is full."""


@dataclass(frozen=True)
class Reply:
    """An answer."""

    status: int
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON, None if there is none."""
        return json.loads(self.body) if self.body else None

    @property
    def is_passing(self) -> bool:
        """Whether the same call may be answered in a moment."""
        return self.status in PASSING

    def checked(self) -> Reply:
        """Itself. Raises RefusedError for an error."""
        if self.status < 400:
            return self
        try:
            message = self.json["message"]
        except (ValueError, KeyError, TypeError):  # a proxy's page, not the server's words
            message = "The server refuses"
        raise RefusedError(self.status, str(message))


def join(*parts: str) -> str:
    """A path of these, each with whatever letters."""
    return "/".join(quote(part, safe="") for part in parts)


def encode(fields: dict[str, Any]) -> bytes:
    """JSON of the fields that are not None."""
    given = {name: value for name, value in fields.items() if value is not None}
    return json.dumps(given).encode()
