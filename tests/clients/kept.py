"""A client program that is kept from check to check."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.clients.client import Client


class Kept:
    """One client program for all checks, until one of them fails."""

    def __init__(self, kind: type[Client], folder: Callable[[], Path]) -> None:
        """Starts it; `folder` makes a new folder. Raises AbsentError."""
        self.kind = kind
        self._folder = folder
        self._client: Client | None = kind(folder())

    @contextmanager
    def used(self) -> Iterator[Client]:
        """The client for one check. It ends when the check fails, for it may be in mid-cell then,
        owe an answer or remember what was wrong; the next check has a new one, in a new folder.
        """
        if self._client is None:
            self._client = self.kind(self._folder())
        try:
            yield self._client
        except BaseException:
            with suppress(Exception):  # of a broken client, of which the check tells
                self.close()
            raise

    def close(self) -> None:
        """Ends the client, if there is one."""
        client, self._client = self._client, None
        if client is not None:
            client.close()
