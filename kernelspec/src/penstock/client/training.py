"""`python -m penstock.client.training OUTPUT [serve]`: makes the gateway's AOT cache (JEP 514).

A second gateway, in a runtime directory of its own, is run as a client runs it: kernel started,
cells executed, output, input and interrupts, kernel stopped; with `serve` a server, used by HTTP
and WebSocket. The classes and code paths that this
touches go into the cache, which the JVM writes to OUTPUT when that gateway leaves. Run by the
keeper, in the background and at the lowest priority.
"""

from __future__ import annotations

import fcntl
import os
import shlex
import sys
import tempfile
import time

from jupyter_client.blocking.client import BlockingKernelClient

from .gateway import connect_gateway, start_kernel
from .jvm import flags
from .request import start_request
from .session import forget
from .training_server import CELLS, use_server

ROUNDS = 10
TIMEOUT = 60.0


def main(output: str, serves: bool) -> None:
    """Runs the training; returns once the JVM has written `output`. Raises what goes wrong."""
    with tempfile.TemporaryDirectory(prefix="pstk-aot-") as runtime:
        options = os.environ.get("PENSTOCK_JAVA_OPTIONS") or shlex.join(flags(serves))
        os.environ.update(
            PENSTOCK_RUNTIME_DIR=runtime,
            PENSTOCK_AOT="off",
            # Should this process be killed, that gateway does not stay.
            PENSTOCK_IDLE_SECONDS="15",
            PENSTOCK_JAVA_OPTIONS=f"{options} {shlex.quote(f'-XX:AOTCacheOutput={output}')}",
        )
        if serves:
            use_server(_wait_for_end)
        else:
            _use_gateway()
    if not os.path.exists(output):
        raise FileNotFoundError(f"the JVM wrote no AOT cache at {output}")


def _use_gateway() -> None:
    for _ in range(2):
        _use_kernel()
    control = connect_gateway()
    if control is not None:
        with control:
            control.leave()
        _wait_for_end(control.directory)


def _use_kernel() -> None:
    answer, directory = start_kernel(
        start_request(
            name="training",
            via="cli",
            python=sys.executable,
            flags=[],
            args=["--HistoryManager.hist_file=:memory:"],
            env=dict(os.environ),
            cwd=os.getcwd(),
            connection={},
            connection_file=None,
        )
    )
    client = BlockingKernelClient()
    client.load_connection_info(answer["connection"])
    client.start_channels()
    try:
        client.wait_for_ready(timeout=TIMEOUT)
        for _ in range(ROUNDS):
            for code in CELLS:
                client.execute_interactive(
                    code, timeout=TIMEOUT, stop_on_error=False, output_hook=lambda _: None
                )
        client.complete("pri", reply=True, timeout=TIMEOUT)
        client.shutdown(reply=True, timeout=TIMEOUT)
    finally:
        client.stop_channels()
    forget(directory, answer["id"])


def _wait_for_end(directory: str) -> None:
    """The JVM writes the cache after its last word. It holds the lock until it has ended."""
    lock = os.open(os.path.join(directory, "keeper.lock"), os.O_RDWR)
    try:
        deadline = time.monotonic() + 4 * TIMEOUT
        while time.monotonic() < deadline:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            except BlockingIOError:
                time.sleep(0.2)  # a lock cannot be waited for with a deadline
        raise TimeoutError("the training gateway did not end")
    finally:
        os.close(lock)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:] == ["serve"])
