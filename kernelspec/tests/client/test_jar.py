"""The jar and its remembered hash; the AOT cache's name; the command line of the JVM."""

from __future__ import annotations

import hashlib
import os
import subprocess
from pathlib import Path

import pytest

from penstock.client import jar
from penstock.client.errors import GatewayError
from penstock.client.java import Java, find_java
from penstock.client.jvm import TUNING, GatewayCommand, jvm_environment


def test_a_jar_that_is_missing_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PENSTOCK_JAR", str(tmp_path / "none.jar"))
    with pytest.raises(GatewayError, match="is missing"):
        jar.find_jar()


def test_the_hash_is_remembered_until_the_jar_changes(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "x.jar"
    path.write_bytes(b"one")
    assert jar.jar_hash(str(path), str(tmp_path)) == hashlib.sha256(b"one").hexdigest()
    monkeypatch.setattr(jar, "_sha256", lambda _path: pytest.fail("hashed again"))
    assert jar.jar_hash(str(path), str(tmp_path)) == hashlib.sha256(b"one").hexdigest()
    monkeypatch.undo()
    path.write_bytes(b"two")
    assert jar.jar_hash(str(path), str(tmp_path)) == hashlib.sha256(b"two").hexdigest()


@pytest.mark.parametrize("content", [b"", b"{}", b"[1]", b'[["a", 1]]', b"\xff"])
def test_a_broken_memory_is_made_anew(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.jar").write_bytes(b"one")
    (tmp_path / jar.CACHE_NAME).write_bytes(content)
    expected = hashlib.sha256(b"one").hexdigest()
    assert jar.jar_hash(str(tmp_path / "x.jar"), str(tmp_path)) == expected


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    for name in ("PENSTOCK_AOT", "PENSTOCK_JAVA_OPTIONS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    path = tmp_path / "x.jar"
    path.write_bytes(b"one")

    def make(release: str = "one") -> GatewayCommand:
        return GatewayCommand(Java("/java", "25.0.3", release), str(path), "/run/x")

    return make


def test_the_command_line(command) -> None:
    argv = command().argv()
    assert argv[0] == "/java/bin/java"
    assert argv[-3:] == ["gateway", "--dir", "/run/x"]
    assert "-XX:+UseSerialGC" in argv
    assert not [word for word in argv if "AOT" in word]


def test_java_knows_the_flags_and_compiles_digests_with_c2() -> None:
    known = ["-XX:-IgnoreUnrecognizedVMOptions", "-XX:+CompilerDirectivesPrint", "-version"]
    run = subprocess.run(
        [find_java().executable, *TUNING, *known],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert "sun/security/provider/SHA*.*" in run.stdout
    assert "2 compiler directives added" in run.stdout


def test_the_cache_is_used_once_it_is_there(command) -> None:
    cache = Path(command().cache)
    training = command().training()
    assert training["cache"] == str(cache)
    assert training["argv"][1:] == ["-m", "penstock.client.training", "{output}"]
    cache.parent.mkdir(parents=True)
    cache.write_bytes(b"x")
    os.utime(cache, (0, 0))
    assert f"-XX:AOTCache={cache}" in command().argv()
    assert cache.stat().st_mtime > 0, "a used cache does not grow old"
    assert command().training() is None


def test_the_cache_fits_one_java_jar_and_set_of_flags(
    command, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = {command().cache, command(release="two").cache}
    monkeypatch.setenv("PENSTOCK_JAVA_OPTIONS", "-Xmx1g '-Dx=a b'")
    names.add(command().cache)
    assert len(names) == 3
    argv = command().argv()
    assert "-Dx=a b" in argv
    assert "-XX:+UseSerialGC" not in argv, "the options replace ours"


def test_no_cache_on_demand(command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PENSTOCK_AOT", "off")
    assert command().training() is None


def test_the_gateway_does_not_inherit_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUPYTER_TOKEN", "secret")
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    env = jvm_environment()
    assert "JUPYTER_TOKEN" not in env
    assert env["LC_ALL"] == "C.UTF-8"
