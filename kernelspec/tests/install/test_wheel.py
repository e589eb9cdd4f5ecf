"""What is in the wheel; that it is not built without the jar."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from penstock import __version__

PROJECT = Path(__file__).parents[2]

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("hatchling") is None, reason="hatchling is not installed here"
)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the project without a jar."""
    copy = tmp_path / "kernelspec"
    ignored = shutil.ignore_patterns("*.jar", "__pycache__", "dist", "build", ".*_cache")
    shutil.copytree(PROJECT, copy, ignore=ignored)
    return copy


def build(project: Path) -> subprocess.CompletedProcess[str]:
    argv = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    return subprocess.run(
        [*argv, "-w", project / "dist", project], capture_output=True, text=True, check=False
    )


def test_a_wheel_without_the_jar_is_refused(project: Path) -> None:
    built = build(project)
    assert built.returncode != 0
    assert "penstock.jar is missing" in built.stdout + built.stderr


def test_the_wheel_is_complete(project: Path) -> None:
    (project / "src" / "penstock" / "jar").mkdir(exist_ok=True)
    (project / "src" / "penstock" / "jar" / "penstock.jar").write_bytes(b"jar")
    built = build(project)
    assert built.returncode == 0, built.stderr
    (wheel,) = (project / "dist").iterdir()
    assert wheel.name == f"penstock-{__version__}-py3-none-any.whl"
    names = set(zipfile.ZipFile(wheel).namelist())
    spec = f"penstock-{__version__}.data/data/share/jupyter/kernels/penstock"
    expected = {f"{spec}/{name.name}" for name in (PROJECT / "src/penstock/resources").iterdir()}
    config = f"penstock-{__version__}.data/data/etc/jupyter/jupyter_server_config.d"
    pages = f"penstock-{__version__}.data/data/share/jupyter/labextensions/@penstock/output-log"
    expected |= {
        f"{config}/penstock.json",
        f"{config}/penstock_closed_tabs.json",
        f"{config}/penstock_log.json",
        f"{pages}/package.json",
        f"{pages}/static/remoteEntry.js",
        "penstock/jar/penstock.jar",
        "penstock/keeper/__main__.py",
        "penstock/resources/kernel.json",
        "penstock/resources/logo-svg.svg",
        "penstock/worker/zygote.py",
    }
    assert expected <= names
    assert not [name for name in names if "test" in name]
    entry_points = zipfile.ZipFile(wheel).read(f"penstock-{__version__}.dist-info/entry_points.txt")
    assert b"penstock-provisioner = penstock.provisioner:PenstockProvisioner" in entry_points
