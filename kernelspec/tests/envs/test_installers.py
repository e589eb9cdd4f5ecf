"""How installers are run, and what their lines tell."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from penstock.client.errors import GatewayError
from penstock.envs.events import progress
from penstock.envs.installers import Pip, Uv, choose


def test_pip_tells_bytes_of_what_it_downloads() -> None:
    read = Pip().reader()
    assert read("Collecting toolz==1.0") == progress("packages", "Collecting toolz==1.0")
    assert read("  Downloading toolz-1.0.whl (56 kB)") == progress(
        "packages", "Downloading toolz-1.0.whl (56 kB)"
    )
    assert read("Progress 128 of 57344") == progress(
        "packages", "Downloading toolz-1.0.whl (56 kB)", 128, 57344
    )
    assert read("Requirement already satisfied: x") is None
    assert read("") is None


def test_uv_tells_its_stages() -> None:
    read = Uv("uv").reader()
    assert read("Resolved 3 packages in 2ms") == progress("packages", "Resolved 3 packages in 2ms")
    assert read(" + toolz==1.0") is None


@pytest.mark.parametrize(("version", "bar"), [("23.2.1", "off"), ("24.1", "raw"), ("26.0", "raw")])
def test_only_a_pip_that_can_is_asked_for_bytes(tmp_path: Path, version: str, bar: str) -> None:
    packages = tmp_path / "lib" / "python3.11" / "site-packages"
    (packages / f"pip-{version}.dist-info").mkdir(parents=True)
    command = Pip().install(str(tmp_path), "list.txt", ["ipykernel>=7"])
    assert command[:4] == [str(tmp_path / "bin" / "python"), "-I", "-m", "pip"]
    assert command[command.index("--progress-bar") + 1] == bar
    assert command[-3:] == ["-r", "list.txt", "ipykernel>=7"]


def test_interpreters(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    program = tmp_path / "python3.99"
    program.symlink_to("/bin/sh")
    assert Pip().make("build", None) == [sys.executable, "-I", "-m", "venv", "build"]
    assert Pip().make("build", "3.99")[0] == str(program)
    assert Pip().make("build", str(program))[0] == str(program)
    assert Uv("uv").make("build", "3.99")[-3:] == ["--python", "3.99", "build"]
    with pytest.raises(GatewayError, match=r"no Python 3\.98 on the PATH"):
        Pip().make("build", "3.98")


def test_uv_where_it_is_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "none" / "python"))
    assert choose(None).name == "pip"
    with pytest.raises(GatewayError, match="uv is not found"):
        choose("uv")
    os.symlink("/bin/sh", tmp_path / "uv")
    assert choose(None).name == choose("uv").name == "uv"
    assert choose("pip").name == "pip"
