"""Kernels of a measured server: started and deleted over REST, used over a WebSocket."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from bench.serve.contestants import Contestant, Running
from tests.serve_ws import frames
from tests.serve_ws.client import Tab
from tests.support.tab import rest

AT_ONCE = 4
"""How many kernels are asked for at a time."""


def start(running: Running, contestant: Contestant) -> str:
    """Starts a kernel; its id."""
    return str(rest(running.server, "POST", "kernels", {"name": contestant.kernel})["id"])


def many(running: Running, contestant: Contestant, count: int) -> list[Tab]:
    """WebSockets of so many kernels, each of which has answered before the next one starts in its
    place: jupyter_server lets none in whose kernel does not answer within a minute. The kernels end
    with their server.
    """

    def one(_: int) -> Tab:
        tab = Tab(running.server, start(running, contestant))
        tab.run("pass")
        return tab

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(one, range(count)))


@contextmanager
def started(running: Running, contestant: Contestant) -> Iterator[str]:
    """The id of a kernel, which is deleted at the end."""
    kernel = start(running, contestant)
    try:
        yield kernel
    finally:
        rest(running.server, "DELETE", f"kernels/{kernel}")


@contextmanager
def opened(running: Running, kernel: str, protocol: str | None = frames.V1) -> Iterator[Tab]:
    """A WebSocket whose kernel has answered."""
    with Tab(running.server, kernel, protocol=protocol) as tab:
        tab.run("pass")
        yield tab
