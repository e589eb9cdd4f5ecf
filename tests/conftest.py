"""An isolated Jupyter and an isolated Penstock for the whole run, ended and looked after at its
end.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from jupyter_client.connect import LocalPortCache

from tests.support import specs
from tests.support.gates import Gate
from tests.support.gateway import Gateway
from tests.support.kernel import Kernel, started
from tests.support.ports import free_port

WAYS = ("provisioner", "launcher")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Adds --via."""
    parser.addoption(
        "--via",
        default=",".join(WAYS),
        help="how to start kernels, comma separated: provisioner, launcher, reference (ipykernel)",
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Runs each test that asks for `via` once for each way."""
    if "via" in metafunc.fixturenames:
        metafunc.parametrize("via", metafunc.config.getoption("--via").split(","), scope="session")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Tells why a test failed that was run again, also if it passed then."""
    for report in terminalreporter.stats.get("rerun", []):
        terminalreporter.section(f"failed once: {report.nodeid}")
        terminalreporter.write_line(report.longreprtext)
        for name, text in report.sections:
            terminalreporter.section(name, "-")
            terminalreporter.write_line(text)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leaves out, by name, what ipykernel does not promise when it stands in for Penstock."""
    if "reference" not in config.getoption("--via"):
        return
    skip = pytest.mark.skip(reason="ipykernel makes no such promise")
    for item in items:
        if item.get_closest_marker("beyond_reference"):
            item.add_marker(skip)


@pytest.fixture(scope="session")
def short_folder() -> Iterator[Path]:
    """A folder with a path short enough for Unix sockets (108 bytes)."""
    folder = Path(tempfile.mkdtemp(prefix="pk-"))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def gate(tmp_path: Path) -> Gate:
    """What code of this test waits at; closed."""
    return Gate(tmp_path / "gate")


@pytest.fixture(scope="session", autouse=True)
def jupyter(short_folder: Path, pytestconfig: pytest.Config) -> Path:
    """Jupyter's and Penstock's folders for this run: nothing of the user's own is touched."""
    try:
        specs.make(short_folder / "jupyter", pytestconfig.getoption("--via").split(","))
    except specs.NotInstalledError as problem:
        pytest.exit(str(problem), returncode=3)
    os.environ.update(
        {
            "JUPYTER_PATH": str(short_folder / "jupyter"),
            "JUPYTER_DATA_DIR": str(short_folder / "data"),
            "JUPYTER_CONFIG_DIR": str(short_folder / "config"),
            "JUPYTER_RUNTIME_DIR": str(short_folder / "run"),
            "IPYTHONDIR": str(short_folder / "ipython"),
            "PENSTOCK_RUNTIME_DIR": str(short_folder / "p"),
            "PENSTOCK_AOT": "off",
        }
    )
    os.environ.pop("OMP_NUM_THREADS", None)
    # Kernels of a launcher bind theirs a second later: those that the system would give meanwhile
    # go to any connection of other tests.
    LocalPortCache.find_available_port = lambda _cache, _ip: free_port()  # type: ignore[assignment,method-assign]
    return short_folder / "jupyter"


@pytest.fixture(scope="session")
def wheel() -> Path:
    """The wheel that `make wheel` leaves in dist/."""
    root = Path(__file__).resolve().parents[1]
    subprocess.run(["make", "--silent", "wheel"], cwd=root, check=True, timeout=600)
    (found,) = (root / "dist").glob("penstock-*.whl")
    return found


@pytest.fixture(scope="session")
def gateway(jupyter: Path, short_folder: Path) -> Iterator[Gateway]:
    """The gateway that most tests share."""
    shared = Gateway(short_folder / "p")
    yield shared
    shared.stop()


@pytest.fixture
def own_gateway(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> Iterator[Gateway]:
    """A gateway for one test alone, so that the test may kill it."""
    folder = Path(tempfile.mkdtemp(prefix="pk-"))
    own = Gateway(folder / "p")
    monkeypatch.setenv("PENSTOCK_RUNTIME_DIR", str(own.runtime))
    yield own
    own.stop()
    shutil.rmtree(folder)


@pytest.fixture
def kernel(via: str, gateway: Gateway) -> Iterator[Kernel]:
    """A fresh kernel of the shared gateway, known to have been started as the test asks."""
    with started(via) as fresh:
        if via != "reference":
            assert gateway.kernel_of(fresh.worker_pid)["via"] == via
        yield fresh
