"""Isolated directories for every test, and a gateway's stand-in for tests of clients."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from stand_in_gateway import StandInGateway

SOURCE = str(Path(__file__).parents[1] / "src")


@pytest.fixture
def isolated(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """Runtime, cache and Jupyter directories of the test's own; a short path for the sockets."""
    runtime = Path(tempfile.mkdtemp(prefix="pr-"))
    monkeypatch.setenv("PENSTOCK_RUNTIME_DIR", str(runtime))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path / "jupyter"))
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("PYTHONPATH", SOURCE)
    monkeypatch.delenv("JPY_PARENT_PID", raising=False)
    yield runtime
    shutil.rmtree(runtime, ignore_errors=True)


@pytest.fixture
def gateway(
    isolated: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[StandInGateway]:
    """A stand-in where clients with a certain (empty) jar look for the gateway."""
    jar = tmp_path / "stand-in.jar"
    jar.write_bytes(b"")
    monkeypatch.setenv("PENSTOCK_JAR", str(jar))
    from penstock.client.gateway import directory

    stand_in = StandInGateway(Path(directory()))
    yield stand_in
    if (stand_in.directory / "gateway.sock").exists():
        stand_in.close()
    assert os.listdir(isolated)
