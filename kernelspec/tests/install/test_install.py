"""Where `penstock install` puts the kernelspec, and who can see it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from penstock import kernelspec
from penstock.cli.main import main

PROVISIONER = {"provisioner_name": "penstock-provisioner"}


def listed(**env: str) -> dict[str, dict]:
    """What Jupyter shows (jupyter kernelspec list --json)."""
    argv = [sys.executable, "-m", "jupyter_client.kernelspecapp", "list", "--json"]
    output = subprocess.check_output(argv, env={**os.environ, **env}, stderr=subprocess.DEVNULL)
    return json.loads(output)["kernelspecs"]


def test_user(isolated: Path, tmp_path: Path) -> None:
    assert main(["install", "--user", "--name", "mine", "--display-name", "Mine"]) == 0
    entry = listed()["mine"]
    assert entry["resource_dir"] == str(tmp_path / "data" / "kernels" / "mine")
    assert sorted(os.listdir(entry["resource_dir"])) == [
        "kernel.json",
        "logo-32x32.png",
        "logo-64x64.png",
        "logo-svg.svg",
    ]
    spec = entry["spec"]
    assert spec["argv"][0] == sys.executable, "absolute: another environment's Jupyter runs it"
    assert spec["display_name"] == "Mine"
    assert "kernel_provisioner" not in spec["metadata"]


def test_the_environments_own_prefix_names_the_provisioner(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    assert main(["install", "--sys-prefix"]) == 0
    spec = json.loads((tmp_path / "share/jupyter/kernels/penstock/kernel.json").read_text())
    assert spec["metadata"]["kernel_provisioner"] == PROVISIONER


def test_another_prefix_does_not(isolated: Path, tmp_path: Path) -> None:
    assert main(["install", "--prefix", str(tmp_path / "other")]) == 0
    entry = listed(JUPYTER_PATH=str(tmp_path / "other" / "share" / "jupyter"))["penstock"]
    assert "kernel_provisioner" not in entry["spec"]["metadata"]


def test_environment_and_profile(isolated: Path) -> None:
    main(
        [
            "install",
            "--user",
            "--env",
            "A",
            "b",
            "--env",
            "C",
            "${HOME}",
            "--profile",
            "lab",
            "--name",
            "lab",
        ]
    )
    spec = json.loads(Path(listed()["lab"]["resource_dir"], "kernel.json").read_text())
    assert spec["env"] == {"A": "b", "C": "${HOME}"}
    assert spec["argv"][-2:] == ["--profile", "lab"]
    assert spec["display_name"] == "Python 3 (Penstock) [profile=lab]"


def test_an_environment_without_penstock_sees_the_users_spec(isolated: Path) -> None:
    """jupyter_client hides a spec whose provisioner it lacks: so --user must not name one. The
    other environment is this one without penstock's entry points.
    """
    main(["install", "--user", "--name", "for-all"])
    code = (
        "import importlib.metadata as m; real = m.entry_points\n"
        "def without(**kw): return [e for e in real(**kw) if 'penstock' not in e.name]\n"
        "m.entry_points = without\n"
        "from jupyter_client.kernelspec import KernelSpecManager\n"
        "print(*KernelSpecManager().get_all_specs())"
    )
    output = subprocess.check_output(
        [sys.executable, "-c", code], text=True, stderr=subprocess.DEVNULL
    )
    assert "for-all" in output.split()
    assert "penstock" not in output.split(), "the one that names the provisioner is hidden"


def test_a_name_that_is_none_is_told(isolated: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["install", "--user", "--name", "no/name"]) == 1
    assert "penstock: " in capsys.readouterr().err


def test_a_place_that_cannot_be_written_is_told(
    isolated: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    assert main(["install", "--prefix", str(tmp_path / "file")]) == 1
    assert "cannot be written" in capsys.readouterr().err


def test_two_places_at_once_are_refused() -> None:
    with pytest.raises(SystemExit) as ended:
        main(["install", "--user", "--sys-prefix"])
    assert ended.value.code == 2


def test_the_packaged_spec() -> None:
    """This one goes to share/jupyter of the environment that pip installs into."""
    spec = json.loads(Path(kernelspec.RESOURCES, "kernel.json").read_text())
    assert spec["argv"] == ["python", "-m", "penstock.launcher", "-f", "{connection_file}"]
    assert spec["interrupt_mode"] == "message"
    assert spec["language"] == "python"
    assert spec["kernel_protocol_version"] == "5.6.0"
    assert spec["metadata"]["kernel_provisioner"] == PROVISIONER
    for size in (32, 64):
        png = Path(kernelspec.RESOURCES, f"logo-{size}x{size}.png").read_bytes()
        assert png[:8] == b"\x89PNG\r\n\x1a\n"
        assert int.from_bytes(png[16:20], "big") == int.from_bytes(png[20:24], "big") == size
