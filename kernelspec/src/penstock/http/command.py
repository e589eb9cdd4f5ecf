"""Commands of the blocking client."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

from .commanding import CommandCalls
from .outputs import Exited, Output

if TYPE_CHECKING:
    from .sync import Client


class Command:
    """A command that the server runs. Raises RefusedError (404) from everything when the server has
    none of this id.
    """

    def __init__(self, client: Client, id: str) -> None:  # noqa: A002  (as everyone calls it)
        self.id = id
        self._client = client
        self._calls = CommandCalls(id, client.patience)

    def info(self) -> dict[str, Any]:
        """How it is, as the server tells it."""
        return self._client.run(self._calls.info())

    def outputs(self, start: int = 0) -> Generator[Output, None, None]:
        """What it writes, from number `start` to its end, as it comes: `Text` (or `Data`), a `Gap`
        where the server has no more of it, last `Exited`. A connection that is cut is made again:
        each entry comes once. Leaving early changes nothing, unless it has an `unwatched_limit`.
        """
        return self._client.follow(self._calls.following(start))

    def wait(self) -> Exited:
        """How it ended. For as long as it takes: a `time_limit` is the command's."""
        for output in self._client.follow(self._client.run(self._calls.last())):
            if isinstance(output, Exited):
                return output
        raise AssertionError("the last entry is the end")

    def send_input(self, data: str | bytes, *, end: bool = False) -> None:
        """Sends it input, and with `end` no more after that. Raises RefusedError (409) if it takes
        none.
        """
        self._client.run(self._calls.stdin(data, end=end))

    def send_signal(self, name: str) -> None:
        """Sends it and its children a signal, such as `SIGINT`. Raises RefusedError (409) if it has
        ended.
        """
        self._client.run(self._calls.signal(name))

    def resize(self, rows: int, columns: int) -> None:
        """Gives its terminal another size."""
        self._client.run(self._calls.resize(rows, columns))

    def delete(self) -> None:
        """Ends it and forgets what it said; that it is gone already is well."""
        self._client.run(self._calls.delete())

    def __enter__(self) -> Command:
        return self

    def __exit__(self, *_: object) -> None:
        self.delete()
