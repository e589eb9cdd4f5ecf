"""Bounded waits for conditions."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

PATIENCE = float(os.environ.get("PENSTOCK_TEST_PATIENCE", "1"))
"""Every time limit of the tests is multiplied by it: raise it on a slow or busy machine."""


def seconds(limit: float) -> float:
    """A time limit in seconds, stretched by the patience that was asked for."""
    return limit * PATIENCE


def eventually(condition: Callable[[], T], within: float, what: str) -> T:
    """Asks until the answer is true and returns it; fails with `what` after `within` seconds."""
    end = time.monotonic() + seconds(within)
    while True:
        answer = condition()
        if answer:
            return answer
        if time.monotonic() > end:
            raise AssertionError(f"not within {seconds(within):g} s: {what}")
        time.sleep(0.02)
