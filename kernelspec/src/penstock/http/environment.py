"""Environments of the blocking client."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

from . import events
from .environing import EnvironmentCalls

if TYPE_CHECKING:
    from .sync import Client


class Environment:
    """An environment of `penstock env` on the server. Raises RefusedError (404) from everything
    when there is none of this name.
    """

    def __init__(self, client: Client, name: str) -> None:
        self.name = name
        self._client = client
        self._calls = EnvironmentCalls(name, client.patience)

    def info(self) -> dict[str, Any]:
        """How it is, as the server tells it."""
        return self._client.run(self._calls.info())

    def sync(self, *, rebuild: bool = False) -> Change:
        """Has it made what its list says; with `rebuild` also when it is so already. Raises
        RefusedError (409) while another change runs.
        """
        return self.change(self._client.run(self._calls.sync(rebuild)))

    def remove(self) -> None:
        """Removes it. Raises RefusedError (409) while a kernel runs in it."""
        self._client.run(self._calls.remove())

    def changes(self) -> list[dict[str, Any]]:
        """Its latest changes, as the server tells them."""
        return self._client.run(self._calls.jobs())

    def change(self, id: str) -> Change:  # noqa: A002  (it is what everyone calls it)
        """One of an id, also of another client. Asks the server nothing."""
        return Change(self._client, self._calls, id)


class Change:
    """A change of an environment; it goes on when its client is gone."""

    def __init__(self, client: Client, calls: EnvironmentCalls, id: str) -> None:  # noqa: A002
        self.id = id
        self._client = client
        self._calls = calls

    def info(self) -> dict[str, Any]:
        """How it is, as the server tells it."""
        return self._client.run(self._calls.job(self.id))

    def events(self, start: int = 0) -> Generator[dict[str, Any], None, None]:
        """What it tells, from number `start` to its end, as it comes, with `event` (`begin`,
        `step`, `progress`, last `done` or `error`). A connection that is cut is made again.
        """
        return self._client.follow(self._calls.events(self.id, start))

    def wait(self) -> dict[str, Any]:
        """The environment when it is over. Raises EnvironmentFailedError."""
        last = None
        for event in self.events():
            last = event
        return events.environment(last)

    def cancel(self) -> None:
        """Ends it: the environment is as it was."""
        self._client.run(self._calls.cancel(self.id))
