"""A client for all checks, and the matrix of what they did."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from tests.clients import clients, matrix
from tests.clients.client import AbsentError
from tests.clients.kept import Kept
from tests.support.gateway import Gateway


@pytest.fixture(scope="session", params=clients.ALL, ids=lambda kind: kind.NAME)
def kept(
    request: pytest.FixtureRequest, gateway: Gateway, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Kept]:
    """One client program, for all checks. It ends before the gateway, whose kernels it has."""
    try:
        kept = Kept(request.param, partial(tmp_path_factory.mktemp, "client"))
    except AbsentError as problem:
        pytest.skip(f"{request.param.NAME}: {problem}")
    yield kept
    kept.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Notes how each check went."""
    report = yield
    parameters = item.callspec.params if hasattr(item, "callspec") else {}
    if {"kept", "check"} <= parameters.keys():
        matrix.note(parameters["kept"].NAME, parameters["check"], report)
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Prints the matrix; writes docs/clients.md when every client ran all its checks."""
    if not matrix.noted():
        return
    terminalreporter.section("clients")
    terminalreporter.write(matrix.table())
    if matrix.complete():
        page = Path(__file__).resolve().parents[2] / "docs" / "clients.md"
        page.write_text(matrix.page(), encoding="utf-8")
