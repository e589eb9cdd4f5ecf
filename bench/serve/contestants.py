"""Which servers are measured, with which kernels."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.pages.servers import Server, jupyter_server
from tests.serve_ws.server import TOKEN
from tests.support import processes
from tests.support.served import serving

UNLIMITED = "--ZMQChannelsWebsocketConnection.limit_rate=False"
"""By default jupyter_server throws away what is more than 1,000 messages or 1 MB a second."""


@dataclass(frozen=True)
class Running:
    """A server, the process that has its WebSockets, and a way to see all of its processes."""

    server: Server
    owner: psutil.Process
    everything: Callable[[], list[psutil.Process]]

    def pss_mb(self) -> float:
        """Proportional set size of all its processes, in MB."""
        return sum(float(process.memory_full_info().pss) for process in self.everything()) / 2**20

    def cpu_s(self) -> float:
        """Seconds of processor time that the process with the WebSockets has used."""
        used = self.owner.cpu_times()
        return float(used.user + used.system)


@dataclass(frozen=True)
class Contestant:
    """A server and the name of its kernels' kernelspec. `label` names its column."""

    label: str
    kernel: str
    start: Callable[[], AbstractContextManager[Running]]


@contextmanager
def _jupyter() -> Iterator[Running]:
    os.environ["JUPYTER_TOKEN"] = TOKEN
    with tempfile.TemporaryDirectory(prefix="pk-") as folder:
        root = Path(folder, "root")
        root.mkdir()
        with jupyter_server(root, Path(folder, "log"), UNLIMITED) as server:
            owner = psutil.Process(server.pid)
            yield Running(server, owner, lambda: [owner, *owner.children(recursive=True)])


@contextmanager
def _penstock() -> Iterator[Running]:
    with (
        tempfile.TemporaryDirectory(prefix="pk-") as root,
        serving(f"--root-dir={root}", token=TOKEN) as served,
    ):
        owner = psutil.Process(served.gateway())
        yield Running(served.as_server(), owner, lambda: processes.belonging_to(served.runtime))


CONTESTANTS = (
    Contestant("jupyter_server, ipykernel", "python3", _jupyter),
    Contestant("penstock serve, ipykernel", "python3", _penstock),
    Contestant("penstock serve", "penstock", _penstock),
)
REFERENCE = CONTESTANTS[0]
SHORT = (CONTESTANTS[0], CONTESTANTS[2])
"""Who is in the parts that take minutes each, unless a long run is asked for."""
