"""One kernel for each module, and clients without jupyter_client."""

from __future__ import annotations

from collections.abc import Generator, Iterator

import pytest

from tests.support import wire
from tests.support.gateway import Gateway
from tests.support.kernel import Kernel, started

#: Kernels of tests that failed: they may be in the middle of what those had them do.
_suspect: list[Kernel] = []


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Remembers the kernel of a test that failed."""
    shared = getattr(item, "funcargs", {}).get("shared")
    if shared is not None and call.excinfo is not None:
        _suspect.append(shared)
    return (yield)


@pytest.fixture(scope="session")
def way(pytestconfig: pytest.Config) -> str:
    """How kernels are started: the wire is the same either way, so the first one asked for."""
    return str(pytestconfig.getoption("--via")).split(",")[0]


@pytest.fixture(scope="module")
def shared(way: str, gateway: Gateway) -> Iterator[Kernel]:
    """The module's kernel, and jupyter_client's view of it."""
    with started(way) as kernel:
        yield kernel


@pytest.fixture
def connection(shared: Kernel) -> dict[str, object]:
    """Where the module's kernel is, which others can use again if a test has failed with it."""
    if shared in _suspect:
        _suspect.clear()
        shared.restart()
    return dict(shared.manager.get_connection_info())


@pytest.fixture
def client(connection: dict[str, object]) -> Iterator[wire.Client]:
    """A fresh client of the module's kernel."""
    with wire.client(connection) as fresh:
        yield fresh


@pytest.fixture
def other(connection: dict[str, object]) -> Iterator[wire.Client]:
    """A second client of the same kernel."""
    with wire.client(connection) as fresh:
        yield fresh
