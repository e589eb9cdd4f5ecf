"""Reading what is said until its end, over as many connections as it takes."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Generic, TypeVar

from .calls import Call, Reply
from .outputs import Exit, Exited, Gap, Output, parse
from .patience import Cut, Patience

T = TypeVar("T")


class Lines(ABC, Generic[T]):
    """The entries from number `start` on, each once. Whoever does the reading makes `call`, tells
    what comes of it, and does so again until `is_over`.
    """

    def __init__(self, path: str, start: int, patience: Patience) -> None:
        self._path = path
        self.next = start
        self._patience = patience
        self._rest = bytearray()
        self.is_over = False

    @abstractmethod
    def told(self, entry: dict[str, Any]) -> T:
        """An entry; notes the number of the next one, and whether it is the last."""

    def call(self) -> Call:
        """The call for what has not come yet; the server says something in each 15 seconds."""
        self._rest.clear()
        return Call(
            "GET",
            self._path,
            query={"from": str(self.next)},
            headers={"Accept": "application/x-ndjson"},
        )

    def opened(self, status: int) -> bool:
        """Whether entries follow an answer with this status; if not, its body goes to `refused`."""
        return status == 200

    def refused(self, reply: Reply) -> None:
        """There are no entries. Raises RefusedError, or Cut for what will pass."""
        if reply.is_passing:
            raise Cut(f"HTTP {reply.status}")
        reply.checked()
        self.is_over = True  # 204: everything is read

    def received(self, chunk: bytes) -> Iterator[T]:
        """The entries that are whole with these bytes."""
        self._patience.answered()
        self._rest += chunk
        # Not splitlines: JSON texts may hold other ends of lines, such as U+2028.
        while (end := self._rest.find(b"\n")) >= 0:
            line = bytes(self._rest[:end])
            del self._rest[: end + 1]
            if line.strip():
                yield self.told(json.loads(line))

    def cut(self, cut: Cut) -> float:
        """Seconds to wait before the next call. Raises UnreachableError."""
        return self._patience.after(cut)


class Following(Lines[Output]):
    """What an execution, a stream or a command says."""

    def __init__(
        self, path: str, start: int, patience: Patience, *, cancel_on_disconnect: bool = False
    ) -> None:
        super().__init__(path, start, patience)
        self._query = {"cancel_on_disconnect": "1"} if cancel_on_disconnect else {}

    def call(self) -> Call:
        """The call for what has not come yet."""
        call = super().call()
        return replace(call, query={**self._query, **call.query})

    def told(self, entry: dict[str, Any]) -> Output:
        """An entry."""
        output = parse(entry)
        self.next = output.seq if isinstance(output, Gap) else output.seq + 1
        self.is_over = isinstance(output, (Exit, Exited))
        return output
