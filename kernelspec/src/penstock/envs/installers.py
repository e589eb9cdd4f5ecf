"""uv, or venv and pip: how each is run, and what its lines mean."""

from __future__ import annotations

import glob
import os
import shutil
import sys
from collections.abc import Callable
from typing import Any, Protocol

from ..client.errors import GatewayError
from .events import progress
from .folders import python_in

RAW_PROGRESS = (24, 1)
"""The first pip that tells the bytes of a download as lines."""


class Installer(Protocol):
    """Makes virtual environments and installs into them."""

    name: str
    needs: tuple[str, ...]
    """Packages without which a session could not install others."""

    def make(self, build: str, python: str | None) -> list[str]:
        """The command that makes an empty environment of an interpreter: a path or a version; None
        for that of this process. Raises GatewayError.
        """

    def install(self, build: str, requirements: str, needs: list[str]) -> list[str]:
        """The command that installs what a file lists, and further packages."""

    def reader(self) -> Callable[[str], dict[str, Any] | None]:
        """Turns the lines of `install` into events; None for those that tell nothing new."""


class Uv:
    """https://docs.astral.sh/uv/: it can also fetch interpreters."""

    name = "uv"
    needs: tuple[str, ...] = ("pip",)

    def __init__(self, program: str) -> None:
        self._program = program

    def make(self, build: str, python: str | None) -> list[str]:
        """As `Installer.make`."""
        wanted = python or sys.executable
        return [self._program, "venv", "--no-project", "--python", wanted, build]

    def install(self, build: str, requirements: str, needs: list[str]) -> list[str]:
        """As `Installer.install`."""
        target = ["--python", python_in(build), "-r", requirements]
        return [self._program, "pip", "install", *target, *needs]

    def reader(self) -> Callable[[str], dict[str, Any] | None]:
        """As `Installer.reader`."""
        known = ("Resolved", "Downloading", "Building", "Built", "Prepared", "Installed")

        def read(line: str) -> dict[str, Any] | None:
            text = line.strip()
            return progress("packages", text) if text.startswith(known) else None

        return read


class Pip:
    """The standard library's venv, and the pip that it brings."""

    name = "pip"
    needs: tuple[str, ...] = ()

    def make(self, build: str, python: str | None) -> list[str]:
        """As `Installer.make`."""
        return [_interpreter(python), "-I", "-m", "venv", build]

    def install(self, build: str, requirements: str, needs: list[str]) -> list[str]:
        """As `Installer.install`."""
        bar = "raw" if _pip_version(build) >= RAW_PROGRESS else "off"
        options = ["--disable-pip-version-check", "--no-input", "--progress-bar", bar]
        pip = [python_in(build), "-I", "-m", "pip", "install"]
        return [*pip, *options, "-r", requirements, *needs]

    def reader(self) -> Callable[[str], dict[str, Any] | None]:
        """As `Installer.reader`."""
        known = ("Collecting", "Processing", "Downloading", "Building", "Installing")
        what = ""

        def read(line: str) -> dict[str, Any] | None:
            nonlocal what
            words = line.split()
            if len(words) == 4 and words[0] == "Progress" and words[2] == "of":
                return progress("packages", what, _number(words[1]), _number(words[3]))
            if words and line.strip().startswith(known):
                what = line.strip()
                return progress("packages", what)
            return None

        return read


def choose(wanted: str | None) -> Installer:
    """The installer of that name; else uv where it is found, else pip. Raises GatewayError."""
    program = None if wanted == "pip" else _find_uv()
    if program:
        return Uv(program)
    if wanted == "uv":
        raise GatewayError("option", "uv is not found", "put it on the PATH, or: --installer pip")
    return Pip()


def _find_uv() -> str | None:
    beside = os.path.join(os.path.dirname(sys.executable), "uv")
    return shutil.which("uv") or (beside if os.access(beside, os.X_OK) else None)


def _interpreter(wanted: str | None) -> str:
    if wanted is None:
        return sys.executable
    if found := shutil.which(f"python{wanted}" if wanted[:1].isdigit() else wanted):
        return found
    raise GatewayError(
        "option",
        f"There is no Python {wanted} on the PATH",
        "give its path, or install uv, which can fetch it",
    )


def _pip_version(build: str) -> tuple[int, ...]:
    found = glob.glob(os.path.join(build, "lib", "python*", "site-packages", "pip-*.dist-info"))
    numbers = [os.path.basename(path).split("-")[1].removesuffix(".dist") for path in found]
    parts = numbers[0].split(".")[:2] if numbers else []
    return tuple(int(part) for part in parts if part.isdigit())


def _number(text: str) -> int | None:
    return int(text) if text.isdigit() else None
