"""The TypeScript package: its types, its unit tests, and what it does to a real server in Node."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.gateway import Gateway
from tests.support.served import Served, serving
from tests.support.waiting import seconds

PACKAGE = Path(__file__).resolve().parents[2] / "clients" / "typescript"
SERVED = PACKAGE.parents[1] / "kernel-gateway/src/main/resources/dev/penstock/gateway/demo/client"
TOOLS = PACKAGE / "node_modules" / ".bin"

EXAMPLES = {
    "execute-and-read": """line 0
line 1
line 2
state: ok
again: "line 0\\nline 1\\nline 2\\n"
""",
    "stream-with-resume": "".join(
        ["value: 1\nvalue: 2\nvalue: 3\nvalue: 4\nback\n", *(f"value: {n}\n" for n in range(5, 11))]
    ),
    "evaluate": "sum: 5.5\nnames: coffee, tea\nerror: KeyError 'milk'\n",
}


def run(*command: str | Path, server: Served | None = None) -> str:
    """Runs a program of Node in the package; what it writes."""
    env = dict(os.environ)
    if server:
        env |= {"PENSTOCK_URL": server.url, "PENSTOCK_TOKEN": server.token}
    done = subprocess.run(
        command,
        cwd=PACKAGE,
        env=env,
        capture_output=True,
        text=True,
        timeout=seconds(240),
        check=False,
    )
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-4000:]
    return done.stdout


@pytest.fixture(scope="module", autouse=True)
def built() -> None:
    """The package and its examples, as JavaScript."""
    if not (TOOLS / "tsc").exists() or not shutil.which("node"):
        pytest.skip("no Node: make clients installs the package's tools where npm is")
    for folder in ("dist", "build"):
        shutil.rmtree(PACKAGE / folder, ignore_errors=True)
    run(TOOLS / "tsc", "-p", "tsconfig.build.json")
    run(TOOLS / "tsc", "-p", "tsconfig.examples.json")


@pytest.fixture(scope="module")
def server(gateway: Gateway, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server with both APIs."""
    folder = tmp_path_factory.mktemp("typescript")
    options = (f"--root-dir={folder}", "--api=pathview", f"--packages-dir={folder / 'packages'}")
    with serving(*options) as running:
        yield running


def test_types() -> None:
    run(TOOLS / "tsc", "-p", "tsconfig.json")


def test_what_the_server_has_for_pages_is_this_package() -> None:
    built, served = (
        {file.name: file.read_text() for file in folder.glob("*.js")}
        for folder in (PACKAGE / "dist", SERVED)
    )
    assert served == built, "make typescript puts the package into the server"


def test_units() -> None:
    run(TOOLS / "vitest", "run")


def test_against_a_server(server: Served) -> None:
    run(TOOLS / "vitest", "run", "--config", "vitest.e2e.config.ts", server=server)


@pytest.mark.parametrize("name", EXAMPLES)
def test_examples(server: Served, name: str) -> None:
    assert run("node", f"build/examples/{name}.js", server=server) == EXAMPLES[name]
