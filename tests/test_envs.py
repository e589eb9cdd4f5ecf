"""`penstock env`: environments of their own for kernels, and what changes do to those that run."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.support import specs, wheels
from tests.support.gateway import COMMAND, Gateway
from tests.support.kernel import Kernel, started
from tests.support.served import Served, serving
from tests.support.v1 import Session, text
from tests.support.waiting import eventually, seconds

pytestmark = [pytest.mark.beyond_reference, pytest.mark.timeout(600)]

MODULE = "penstock_tiny"


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with all wheels that the environments are made of."""
    return wheels.index(tmp_path_factory.mktemp("wheels"), MODULE, "1.0", "2.0", "3.0")


@pytest.fixture(scope="module", autouse=True)
def data(short_folder: Path) -> Iterator[Path]:
    """Where the environments are."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_DATA_HOME", str(short_folder / "xdg"))
        yield short_folder / "xdg" / "penstock" / "envs"
        for name in environments():  # their kernelspecs, too, are nobody else's business
            subprocess.run([COMMAND, "env", "remove", name], check=False)


def listed(folder: Path, index: Path, *lines: str) -> Path:
    """A list of packages that come from the index alone."""
    path = folder / "list.txt"
    path.write_text("\n".join(["--no-index", f"--find-links {index}", *lines, ""]))
    return path


def env(*words: str | Path, code: int = 0) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Runs `penstock env --json`: the events, or the one value, and the last of them."""
    command = [str(COMMAND), "env", *map(str, words), "--json"]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=seconds(300), check=False
    )
    assert done.returncode == code, done.stdout + done.stderr
    events = said(done.stdout)
    return events, events[-1]


def said(text: str) -> list[dict[str, Any]]:
    """Values of JSON: one over many lines, or one a line."""
    try:
        return [json.loads(text)]
    except ValueError:  # there are several
        return [json.loads(line) for line in text.splitlines()]


def environments() -> dict[str, dict[str, Any]]:
    """`penstock env list`."""
    done = subprocess.run([COMMAND, "env", "list", "--json"], capture_output=True, check=True)
    return {entry["name"]: entry for entry in json.loads(done.stdout)}


def make(name: str, version: str, folder: Path, index: Path, *options: str) -> dict[str, Any]:
    """Makes an environment with a version of the package, and its kernelspec."""
    if name in environments():  # a try that failed has left it
        env("remove", name)
    path = listed(folder, index, f"{MODULE}=={version}")
    events, last = env("create", name, "--requirements", path, *options)
    assert [e["step"] for e in events if e["event"] == "step"] == [
        "python",
        "packages",
        "check",
        "switch",
    ]
    assert any(e["event"] == "progress" and e["step"] == "packages" for e in events)
    subprocess.run([COMMAND, "env", "kernelspec", name], check=True, stdout=subprocess.DEVNULL)
    made: dict[str, Any] = last["environment"]
    return made


@pytest.fixture(scope="module")
def made(
    jupyter: Path, index: Path, data: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, dict[str, Any]]:
    """Two environments, each by another installer: `older` has version 1.0, `newer` 2.0."""
    folder = tmp_path_factory.mktemp("lists")
    return {
        "older": make("older", "1.0", folder, index, "--installer", "pip"),
        "newer": make("newer", "2.0", folder, index, "--installer", "uv"),
    }


def version_in(kernel: Kernel) -> str:
    return kernel.run(f"import {MODULE}; {MODULE}.VERSION").result().strip("'")


def version_of(name: str) -> str:
    """What a new kernel of the environment imports."""
    with started(f"penstock-{name}") as kernel:
        return version_in(kernel)


def test_environments_run_side_by_side(
    made: dict[str, dict[str, Any]], own_gateway: Gateway
) -> None:
    with started("penstock-older") as older, started("penstock-newer") as newer:
        assert (version_in(older), version_in(newer)) == ("1.0", "2.0")
        with started("penstock-older") as again:
            for kernel, name in ((older, "older"), (newer, "newer"), (again, "older")):
                assert own_gateway.kernel_of(kernel.worker_pid)["start"] == "fork"
                prefix = kernel.run("import os, sys; sys.prefix").result().strip("'")
                assert Path(prefix).parent == Path(made[name]["directory"], "builds")
                assert kernel.value("os.environ['VIRTUAL_ENV']") == repr(prefix)
                assert kernel.run("import shutil; shutil.which('pip')").result() == repr(
                    f"{prefix}/bin/pip"
                )
                kernel.assert_healthy()
        zygotes = own_gateway.status()["zygotes"]
        assert len({zygote["key"] for zygote in zygotes}) == len(zygotes) == 2
        assert all(environments()[name]["in_use"] for name in made)
    eventually(lambda: not any(e["in_use"] for e in environments().values()), 20, "none is used")


def test_the_provisioner_starts_them_too(
    made: dict[str, dict[str, Any]], jupyter: Path, own_gateway: Gateway
) -> None:
    spec = json.loads(Path(environments()["older"]["kernelspecs"][0], "kernel.json").read_text())
    spec["metadata"]["kernel_provisioner"] = {"provisioner_name": "penstock-provisioner"}
    specs.write(jupyter / "kernels", "older-provisioned", spec)
    with started("older-provisioned") as kernel:
        assert own_gateway.kernel_of(kernel.worker_pid)["via"] == "provisioner"
        assert version_in(kernel) == "1.0"
    shutil.rmtree(jupyter / "kernels" / "older-provisioned")


def test_a_kernel_of_the_command(made: dict[str, dict[str, Any]], gateway: Gateway) -> None:
    kernel = gateway.ask("kernel", "start", "--environment", "older")
    try:
        argv = psutil.Process(kernel["worker_pid"]).cmdline()
        assert Path(argv[0]).is_relative_to(made["older"]["directory"])
    finally:
        gateway.ask("kernel", "stop", kernel["id"])
    refused = gateway.run("kernel", "start", "--environment", "none")
    assert refused.returncode == 1
    assert "There is no environment none" in refused.stderr


def test_a_server_lists_and_starts_them(
    made: dict[str, dict[str, Any]], index: Path, tmp_path: Path
) -> None:
    make("served", "1.0", tmp_path, index)
    with serving(f"--root-dir={tmp_path}") as server:
        shown = server.call("GET", "api/kernelspecs").json["kernelspecs"]
        assert {"penstock-older", "penstock-newer", "penstock-served"} <= shown.keys()
        assert shown["penstock-served"]["spec"]["display_name"] == "Python 3 (Penstock, served)"
        kernel = server.kernel(name="penstock-served")
        env("sync", "served", "--requirements", listed(tmp_path, index, f"{MODULE}==3.0"))
        assert version_at(server, kernel) == "1.0"
        assert server.call("POST", f"api/kernels/{kernel}/restart").status == 200
        assert version_at(server, kernel) == "3.0", "a restart is a new start"


def version_at(server: Served, kernel: str) -> str:
    """What a kernel of the server imports."""
    session = Session(server, kernel)
    done = session.run(f"import {MODULE}; print({MODULE}.VERSION)")
    return text(session.outputs(done["id"])["entries"]).strip()


def test_a_change_leaves_running_kernels_alone(
    made: dict[str, dict[str, Any]], index: Path, data: Path, tmp_path: Path
) -> None:
    make("changing", "1.0", tmp_path, index)
    own_list = data / "changing" / "requirements.txt"
    with started("penstock-changing") as before:
        before.run("import sys; sys.prefix").result()
        own_list.write_text(own_list.read_text().replace("1.0", "3.0"))
        assert environments()["changing"]["state"] == "changed"
        env("sync", "changing")
        assert version_of("changing") == "3.0"
        assert version_in(before) == "1.0", "its module was not imported before the change"
        refused = env("remove", "changing", code=1)[1]
        assert refused["error"]["code"] == "in-use"
    events, last = env("sync", "changing")
    assert len(events) == 1
    assert last["environment"]["changed"] is False
    eventually(lambda: not environments()["changing"]["in_use"], 20, "the kernels have ended")
    spec = Path(environments()["changing"]["kernelspecs"][0])
    assert (spec / "kernel.json").exists()
    env("remove", "changing")
    assert not spec.exists()
    assert not (data / "changing").exists()
    assert "changing" not in environments()


@pytest.mark.parametrize("name", ["older", "newer"])
def test_a_failing_change_leaves_everything_as_it_was(
    made: dict[str, dict[str, Any]], index: Path, data: Path, tmp_path: Path, name: str
) -> None:
    before = (environments()[name], (data / name / "requirements.txt").read_text())
    error = env(
        "sync", name, "--requirements", listed(tmp_path, index, "penstock-no-such-thing"), code=1
    )[1]["error"]
    assert error["code"] == "environment"
    assert "stays as it was" in error["message"]
    assert "penstock-no-such-thing" in error["message"]
    assert "penstock-no-such-thing" in (data / name / "install.log").read_text()
    assert (environments()[name], (data / name / "requirements.txt").read_text()) == before
    assert len(list((data / name / "builds").iterdir())) == 1
    assert version_of(name) == {"older": "1.0", "newer": "2.0"}[name]


@pytest.mark.parametrize(("name", "number"), [("newer", signal.SIGINT), ("older", signal.SIGKILL)])
def test_an_interrupted_change_leaves_everything_as_it_was(
    made: dict[str, dict[str, Any]],
    index: Path,
    data: Path,
    tmp_path: Path,
    name: str,
    number: signal.Signals,
) -> None:
    marker = tmp_path / "building"
    wheels.endless(tmp_path / "source", marker)
    path = listed(tmp_path, index, str(tmp_path / "source"))
    command = subprocess.Popen(
        [COMMAND, "env", "sync", name, "--requirements", path],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        eventually(marker.exists, 120, "the package is being built")
        assert env("sync", name, code=1)[1]["error"]["code"] == "busy"
        command.send_signal(number)
        code = command.wait(seconds(30))
    finally:
        command.kill()
    assert code == (130 if number == signal.SIGINT else -signal.SIGKILL)
    builder = int(marker.read_text())
    eventually(lambda: has_ended(builder), 20, "the installer has ended, too")
    assert version_of(name) == {"older": "1.0", "newer": "2.0"}[name]
    _, last = eventually(lambda: unlocked("sync", name), 20, "the lock is free")
    assert last["environment"]["changed"] is False
    assert len(list((data / name / "builds").iterdir())) == 1, "what was begun is gone"


def has_ended(pid: int) -> bool:
    try:
        ended: bool = psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
    return ended


def unlocked(*words: str) -> Any:
    """The command's events, as soon as nobody else holds the environment."""
    command = [str(COMMAND), "env", *words, "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    events = said(done.stdout)
    return (events, events[-1]) if done.returncode == 0 else None


def test_what_cannot_be_made(index: Path, data: Path, tmp_path: Path) -> None:
    broken = listed(tmp_path, index, f"{MODULE}==9.0")
    assert env("create", "broken", "--requirements", broken, code=1)[1]["error"]["hint"] == (
        f"see {data / 'broken' / 'install.log'}"
    )
    assert "broken" not in environments()
    assert env("sync", "broken", code=1)[1]["error"]["code"] == "no-such-environment"
    old = env("create", "broken", "--python", "3.99", "--installer", "pip", code=1)[1]["error"]
    assert "no Python 3.99 on the PATH" in old["message"]
    assert env("create", "Big", code=1)[1]["error"]["code"] == "option"
    env("remove", "broken")
    assert not (data / "broken").exists()


def test_people_see_steps_and_a_list(made: dict[str, dict[str, Any]]) -> None:
    done = subprocess.run(
        [COMMAND, "env", "sync", "older"],
        capture_output=True,
        text=True,
        check=True,
        timeout=seconds(60),
    )
    assert done.stdout.startswith("environment older is what /")
    table = subprocess.run([COMMAND, "env", "list"], capture_output=True, text=True, check=True)
    rows = {line.split()[0]: line.split() for line in table.stdout.splitlines()}
    assert rows["older"][3:5] == ["ready", "no"]
