"""Lists of packages and settings."""

from __future__ import annotations

from pathlib import Path

import pytest

from penstock.client.errors import GatewayError
from penstock.envs import declared


@pytest.mark.parametrize(
    "line",
    [
        "numpy>=2",
        "numpy>=2  # -r other.txt",
        "-r /lists/common.txt",
        "--constraint=/lists/limits.txt",
        "-e git+https://example.org/plant.git#egg=plant",
        "--extra-index-url https://example.org/simple",
        "--find-links https://example.org/wheels",
        "plant @ file:///srv/plant",
        "",
    ],
)
def test_lines_that_mean_the_same_everywhere(tmp_path: Path, line: str) -> None:
    path = tmp_path / "list.txt"
    path.write_text(f"toolz\n{line}\n")
    assert declared.read_list(str(path)) == f"toolz\n{line}\n"


@pytest.mark.parametrize(
    "line", ["-r common.txt", "-cc.txt", "--requirement=x.txt", "-e .", "-e src", "./a.whl", "../a"]
)
def test_lines_that_do_not(tmp_path: Path, line: str) -> None:
    path = tmp_path / "list.txt"
    path.write_text(f"toolz\n{line}\n")
    with pytest.raises(GatewayError, match=r"Line 2 of .*whole path"):
        declared.read_list(str(path))


def test_what_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    for name in ("none", "binary"):
        with pytest.raises(GatewayError, match="cannot be read"):
            declared.read_list(str(tmp_path / name))


def test_lists_are_private_and_settings_have_defaults(folder: Path) -> None:
    declared.write_list(str(folder), declared.empty_list("plant"))
    assert (folder / "requirements.txt").stat().st_mode & 0o777 == 0o600
    assert "penstock env sync plant" in (folder / "requirements.txt").read_text()
    nothing = {"python": None, "installer": None, "kernelspecs": []}
    assert declared.read_settings(str(folder)) == nothing
    declared.write_settings(str(folder), {**nothing, "python": "3.12"})
    assert declared.read_settings(str(folder))["python"] == "3.12"
    (folder / "environment.json").write_text("{")
    assert declared.read_settings(str(folder)) == nothing
