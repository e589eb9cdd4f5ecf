"""One server, and sessions of its."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.served import Served, serving
from tests.support.v1 import Session


@pytest.fixture(scope="session")
def root(jupyter: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The server's root directory."""
    return tmp_path_factory.mktemp("root")


@pytest.fixture(scope="session")
def server(root: Path) -> Iterator[Served]:
    """A server with a token and no other options."""
    with serving(f"--root-dir={root}") as running:
        yield running


@pytest.fixture(scope="session")
def shared(server: Served) -> Iterator[Session]:
    """A session for tests that leave it as it was."""
    session = Session.start(server)
    yield session
    session.delete()


@pytest.fixture
def session(server: Served) -> Iterator[Session]:
    """A fresh session."""
    started = Session.start(server)
    yield started
    started.delete()
