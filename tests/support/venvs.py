"""Virtual environments beside the one that runs the tests."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
import venv
from pathlib import Path


def borrowing(folder: Path) -> Path:
    """Makes an environment of its own that sees the packages of ours; returns its Python.

    It is another environment for Penstock (another prefix), yet costs no installation.
    """
    venv.create(folder, with_pip=False, symlinks=True)
    site_packages = next(folder.glob("lib/python*/site-packages"))
    # addsitedir, not a bare path: our own site-packages has .pth files too (editable installs).
    line = f"import site; site.addsitedir({sysconfig.get_path('purelib')!r})\n"
    (site_packages / "borrowed.pth").write_text(line, encoding="utf-8")
    return folder / "bin" / "python"


def empty(folder: Path, python: Path = Path(sys.executable)) -> Path:
    """Makes an environment of a Python with nothing but pip; returns its own Python."""
    subprocess.run([python, "-m", "venv", folder], check=True, timeout=120)
    return folder / "bin" / "python"


def install(python: Path, *packages: Path | str) -> None:
    """Installs packages (names, wheels) into an environment."""
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, *map(str, packages)], check=True, timeout=600)
