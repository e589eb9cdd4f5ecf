"""One server for the tests, and calls to it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rpc.calling import Session
from tests.support.served import Served, serving

NUMBERS = itertools.count(1)


@pytest.fixture(scope="session")
def server(jupyter: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server with a token, whose pages may be of one other origin."""
    root = tmp_path_factory.mktemp("rpc")
    with serving(f"--root-dir={root}", "--allow-origin=https://page.example") as running:
        yield running


@pytest.fixture
def session(server: Served) -> Iterator[Session]:
    """A session of its own, whose kernel is deleted afterwards."""
    name = f"s{next(NUMBERS)}"
    yield Session(server, f"rpc/{name}")
    for kernel in server.call("GET", "api/kernels").json:
        if kernel["name"] == f"rpc:{name}":
            assert server.call("DELETE", f"api/kernels/{kernel['id']}").status == 204


@pytest.fixture
def kernel(server: Served) -> Iterator[str]:
    """Id of a fresh kernel, which is deleted afterwards."""
    started = server.kernel()
    yield started
    assert server.call("DELETE", f"api/kernels/{started}").status == 204
