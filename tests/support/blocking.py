"""The asynchronous client as the blocking one is used, so that one test tests both."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

from anyio.from_thread import BlockingPortal


async def _awaited(result: Any) -> Any:
    return await result


class Blocking:
    """An object of the asynchronous client; its calls are made on a loop in another thread."""

    def __init__(self, of: Any, portal: BlockingPortal) -> None:
        self._of = of
        self._portal = portal

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._of, name)
        if not inspect.ismethod(found):
            return found
        return lambda *args, **kwargs: self._plain(found(*args, **kwargs))

    def _plain(self, result: Any) -> Any:
        if inspect.isawaitable(result):
            result = self._portal.call(_awaited, result)
        if hasattr(result, "__anext__"):
            return self._each(result)
        if type(result).__name__.startswith("Async"):
            return Blocking(result, self._portal)
        return result

    def _each(self, following: Any) -> Iterator[Any]:
        try:
            while True:
                try:
                    yield self._portal.call(following.__anext__)
                except StopAsyncIteration:
                    return
        finally:
            if hasattr(following, "aclose"):
                self._portal.call(following.aclose)

    def __enter__(self) -> Any:
        return self._plain(self._of.__aenter__())

    def __exit__(self, *told: Any) -> None:
        self._plain(self._of.__aexit__(*told))
