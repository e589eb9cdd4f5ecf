"""Blocking calls beside an event loop."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable
from typing import Any, TypeVar, cast

T = TypeVar("T")


async def in_thread(function: Callable[..., T], *args: Any, **kwargs: Any) -> T:
    """Runs a blocking call in a thread of its own.

    Not with asyncio.to_thread: a process that forked has its parent's loop, whose pool counts
    threads that the fork does not have, and waits for them for ever.
    """
    loop = asyncio.get_running_loop()
    done: asyncio.Future[T] = loop.create_future()

    def settle(error: BaseException | None, result: T | None) -> None:
        if done.done():
            return  # its caller gave up
        if error is not None:
            done.set_exception(error)
        else:
            done.set_result(cast("T", result))

    def work() -> None:
        with contextlib.suppress(RuntimeError):  # the loop was closed: nobody waits any more
            tell()

    def tell() -> None:
        try:
            result = function(*args, **kwargs)
        except BaseException as error:  # noqa: BLE001  (raised again where it is awaited)
            loop.call_soon_threadsafe(settle, error, None)
        else:
            loop.call_soon_threadsafe(settle, None, result)

    threading.Thread(target=work, daemon=True, name="penstock").start()
    return await done
