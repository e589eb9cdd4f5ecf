"""One server for all tests, and a tab with a kernel for each."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.observe.serving import penstock_serve
from tests.pages.servers import Server
from tests.support import tab
from tests.support.gateway import Gateway
from tests.support.tab import Tab


@pytest.fixture(scope="session")
def server(gateway: Gateway, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A running server."""
    with penstock_serve(tmp_path_factory.mktemp("observed")) as running:
        yield running


@pytest.fixture
def page(server: Server) -> Iterator[Tab]:
    """A tab with a kernel of its own."""
    with tab.opened(server, "provisioner") as opened:
        yield opened
