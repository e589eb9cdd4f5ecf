"""One server for the tests that do not end or configure it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.pathview.client import Page
from tests.support.served import Served, serving


@pytest.fixture(scope="session")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The environment that sessions install into."""
    return tmp_path_factory.mktemp("packages")


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page that is built beforehand."""
    folder = tmp_path_factory.mktemp("site")
    (folder / "index.html").write_text("<!doctype html><title>page</title>")
    (folder / "app").mkdir()
    (folder / "app" / "main.js").write_text("export {}")
    (folder.parent / "secret.txt").write_text("not to be seen")
    (folder / "link.txt").symlink_to(folder.parent / "secret.txt")
    return folder


@pytest.fixture(scope="session")
def server(packages: Path, site: Path) -> Iterator[Served]:
    """A server with a token, a page and short limits."""
    options = (f"--packages-dir={packages}", f"--static={site}", "--exec-timeout=3")
    with serving("--api=pathview", *options) as running:
        yield running


@pytest.fixture(scope="session")
def bare(packages: Path, site: Path) -> Iterator[Served]:
    """A server without a token."""
    options = (f"--packages-dir={packages}", f"--static={site}")
    with serving("--api=pathview", *options, token="") as running:
        yield running


@pytest.fixture
def page(server: Served) -> Iterator[Page]:
    """A session of its own, which is ended afterwards."""
    session = Page(server)
    yield session
    assert session.call("session", method="DELETE").json == {"status": "terminated"}
