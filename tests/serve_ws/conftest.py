"""One server for all tests of this folder."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.serve_ws import frames
from tests.serve_ws.client import Tab
from tests.serve_ws.server import Server


@pytest.fixture(scope="session")
def server(jupyter: Path) -> Iterator[Server]:
    """The server that most tests share."""
    folder = Path(tempfile.mkdtemp(prefix="pw-"))
    shared = Server(folder)
    yield shared
    shared.stop()
    shutil.rmtree(folder)


@pytest.fixture
def own_server(jupyter: Path) -> Iterator[Server]:
    """A server for one test alone."""
    folder = Path(tempfile.mkdtemp(prefix="pw-"))
    own = Server(folder)
    yield own
    own.stop()
    shutil.rmtree(folder)


@pytest.fixture
def kernel(server: Server) -> Iterator[str]:
    """The id of a fresh kernel."""
    with server.kernel() as fresh:
        yield fresh


@pytest.fixture(params=[frames.V1, None], ids=["v1", "default"])
def protocol(request: pytest.FixtureRequest) -> str | None:
    """Both protocols."""
    chosen: str | None = request.param
    return chosen


@pytest.fixture
def tab(server: Server, kernel: str, protocol: str | None) -> Iterator[Tab]:
    """A client of a fresh kernel, with each protocol."""
    with Tab(server, kernel, protocol=protocol) as opened:
        yield opened
