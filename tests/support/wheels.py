"""A folder of wheels that stands in for a package index: small ones of our own, and what a kernel
needs.
"""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

BACKEND = """
import os, time

def build_wheel(folder, config_settings=None, metadata_directory=None):
    with open({marker!r} + ".new", "w") as file:
        file.write(str(os.getpid()))
    os.rename({marker!r} + ".new", {marker!r})
    time.sleep(600)

prepare_metadata_for_build_wheel = build_wheel
"""

PROJECT = """
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
"""


def add(folder: Path, name: str, version: str) -> None:
    """Adds a wheel with one module that has nothing but `VERSION`."""
    info = f"{name}-{version}.dist-info"
    files = {
        f"{name}.py": f"VERSION = {version!r}\n",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{path},,\n" for path in [*files, f"{info}/RECORD"])
    with zipfile.ZipFile(folder / f"{name}-{version}-py3-none-any.whl", "w") as wheel:
        for path, text in {**files, f"{info}/RECORD": record}.items():
            wheel.writestr(path, text)


def index(folder: Path, name: str, *versions: str) -> Path:
    """Fills a folder with what a kernel needs, and these versions of a package; the folder."""
    download(folder, "ipykernel>=7,<8", "pip")
    for version in versions:
        add(folder, name, version)
    return folder


def download(folder: Path, *requirements: str) -> None:
    """Adds the wheels of packages with all that they need."""
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
    pip += ["--retries=10", "--timeout=60"]
    command = [*pip, "--only-binary=:all:", "--dest", str(folder), *requirements]
    subprocess.run(command, check=True, timeout=600)


def endless(folder: Path, marker: Path) -> None:
    """Makes a source tree whose build writes its process id to `marker` and then does not end."""
    folder.mkdir()
    (folder / "pyproject.toml").write_text(PROJECT, encoding="utf-8")
    (folder / "backend.py").write_text(BACKEND.format(marker=str(marker)), encoding="utf-8")
