"""Builds that are no longer, or never were, what new kernels get: who uses them, and their end."""

from __future__ import annotations

import os
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from .building import facts_of
from .folders import BUILDS, CURRENT, current_build
from .locks import unused

SETTLE = 180.0
"""Seconds for which the build before stays, whoever uses it: longer than the start of a kernel may
take that was told of it just before the switch, and does not hold its lock yet.
"""

ASIDE = ".removed-"


def builds(folder: str) -> list[str]:
    """All builds of an environment, also those that are not complete."""
    place = os.path.join(folder, BUILDS)
    try:
        names = sorted(os.listdir(place))
    except OSError:
        return []  # it was never built
    return [os.path.join(place, name) for name in names if not name.startswith(ASIDE)]


def sweep(folder: str) -> None:
    """Removes what interrupted commands left, and the builds that no kernel uses any more. The
    caller has the environment's lock.
    """
    for place in (os.path.dirname(folder), os.path.join(folder, BUILDS)):
        for name in _names(place):
            if name.startswith(ASIDE):
                delete(os.path.join(place, name))
    current = current_build(folder)
    settled = _since_switch(folder) > SETTLE
    for build in builds(folder):
        if build != current and (settled or not facts_of(build)):
            _discard_unused(build)


def discard(path: str) -> None:
    """Removes a folder that nobody uses; at once in the eyes of others."""
    if os.path.lexists(path):
        delete(put_aside(path))


def put_aside(path: str) -> str:
    """Gives a folder a name that `sweep` removes; the new path."""
    aside = os.path.join(os.path.dirname(path), ASIDE + secrets.token_hex(4))
    os.rename(path, aside)
    return aside


def delete(path: str) -> None:
    """Removes a folder that was put aside; a later `sweep` takes what could not be removed now."""
    shutil.rmtree(path, ignore_errors=True)


@contextmanager
def all_unused(folder: str) -> Iterator[bool]:
    """Whether no kernel runs in any build; while that is true and this lasts, none begins."""
    with ExitStack() as stack:
        yield all(stack.enter_context(unused(build)) for build in builds(folder))


def _discard_unused(build: str) -> None:
    with unused(build) as free:
        aside = put_aside(build) if free else None
    if aside:
        delete(aside)


def _since_switch(folder: str) -> float:
    try:
        return time.time() - os.lstat(os.path.join(folder, CURRENT)).st_mtime
    except OSError:
        return 0.0  # there was none


def _names(place: str) -> list[str]:
    try:
        return os.listdir(place)
    except OSError:
        return []
