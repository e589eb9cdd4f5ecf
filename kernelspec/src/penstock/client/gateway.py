"""Finds the user's gateway of this version, and starts it when there is none."""

from __future__ import annotations

import fcntl
import os
import time

from .. import __version__
from .control import Control
from .errors import GatewayError
from .guard import guard_for
from .jar import find_jar, jar_hash
from .runtime import base_dir, check_length, ensure_private, gateway_dir

TYPE_CHECKING = False  # typing itself is not imported: it would cost more than all of this module
if TYPE_CHECKING:
    from typing import Any

LOCK_TIMEOUT = 120.0
"""Seconds to wait for somebody else who is starting the gateway."""

START_TIMEOUT = 150.0
"""Seconds in which a kernel must be there; a first import of everything from a cold, slow disk can
take long.
"""

ATTEMPTS = 5
"""A gateway that is just leaving (idle) is found, but does not answer any more: then another one is
started.
"""

LEAVING = ("closed", "unreachable", "leaving")


def directory() -> str:
    """Directory of the gateway of this version and jar, made and checked. Raises GatewayError."""
    base = base_dir()
    jar = find_jar()
    ensure_private(base)
    path = gateway_dir(base, __version__, jar_hash(jar, base))
    check_length(path)
    return ensure_private(path)


def connect_gateway() -> Control | None:
    """A connection to the gateway of this version, None when none runs. Raises GatewayError."""
    return _connect(directory())


def ensure_gateway(start: dict[str, Any] | None = None) -> Control:
    """A connection to the gateway of this version, which is started if need be. Of several
    processes that come at the same time one starts it, the others wait.

    `start`, the start request that will follow, lets its zygote come up together with the gateway.
    Raises GatewayError.
    """
    path = directory()
    return _connect(path) or _start_locked(path, start)


def start_kernel(request: dict[str, Any]) -> tuple[dict[str, Any], str]:
    """Sends a `start` request to the gateway (started if need be), with a guard if need be: its
    answer, and the gateway's directory.
    """
    for attempt in range(ATTEMPTS):
        try:
            with ensure_gateway(request) as control:
                return _start(control, request), control.directory
        except GatewayError as error:
            if error.code not in LEAVING or attempt == ATTEMPTS - 1:
                raise
            time.sleep(0.05 * (attempt + 1))  # the leaving one needs a moment to be gone
    raise AssertionError("unreachable")


def _start(control: Control, request: dict[str, Any]) -> dict[str, Any]:
    try:
        guard = guard_for(control.directory, request)
    except GatewayError:
        control.request("ping")  # raises what `start_kernel` tries again for: it was just leaving
        raise
    if guard is None:
        return control.request("start", timeout=START_TIMEOUT, **request)
    try:
        return control.request("start", timeout=START_TIMEOUT, **guard.request(request))
    except BaseException:
        guard.end()
        raise


def zygote_request(start: dict[str, Any]) -> dict[str, Any]:
    """The keeper's zygote request that fits a start request."""
    environment = start["environment"]
    return {
        "key": environment["key"],
        "argv": environment["zygote_argv"],
        "env": start["env"],
        "start_only": environment["start_only"],
    }


def _connect(path: str) -> Control | None:
    try:
        return Control(path)
    except GatewayError as error:
        if error.code == "unreachable":
            return None
        raise


def _start_locked(path: str, start: dict[str, Any] | None) -> Control:
    from .starter import start_keeper

    lock = os.open(os.path.join(path, "lock"), os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    try:
        _take(lock, path)
        control = _connect(path)
        if control is None:
            zygote = None if start is None or start.get("fresh") else zygote_request(start)
            start_keeper(path, find_jar(), lock, zygote)
            control = Control(path)
        return control
    finally:
        os.close(lock)  # the keeper has its own copy until the gateway is up


def _take(lock: int, path: str) -> None:
    deadline = time.monotonic() + LOCK_TIMEOUT
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise GatewayError(
                    "start",
                    f"Another process is starting the gateway in {path} and does not finish",
                ) from None
            time.sleep(0.01)  # a lock cannot be waited for with a deadline
        except OSError as error:
            raise GatewayError(
                "start", f"{path}/lock cannot be locked: {error.strerror}"
            ) from error
