"""A real keeper for each test."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from keeper.harness import TestingKeeper


@pytest.fixture
def directory() -> Iterator[Path]:
    """A runtime directory with a path short enough for sockets."""
    path = Path(tempfile.mkdtemp(prefix="pk-"))
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture
def start_keeper(directory: Path) -> Iterator[Callable[..., TestingKeeper]]:
    keepers: list[TestingKeeper] = []

    def start(**config: Any) -> TestingKeeper:
        keepers.append(TestingKeeper(directory, **config))
        return keepers[-1]

    yield start
    for keeper in keepers:
        keeper.end()


@pytest.fixture
def keeper(start_keeper: Callable[..., TestingKeeper]) -> TestingKeeper:
    return start_keeper().hello()
