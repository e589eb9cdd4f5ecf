"""Messages as frames, with nothing smoothed over."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from tests.support.raw import DELIMITER


def signature(connection: dict[str, Any], parts: Sequence[bytes]) -> bytes:
    """The signature frame of four JSON parts; empty without a key."""
    key = connection["key"]
    secret: bytes = key.encode() if isinstance(key, str) else key
    if not secret:
        return b""
    digest = getattr(hashlib, connection["signature_scheme"].removeprefix("hmac-"))
    return hmac.new(secret, b"".join(parts), digest).hexdigest().encode()


@dataclass(frozen=True)
class Message:
    """A message as it came: `frames` are all of them, the rest are views of them."""

    channel: str
    frames: list[bytes]

    @cached_property
    def _start(self) -> int:
        return self.frames.index(DELIMITER)

    @property
    def idents(self) -> list[bytes]:
        """Frames before the delimiter."""
        return self.frames[: self._start]

    @property
    def signature(self) -> bytes:
        """The frame after the delimiter."""
        return self.frames[self._start + 1]

    @property
    def parts(self) -> list[bytes]:
        """The four JSON frames as bytes."""
        return self.frames[self._start + 2 : self._start + 6]

    @property
    def buffers(self) -> list[bytes]:
        """Frames after the content."""
        return self.frames[self._start + 6 :]

    @cached_property
    def header(self) -> dict[str, Any]:
        return dict(json.loads(self.parts[0]))

    @cached_property
    def parent(self) -> dict[str, Any]:
        return dict(json.loads(self.parts[1]))

    @cached_property
    def metadata(self) -> dict[str, Any]:
        return dict(json.loads(self.parts[2]))

    @cached_property
    def content(self) -> dict[str, Any]:
        return dict(json.loads(self.parts[3]))

    @property
    def type(self) -> str:
        """The header's msg_type."""
        return str(self.header["msg_type"])
