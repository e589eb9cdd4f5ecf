"""Kernels of an environment: what each door asks the gateway for."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from envs.made_builds import add_build, add_python
from stand_in_gateway import StandInGateway

from penstock.cli.main import main
from penstock.client.errors import GatewayError
from penstock.envs import kernelspecs
from penstock.kernelspec import environment_argument


@pytest.fixture
def python(folder: Path) -> str:
    """The interpreter of the environment's current build."""
    return str(add_python(add_build(folder, "1", current=True)))


def test_the_command(python: str, gateway: StandInGateway, tmp_path: Path) -> None:
    assert main(["kernel", "start", "--environment", "plant", "-f", str(tmp_path / "c.json")]) == 0
    (request,) = gateway.asked("start")
    assert request["environment"]["python"] == python
    assert request["environment"]["zygote_argv"][0] == python
    assert request["args"] == []


def test_an_environment_that_is_not_there(
    gateway: StandInGateway, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["kernel", "start", "--environment", "plant"]) == 1
    assert "There is no environment plant" in capsys.readouterr().err
    assert gateway.asked("start") == []


def test_a_server(python: str, folder: Path, isolated: Path) -> None:
    argv = [sys.executable, "-m", "penstock.launcher", "-f", "{connection_file}"]
    question = {"argv": [*argv, environment_argument(str(folder))], "env": {}}
    answer = subprocess.run(
        [sys.executable, "-m", "penstock.client.describe"],
        input=json.dumps(question),
        capture_output=True,
        text=True,
        check=True,
    )
    recipe = json.loads(answer.stdout)
    assert recipe["environment"]["python"] == python
    assert recipe["args"] == []


def test_the_kernelspec_goes_with_the_environment(
    python: str, folder: Path, isolated: Path, tmp_path: Path
) -> None:
    name, path = kernelspecs.install("plant", prefix=str(tmp_path / "prefix"))
    assert name == "penstock-plant"
    spec = json.loads(Path(path, "kernel.json").read_text())
    assert spec["argv"][0] == sys.executable
    assert f"--environment={folder}" in spec["argv"]
    assert spec["display_name"] == "Python 3 (Penstock, plant)"
    _, user = kernelspecs.install("plant", user=True, display_name="Plants")
    others = Path(user, "kernel.json")
    others.write_text(json.dumps({**spec, "argv": ["another"]}))
    assert kernelspecs.uninstall(str(folder), [path, user, "/no/such"]) == [path]
    assert not Path(path).exists()
    assert others.exists()


def test_no_kernelspec_of_no_environment(folder: Path) -> None:
    with pytest.raises(GatewayError, match="no environment plant"):
        kernelspecs.install("plant", user=True)
