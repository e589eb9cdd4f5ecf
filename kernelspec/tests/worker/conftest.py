"""Fixtures: a test gateway, one zygote for all tests, workers by both start paths."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

sys.path.insert(0, str(Path(__file__).parent))

from testing_gateway import Gateway, Worker, Zygote, be_subreaper

SOURCE = Path(__file__).parents[2] / "src"


@pytest.fixture(scope="module", autouse=True)
def subreaper() -> Iterator[None]:
    """Until other tests run, in which orphans are to be nobody's; the ones of these are reaped."""
    be_subreaper(True)
    yield
    be_subreaper(False)
    for child in psutil.Process().children():
        with suppress(psutil.NoSuchProcess):
            if child.status() == psutil.STATUS_ZOMBIE:
                child.wait()


@pytest.fixture(scope="session")
def base_env() -> Iterator[dict[str, str]]:
    """An environment with a home and an IPython directory of its own."""
    home = Path(tempfile.mkdtemp(prefix="pw-home-"))
    keep = {k: v for k, v in os.environ.items() if k in ("PATH", "LANG", "LC_ALL", "TZ")}
    yield {
        **keep,
        "HOME": str(home),
        "IPYTHONDIR": str(home / "ipython"),
        "MPLCONFIGDIR": str(home / "mpl"),
        "PYTHONPATH": str(SOURCE),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="session")
def zygote(base_env: dict[str, str]) -> Iterator[Zygote]:
    """One zygote for all tests that do not change what it is made of."""
    process = Zygote(base_env)
    yield process
    assert process.close() == 0


@pytest.fixture
def gateway(base_env: dict[str, str], zygote: Zygote) -> Iterator[Gateway]:
    """A gateway with a short path of its own."""
    folder = Path(tempfile.mkdtemp(prefix="pw-"))
    end = Gateway(folder, base_env)
    end.zygote = zygote
    yield end
    end.close()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["fork", "fresh"])
def mode(request: pytest.FixtureRequest) -> str:
    """Both ways a worker starts."""
    return str(request.param)


@pytest.fixture
def worker(gateway: Gateway, mode: str) -> Worker:
    """A worker, by both ways."""
    return gateway.start(mode)


@pytest.fixture
def forked(gateway: Gateway) -> Worker:
    """A forked worker, for what does not depend on the way it was started."""
    return gateway.start("fork")
