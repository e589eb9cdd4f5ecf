"""Packages of an init: imported if they are there, else installed (docs/pathview.md)."""

from __future__ import annotations

import base64
import hashlib
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.pathview.client import Page
from tests.support.served import Served, serving


def wheel(folder: Path, name: str, version: str, code: str = "") -> Path:
    """A wheel of a package with one module, which says its version."""
    info = f"{name}-{version}.dist-info"
    files = {
        f"{name}.py": code or f"__version__ = {version!r}\n",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(
        f"{path},sha256={_digest(text)},{len(text.encode())}\n" for path, text in files.items()
    )
    path = folder / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for member, text in {**files, f"{info}/RECORD": f"{record}{info}/RECORD,,\n"}.items():
            archive.writestr(member, text)
    return path


def _digest(text: str) -> str:
    raw = hashlib.sha256(text.encode()).digest()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What pip finds: it looks nowhere else."""
    folder = tmp_path_factory.mktemp("shelf")
    wheel(folder, "shelved", "1.5")
    for name in ("early", "late"):
        wheel(folder, name, "1.0")
        wheel(folder, name, "2.0rc1")
    wheel(folder, "broken", "1.0", "raise ValueError('out of order')")
    return folder


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, shelf: Path) -> Iterator[Served]:
    """A server with an environment of its own, whose pip knows the shelf only."""
    packages = tmp_path_factory.mktemp("own") / "packages"
    with serving(
        "--api=pathview",
        f"--packages-dir={packages}",
        PIP_NO_INDEX="1",
        PIP_FIND_LINKS=str(shelf),
    ) as running:
        yield running


def wish(
    name: str, *, required: bool = True, pre: bool = False, spec: str = ""
) -> dict[str, object]:
    """A package as the page asks for it."""
    return {"import": name, "pip": spec or name, "required": required, "pre": pre}


def test_what_is_there_is_imported(page: Page) -> None:
    messages = page.init(wish("numpy", spec="never-asked-for"), wish("email.message"))
    texts = [m["value"] for m in messages if m["type"] == "progress"]
    assert texts == [
        "Initializing Python worker...",
        "Installing dependencies...",
        "Installing numpy...",
        "Installing email.message...",
    ]
    said = [m["value"] for m in messages if m["type"] == "stdout"]
    version = page.eval("numpy.__version__")
    assert said == [
        f"numpy {version} loaded successfully\n",
        "email.message loaded successfully\n",
    ]
    assert page.eval("email.message.__name__") == "email.message"


def test_what_is_not_there_is_installed_for_all(server: Served) -> None:
    pages = [Page(server) for _ in range(2)]
    with ThreadPoolExecutor(2) as pool:
        told = list(pool.map(lambda page: page.init(wish("shelved")), pages))
    for page, messages in zip(pages, told, strict=True):
        assert {"type": "stdout", "value": "shelved 1.5 loaded successfully\n"} in messages
        where = page.eval("[shelved.__file__, __import__('sys').prefix]")
        assert where[0].startswith(where[1]), "in the environment of the sessions"
        page.call("session", method="DELETE")


def test_a_release_before_the_release(page: Page) -> None:
    messages = page.init(wish("early", pre=True))
    assert {"type": "stdout", "value": "early 2.0rc1 loaded successfully\n"} in messages
    messages = page.init(wish("late"))
    assert messages == [], "the session was ready"
    page.call("session", method="DELETE")
    messages = page.init(wish("late"))
    assert {"type": "stdout", "value": "late 1.0 loaded successfully\n"} in messages


def test_a_package_that_cannot_be_had(page: Page) -> None:
    error = page.fails("init", {"packages": [wish("nowhere")]}, 500)
    assert "Failed to install required package nowhere: pip install failed" in error["error"]
    messages = page.init(wish("nowhere", required=False))
    (told,) = [m["value"] for m in messages if m["type"] == "stderr"]
    assert told.startswith("Optional package nowhere failed: pip install failed for nowhere: ")
    assert "\x1b" not in told + error["error"], "it is not for a terminal"
    assert messages[-1] == {"type": "ready"}, "the init before it failed, so this one did it all"


@pytest.mark.parametrize("name", ["", "a b", "os; x=1", "1x", "a.", "é", "x'", "x\\", "\U0001f600"])
def test_names_that_are_none(page: Page, name: str) -> None:
    error = page.fails("init", {"packages": [wish(name, spec="s")]}, 500)
    assert error["error"] == f"Failed to install required package s: Invalid import name: {name!r}"


def test_requirements_that_are_options(page: Page) -> None:
    error = page.fails("init", {"packages": [wish("nowhere", spec="--index-url=x")]}, 500)
    assert "Invalid requirement" in error["error"]


def test_wishes_that_are_none(page: Page) -> None:
    wrong: tuple[object, ...] = ({}, "numpy", ["numpy"])
    for packages in wrong:
        assert page.call("init", {"packages": packages}).status == 400
    assert page.call("init", {"packages": None}).status == 200


def test_an_import_that_fails_otherwise(page: Page) -> None:
    for _ in range(2):  # when it was installed, and when it is there
        error = page.fails("init", {"packages": [wish("broken")]}, 500)
        assert error["error"] == "Failed to install required package broken: out of order"
