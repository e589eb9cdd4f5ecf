"""The runtime directory: where it is, and each way in which it can be wrong."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
from pathlib import Path

import pytest

from penstock.client import runtime
from penstock.client.errors import GatewayError


@pytest.fixture(autouse=True)
def no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PENSTOCK_RUNTIME_DIR", "XDG_RUNTIME_DIR", "TMPDIR"):
        monkeypatch.delenv(name, raising=False)


def test_the_chosen_directory_wins(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setenv("PENSTOCK_RUNTIME_DIR", "relative")
    assert runtime.base_dir() == str(Path.cwd() / "relative")


def test_the_session_directory_is_next(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    assert runtime.base_dir() == str(tmp_path / "penstock")


@pytest.mark.parametrize("value", ["", "relative", "/does/not/exist"])
def test_a_session_directory_that_is_none_is_passed_over(
    monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", value)
    assert runtime.base_dir() == f"/tmp/penstock-{os.geteuid()}"


def test_the_temporary_directory_is_last(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    assert runtime.base_dir() == str(tmp_path / f"penstock-{os.geteuid()}")


def test_it_is_made_private_whatever_the_umask(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        path = runtime.ensure_private(str(tmp_path / "a" / "b"))
    finally:
        os.umask(old)
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o700
    assert runtime.ensure_private(path) == path


def mistake(path: Path) -> GatewayError:
    with pytest.raises(GatewayError) as caught:
        runtime.ensure_private(str(path))
    error = caught.value
    assert error.code == "runtime-dir"
    assert error.hint
    assert "\n" not in str(error)
    return error


def test_a_symbolic_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir(mode=0o700)
    (tmp_path / "link").symlink_to(tmp_path / "real")
    assert "is a symbolic link" in mistake(tmp_path / "link").message


def test_a_dangling_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    assert "is a symbolic link" in mistake(tmp_path / "link").message
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize("mode", [0o755, 0o701, 0o770, 0o1777])
def test_a_directory_open_to_others_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "open"
    path.mkdir()
    path.chmod(mode)
    assert mistake(path).hint == f"run: chmod 700 {path}"


def test_a_file_in_its_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert "is not a directory" in mistake(tmp_path / "file").message


def test_a_file_above_it_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert "cannot be" in mistake(tmp_path / "file" / "below").message


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a directory away")
def test_the_directory_of_another_user_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "theirs"
    path.mkdir(mode=0o700)
    os.chown(path, 65534, 65534)
    assert "belongs to another user" in mistake(path).message


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_an_unwritable_parent_is_told(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    assert "cannot be made" in mistake(tmp_path / "below").message


def test_a_path_too_long_for_sockets_is_told() -> None:
    exactly = "/" + "x" * (runtime.MAX_SOCKET_PATH - len("/gateway.sock") - 1)
    runtime.check_length(exactly)
    with pytest.raises(GatewayError, match="too long for Unix sockets") as caught:
        runtime.check_length(exactly + "x")
    assert "PENSTOCK_RUNTIME_DIR" in caught.value.hint


def test_the_length_counts_bytes() -> None:
    with pytest.raises(GatewayError):
        runtime.check_length("/" + "ö" * 60)


def can_mount() -> bool:
    return os.geteuid() == 0 and shutil.which("mount") is not None


@pytest.mark.skipif(not can_mount(), reason="only root can mount a small disk")
def test_a_full_disk_is_told(tmp_path: Path) -> None:
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4k,mode=0700", "none", tmp_path], check=False
    )
    if mounted.returncode:
        pytest.skip("this container may not mount")
    try:
        (tmp_path / "filler").write_bytes(b"x" * 4096)
        with pytest.raises(GatewayError, match="No space left on device"):
            runtime.check_space(str(tmp_path))
    finally:
        subprocess.run(["umount", tmp_path], check=True)


def test_a_directory_that_vanished_is_told(tmp_path: Path) -> None:
    with pytest.raises(GatewayError, match="cannot be written to"):
        runtime.check_space(str(tmp_path / "gone"))


def test_a_usable_directory_is_left_as_it_was(tmp_path: Path) -> None:
    runtime.check_space(str(tmp_path))
    assert list(tmp_path.iterdir()) == []
