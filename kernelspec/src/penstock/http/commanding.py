"""What can be asked about commands, for both kinds of clients (docs/commands.md)."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from . import flows
from .calls import Call, join
from .flows import Flow
from .following import Following
from .patience import Patience

COMMANDS = "api/v1/commands"


def commands(patience: Patience) -> Flow[Any]:
    """All that the server knows."""
    return flows.told(Call("GET", COMMANDS), patience)


def started(argv: Sequence[str], options: Mapping[str, Any], patience: Patience) -> Flow[str]:
    """Starts one, however often the call has to be made; its id."""
    fields = {"id": uuid.uuid4().hex, **options, "argv": list(argv)}
    told = yield from flows.told(flows.post(COMMANDS, fields, repeatable=True), patience)
    return str(told["id"])


class CommandCalls:
    """The calls about one command."""

    def __init__(self, command: str, patience: Callable[[], Patience]) -> None:
        self._path = f"{COMMANDS}/{join(command)}"
        self._patience = patience

    def info(self) -> Flow[Any]:
        """How it is."""
        return flows.told(Call("GET", self._path), self._patience())

    def following(self, start: int) -> Following:
        """What it writes."""
        return Following(f"{self._path}/output", start, self._patience())

    def last(self) -> Flow[Following]:
        """What it writes from now on, and the latest before that: it may be the end."""
        told = yield from self.info()
        return self.following(max(0, told["next"] - 1))

    def stdin(self, data: str | bytes, *, end: bool) -> Flow[Any]:
        """Sends it input. Not made twice."""
        call = Call(
            "POST",
            f"{self._path}/stdin",
            query={"end": "1"} if end else {},
            body=data.encode() if isinstance(data, str) else data,
            repeatable=False,
        )
        return flows.told(call, self._patience())

    def signal(self, name: str) -> Flow[Any]:
        """Sends it a signal. Not made twice."""
        return flows.told(flows.post(f"{self._path}/signal", {"signal": name}), self._patience())

    def resize(self, rows: int, columns: int) -> Flow[Any]:
        """Gives its terminal another size."""
        fields = {"rows": rows, "columns": columns}
        call = flows.post(f"{self._path}/resize", fields, repeatable=True)
        return flows.told(call, self._patience())

    def delete(self) -> Flow[None]:
        """Ends and forgets it."""
        return flows.deleted(self._path, self._patience())
