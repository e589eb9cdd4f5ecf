"""Runs a cell's coroutine so that an interrupt is a KeyboardInterrupt wherever the cell is."""

from __future__ import annotations

import asyncio
import contextvars
import inspect
from collections.abc import Callable, Coroutine, Generator
from typing import Any, Generic, TypeVar

from .interrupts import Interrupts, Phase

T = TypeVar("T")


class Stepper(Generic[T]):
    """Awaits ``coroutine``, marking when its code runs and when it waits.

    While its code runs a SIGINT raises KeyboardInterrupt there; while it waits, the task is
    cancelled and the cancellation reaches the coroutine as KeyboardInterrupt.
    """

    def __init__(self, coroutine: Coroutine[Any, Any, T], interrupts: Interrupts) -> None:
        self._coroutine = coroutine
        self._interrupts = interrupts
        self._interrupted = False

    def __await__(self) -> Generator[Any, Any, T]:
        value: Any = None
        error: BaseException | None = None
        while True:
            try:
                with self._interrupts.step:
                    if error is None:
                        awaited = self._coroutine.send(value)
                    else:
                        awaited = self._coroutine.throw(error)
            except StopIteration as stop:
                return stop.value
            except KeyboardInterrupt as interrupt:
                if inspect.getcoroutinestate(self._coroutine) != inspect.CORO_SUSPENDED:
                    self._coroutine.close()
                    raise
                # It came before the step: the coroutine gets it where it waits.
                error = interrupt
                continue
            value = error = None
            try:
                value = yield awaited
            except asyncio.CancelledError as cancelled:
                error = self._translate(cancelled)
            except BaseException as raised:  # noqa: BLE001
                # Whatever the awaited thing raised belongs to the cell.
                error = raised
            self._interrupts.phase = Phase.SETUP

    def interrupt(self, task: asyncio.Task[Any]) -> None:
        """Cancel ``task``, which awaits this, as an interrupt. Runs in the event loop."""
        if not task.done():
            self._interrupted = True
            task.cancel()

    def _translate(self, cancelled: asyncio.CancelledError) -> BaseException:
        if not self._interrupted:
            return cancelled
        self._interrupted = False
        task = asyncio.current_task()
        if task is not None and hasattr(task, "uncancel"):  # Python 3.11
            task.uncancel()
        return KeyboardInterrupt()


async def run_interruptible(
    coroutine: Coroutine[Any, Any, T], interrupts: Interrupts, waits: Callable[[], object]
) -> T:
    """The result of ``coroutine``, run as a task of its own that a SIGINT interrupts.

    ``waits`` is called when the coroutine first lets the event loop do something else. Context
    variables that it sets are set in the caller's context too. A KeyboardInterrupt that leaves the
    coroutine is raised here, not in the event loop.
    """
    stepper = Stepper(coroutine, interrupts)
    after: list[contextvars.Context] = []
    stray: list[BaseException] = []

    async def cell() -> T | None:
        try:
            return await stepper
        except (KeyboardInterrupt, SystemExit) as error:
            # In a task these two would stop the event loop.
            stray.append(error)
            return None
        finally:
            after.append(contextvars.copy_context())

    loop = asyncio.get_running_loop()
    task = loop.create_task(cell())
    loop.call_soon(waits)

    def cancel() -> None:
        loop.call_soon_threadsafe(stepper.interrupt, task)

    interrupts.cancel = cancel
    try:
        result = await task
    finally:
        interrupts.phase = Phase.TEARDOWN
        _adopt(after)
    if stray:
        raise stray[0]
    return result  # type: ignore[return-value]


def _adopt(contexts: list[contextvars.Context]) -> None:
    """Set the variables of the cell's context where they differ from the current one's."""
    current = contextvars.copy_context()
    for context in contexts:
        for variable, value in context.items():
            if variable not in current or current[variable] is not value:
                variable.set(value)
