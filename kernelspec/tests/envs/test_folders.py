"""Names and places of environments, and which interpreter a new kernel gets."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from envs.made_builds import add_build, add_python

from penstock.client.errors import GatewayError
from penstock.envs import folders


@pytest.mark.parametrize("name", ["a", "0", "data-2026", "py3.12_x", "x" * 64])
def test_names(folder: Path, name: str) -> None:
    assert folders.folder_of(name) == str(folder.parent / name)


@pytest.mark.parametrize("name", ["", ".", "..", "-a", "A", "a/b", "a b", "ü", "x" * 65, "a\n"])
def test_what_is_no_name(folder: Path, name: str) -> None:
    with pytest.raises(GatewayError, match="is no name"):
        folders.folder_of(name)


@pytest.mark.parametrize("data", [None, "", "not/absolute"])
def test_the_usual_place(monkeypatch: pytest.MonkeyPatch, data: str | None) -> None:
    monkeypatch.setenv("HOME", "/home/someone")
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    if data is not None:
        monkeypatch.setenv("XDG_DATA_HOME", data)
    assert folders.base() == "/home/someone/.local/share/penstock/envs"


def test_an_environment_that_is_not_there(folder: Path) -> None:
    for name in ("other", "plant"):  # plant was never completed
        with pytest.raises(GatewayError, match=f"no environment {name}") as raised:
            folders.existing(name)
        assert raised.value.code == "no-such-environment"
        with pytest.raises(GatewayError, match=f"no environment {name}"):
            folders.python_of(str(folder.parent / name))


def test_a_kernel_gets_the_build_itself(folder: Path) -> None:
    python = add_python(add_build(folder, "1", current=True))
    assert folders.python_of(folders.existing("plant")) == str(python)
    (pth,) = folder.glob("builds/1/lib/python3.99/site-packages/*.pth")
    (only,) = os.listdir(pth.read_text().strip())
    assert only == "penstock"


def test_an_interpreter_that_is_gone(folder: Path) -> None:
    add_python(add_build(folder, "1", current=True)).unlink()
    with pytest.raises(GatewayError, match=r"Python of environment plant is gone .*env sync plant"):
        folders.python_of(str(folder))


def test_another_installation(folder: Path) -> None:
    build = add_build(folder, "1", current=True)
    add_python(build)
    (build / folders.LINK / "penstock").unlink()
    (build / folders.LINK / "penstock").symlink_to(folder)
    with pytest.raises(GatewayError, match="another installation"):
        folders.python_of(str(folder))
