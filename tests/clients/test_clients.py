"""The table of checks through each client program."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.clients.checks import CHECKS
from tests.clients.client import Client
from tests.clients.kept import Kept


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_client(kept: Kept, check: Callable[[Client], None]) -> None:
    if check.__name__ in kept.kind.ABSENT:
        return  # the page tells why
    with kept.used() as client:
        check(client)
