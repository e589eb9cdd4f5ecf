"""Several Python environments side by side, and when a worker is forked or started fresh."""

from __future__ import annotations

import json
import shutil
import subprocess
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.support import pythons, specs, venvs
from tests.support.gateway import Gateway
from tests.support.kernel import Kernel, started

pytestmark = pytest.mark.beyond_reference


#: Small packages, each installed with one version of Python alone.
ONLY_THERE = {"3.10": "roman", "3.11": "inflection", "3.12": "toolz", "3.13": "tabulate"}
LEAST_PYTHONS = 2


def start_path(gateway: Gateway, kernel: Kernel) -> str:
    """Fork or fresh."""
    return str(gateway.kernel_of(kernel.worker_pid)["start"])


@pytest.fixture(scope="module")
def environments(jupyter: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Two more environments, each with a kernelspec of the same name that starts its own Python."""
    spec = json.loads((specs.installed() / "kernel.json").read_text(encoding="utf-8"))
    pythons = {}
    for name in ("upper", "lower"):
        python = venvs.borrowing(tmp_path_factory.mktemp("venv") / name)
        argv = [str(python), *spec["argv"][1:]]
        specs.write(jupyter / "kernels", name, specs.argv_only({**spec, "argv": argv}))
        pythons[name] = python
    return pythons


def test_each_environment_has_its_own_zygote(
    environments: dict[str, Path], own_gateway: Gateway
) -> None:
    with started("upper") as upper, started("lower") as lower, started("upper") as again:
        for kernel, name in ((upper, "upper"), (lower, "lower"), (again, "upper")):
            prefix = str(environments[name].parent.parent)
            assert kernel.value("__import__('sys').prefix") == repr(prefix)
            assert start_path(own_gateway, kernel) == "fork"
            kernel.assert_healthy()
        zygotes = own_gateway.status()["zygotes"]
        assert len({zygote["key"] for zygote in zygotes}) == len(zygotes) == 2


@pytest.fixture(scope="module")
def versions(
    jupyter: Path, wheel: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, tuple[str, str]]:
    """From the names of kernels to their Python's version and a module that no other has. Each is
    installed as a user does it: the wheel by pip into an environment, then `penstock install`.
    """
    installed = {}
    found = {version: pythons.find(version) for version in ONLY_THERE}
    others = {version: python for version, python in found.items() if python}
    if len(others) < LEAST_PYTHONS:
        missing = ", ".join(found.keys() - others.keys())
        pytest.skip(f"needs more Pythons on PATH or below pyenv's root, there is no {missing}")
    for version, base in others.items():
        folder = tmp_path_factory.mktemp("python")
        python = venvs.empty(folder / "venv", base)
        venvs.install(python, wheel, ONLY_THERE[version])
        name = f"python-{version}"
        command = [
            str(python.with_name("penstock")),
            "install",
            f"--prefix={folder}",
            f"--name={name}",
        ]
        subprocess.run(command, check=True, timeout=60, stdout=subprocess.DEVNULL)
        shutil.copytree(folder / "share/jupyter/kernels" / name, jupyter / "kernels" / name)
        installed[name] = (version, ONLY_THERE[version])
    return installed


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_kernels_of_several_versions_of_python_run_side_by_side(
    versions: dict[str, tuple[str, str]], own_gateway: Gateway
) -> None:
    with ExitStack() as stack:
        kernels = {name: stack.enter_context(started(name)) for name in versions}
        for name, kernel in kernels.items():
            version, own_module = versions[name]
            assert kernel.run("import sys; print(sys.version)").text().startswith(f"{version}.")
            for _, module in versions.values():
                error = kernel.run(f"import {module}").ename
                assert error == ("" if module == own_module else "ModuleNotFoundError")
            assert start_path(own_gateway, kernel) == "fork"
            cell = kernel.run("6 * 7")
            counts = [cell.reply["content"], *cell.of("execute_input"), *cell.of("execute_result")]
            assert len({content["execution_count"] for content in counts}) == 1
        zygotes = own_gateway.status()["zygotes"]
        assert len({zygote["key"] for zygote in zygotes}) == len(zygotes) == len(versions)


def test_kernels_do_not_share_state(kernel: Kernel, via: str, gateway: Gateway) -> None:
    with started(via) as other:
        kernel.run(
            "import os, sys, random\nmine = 1\nos.environ['MINE'] = '1'\nsys.path.append('/mine')"
        )
        assert other.run("mine").ename == "NameError"
        other.run("import os, sys, random")
        assert other.value("'MINE' in os.environ, '/mine' in sys.path") == "(False, False)"
        assert kernel.value("random.random()") != other.value("random.random()")
        assert kernel.value("os.getpid()") != other.value("os.getpid()")


def test_first_and_later_kernels_are_forked(via: str, own_gateway: Gateway) -> None:
    for _ in range(2):
        with started(via) as kernel:
            assert start_path(own_gateway, kernel) == "fork"


@pytest.mark.parametrize("name", ["OMP_NUM_THREADS", "PYTHONHASHSEED"])
def test_start_only_variables_get_a_fresh_start(
    via: str, gateway: Gateway, kernel: Kernel, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    assert start_path(gateway, kernel) == "fork"
    monkeypatch.setenv(name, "3")
    with started(via) as other:
        assert start_path(gateway, other) == "fresh"
        assert other.value(f"__import__('os').environ[{name!r}]") == "'3'"
        other.assert_healthy()


def test_other_variables_and_the_directory_reach_a_forked_worker(
    via: str, gateway: Gateway, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLANT", "Brookmill ≈ 水力")
    with started(via, cwd=str(tmp_path)) as kernel:
        assert start_path(gateway, kernel) == "fork"
        assert kernel.value("__import__('os').environ['PLANT']") == "'Brookmill ≈ 水力'"
        assert kernel.value("__import__('os').getcwd()") == repr(str(tmp_path))
        (tmp_path / "beside.py").write_text("here = True\n", encoding="utf-8")
        assert kernel.run("import beside; beside.here").result() == "True"


def test_arguments_that_a_fork_can_apply(via: str, gateway: Gateway) -> None:
    with started(via, extra_arguments=["--HistoryManager.hist_file=:memory:"]) as kernel:
        assert start_path(gateway, kernel) == "fork"
        assert kernel.value("get_ipython().history_manager.hist_file") == "':memory:'"


def test_arguments_that_need_a_fresh_start(via: str, gateway: Gateway) -> None:
    with started(via, extra_arguments=["--InteractiveShell.ast_node_interactivity=all"]) as kernel:
        assert start_path(gateway, kernel) == "fresh"
        cell = kernel.run("7\n8")
        assert [r["data"]["text/plain"] for r in cell.of("execute_result")] == ["7", "8"]


def test_where_nothing_can_be_forked_every_worker_is_fresh(
    own_gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("penstock.client.request.can_fork", lambda: False)
    with started("provisioner") as kernel:
        assert start_path(own_gateway, kernel) == "fresh"
        assert own_gateway.status()["zygotes"] == []
        kernel.assert_healthy()
