"""Blocking calls beside an event loop: results, errors, callers that give up, forked processes."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from collections.abc import Coroutine
from typing import Any

import pytest

from penstock.background import in_thread


def test_results_and_errors_reach_the_caller() -> None:
    assert asyncio.run(in_thread(int, "ff", base=16)) == 255
    with pytest.raises(ValueError, match="invalid literal"):
        asyncio.run(in_thread(int, "x"))
    with pytest.raises(SystemExit):
        asyncio.run(in_thread(exit_with_3))


def exit_with_3() -> None:
    raise SystemExit(3)


def test_the_loop_goes_on_meanwhile() -> None:
    async def run() -> bool:
        free = threading.Event()
        asyncio.get_running_loop().call_later(0, free.set)
        return await in_thread(free.wait, 20)

    assert asyncio.run(run())


def test_a_caller_that_gave_up_is_not_told() -> None:
    """Also after its loop was closed; an exception in the thread would fail the test."""
    before = set(threading.enumerate())
    free, done = threading.Event(), threading.Event()

    def work() -> None:
        free.wait(20)
        done.set()

    with pytest.raises(asyncio.TimeoutError):
        asyncio.run(asyncio.wait_for(in_thread(work), 0.01))
    (thread,) = [each for each in set(threading.enumerate()) - before if each.name == "penstock"]
    free.set()
    assert done.wait(20)
    thread.join(20)
    assert not thread.is_alive()


async def gathered(calls: list[Coroutine[Any, Any, int]]) -> list[int]:
    return await asyncio.gather(*calls)


def test_it_works_in_a_forked_child_of_a_process_that_used_it() -> None:
    """The child has its parent's loop, as jupyter_client keeps one for synchronous callers."""
    loop = asyncio.new_event_loop()
    try:
        meet = threading.Barrier(4)  # so many threads at a time: a pool would have some idle ones
        for _ in range(3):
            calls = [in_thread(meet.wait, 20) for _ in range(meet.parties)]
            assert sorted(loop.run_until_complete(gathered(calls))) == [0, 1, 2, 3]
        child = os.fork()
        if child == 0:
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
            signal.alarm(20)
            code = 1
            try:
                code = loop.run_until_complete(in_thread(abs, -7))
                loop.run_until_complete(loop.shutdown_default_executor())
            finally:
                os._exit(code)
        _, status = os.waitpid(child, 0)
        assert os.waitstatus_to_exitcode(status) == 7
    finally:
        loop.close()
