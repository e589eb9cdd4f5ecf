"""One server for the tests that do not end or configure it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.commands import Commands
from tests.support.served import Served, serving


@pytest.fixture(scope="session")
def root(jupyter: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The server's root directory."""
    return tmp_path_factory.mktemp("root")


@pytest.fixture(scope="session")
def server(root: Path) -> Iterator[Served]:
    """A server with a token, and with all that it does not always have."""
    with serving(f"--root-dir={root}", "--json-rpc-examples") as running:
        yield running


@pytest.fixture
def kernel(server: Served) -> Iterator[str]:
    """Id of a fresh kernel, which is deleted afterwards."""
    started = server.kernel()
    yield started
    assert server.call("DELETE", f"api/kernels/{started}").status in (204, 404)


@pytest.fixture(scope="session")
def commands(root: Path) -> Iterator[Commands]:
    """Commands of a server that runs any."""
    with serving(f"--root-dir={root}", "--allow-commands=any") as running:
        yield Commands(running)
