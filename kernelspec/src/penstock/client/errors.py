"""The one error that clients of the gateway raise."""

from __future__ import annotations


class GatewayError(Exception):
    """Something a user can meet: what is wrong (`message`) and what to do about it (`hint`, may be
    empty).

    `code` is for programs: those of the gateway (docs/local-sockets.md) and, from this side,
    `unreachable`, `timeout`, `closed`, `runtime-dir`, `java`, `jar`, `start`, `platform`, `option`.
    """

    def __init__(self, code: str, message: str, hint: str = "") -> None:
        super().__init__(code, message, hint)
        self.code = code
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} ({self.hint})" if self.hint else self.message
