"""The launcher as a process: alive exactly as long as its worker, and dead in the same way."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from keeper.harness import alive, wait_until
from stand_in_gateway import PORTS, StandInGateway

PATIENCE = 20
ARGV = [sys.executable, "-m", "penstock.launcher"]


@pytest.fixture
def connection_file(tmp_path: Path) -> Path:
    path = tmp_path / "kernel.json"
    fields = {port: 1000 + n for n, port in enumerate(PORTS)}
    path.write_text(json.dumps({**fields, "key": "k", "ip": "127.0.0.1", "mine": "kept"}))
    return path


@pytest.fixture
def launch(gateway: StandInGateway) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    launched: list[subprocess.Popen[str]] = []

    def start(*args: object, started: bool = True, **kwargs: Any) -> subprocess.Popen[str]:
        before = len(gateway.asked("wait"))
        process = subprocess.Popen(
            [*ARGV, *map(str, args)], stderr=subprocess.PIPE, text=True, **kwargs
        )
        launched.append(process)
        if started:
            wait_until(lambda: len(gateway.asked("wait")) > before, "the launcher waits")
        return process

    yield start
    for process in launched:
        process.kill()
        process.communicate()


def worker(gateway: StandInGateway) -> subprocess.Popen[bytes]:
    return list(gateway.processes.values())[-1]


def test_the_request_says_what_the_client_asked_for(
    gateway: StandInGateway, launch, connection_file: Path, tmp_path: Path
) -> None:
    history = "--HistoryManager.hist_file=:memory:"
    process = launch(history, "-f", connection_file, cwd=tmp_path)
    (request,) = gateway.asked("start")
    assert request["via"] == "launcher"
    assert request["args"] == [history]
    assert request["cwd"] == str(tmp_path)
    assert request["connection"]["shell_port"] == 1000
    assert request["connection_file"] == str(connection_file)
    assert request["lease"]["pid"] == process.pid
    assert request["environment"]["python"] == sys.executable
    assert request["env"]["PENSTOCK_JAR"] == os.environ["PENSTOCK_JAR"]


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGSEGV, signal.SIGHUP])
def test_it_dies_of_the_signal_of_its_worker(
    gateway: StandInGateway, launch, connection_file: Path, number: int
) -> None:
    process = launch("-f", connection_file)
    os.kill(worker(gateway).pid, number)
    assert process.wait(PATIENCE) == -number
    assert connection_file.exists(), "it was not made by the launcher"


@pytest.mark.parametrize("code", [0, 3, 255])
def test_it_ends_with_the_exit_code_of_its_worker(
    gateway: StandInGateway, launch, connection_file: Path, code: int
) -> None:
    gateway.on_wait = lambda _request: {"exit": code, "cause": None}  # type: ignore[method-assign]
    process = launch("-f", connection_file)
    assert process.wait(PATIENCE) == code
    assert gateway.asked("release")


def test_each_interrupt_is_passed_on_once(
    gateway: StandInGateway, launch, connection_file: Path
) -> None:
    process = launch("-f", connection_file)
    for count in (1, 2, 3):
        process.send_signal(signal.SIGINT)
        wait_until(lambda n=count: len(gateway.asked("signal")) == n, "the interrupt arrives")
    assert [request["signal"] for request in gateway.asked("signal")] == [2, 2, 2]
    assert process.poll() is None


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT])
def test_other_signals_end_worker_and_launcher(
    gateway: StandInGateway, launch, connection_file: Path, number: int
) -> None:
    process = launch("-f", connection_file)
    process.send_signal(number)
    assert process.wait(PATIENCE) == -number
    assert [request["signal"] for request in gateway.asked("signal")] == [number]


def test_a_registration_file_stays_and_another_file_is_written(
    gateway: StandInGateway, launch, tmp_path: Path
) -> None:
    path = tmp_path / "registration.json"
    fields = {"registration_port": 5, "kernel_id": "k", "key": "r", "ip": "127.0.0.1"}
    path.write_text(json.dumps(fields))
    process = launch("-f", path)
    (request,) = gateway.asked("start")
    assert request["connection"] == fields
    written = Path(request["connection_file"])
    assert written.parent == Path(os.environ["JUPYTER_RUNTIME_DIR"])
    wait_until(written.exists, "the kernel's own file")
    assert json.loads(written.read_text())["key"] == "r"
    assert json.loads(path.read_text()) == fields
    worker(gateway).kill()
    process.wait(PATIENCE)
    assert path.exists()
    assert not written.exists()


def test_a_missing_file_is_written_and_removed(
    gateway: StandInGateway, launch, tmp_path: Path
) -> None:
    path = tmp_path / "new" / "kernel.json"
    process = launch("-f", path)
    written = wait_until(lambda: path.exists() and json.loads(path.read_text()), "the file")
    assert all(written[port] > 0 for port in PORTS)
    assert written["key"] == "made"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    worker(gateway).kill()
    process.wait(PATIENCE)
    assert not path.exists()


def test_ports_that_are_0_are_filled_in(
    gateway: StandInGateway, launch, connection_file: Path
) -> None:
    fields = json.loads(connection_file.read_text())
    connection_file.write_text(json.dumps({**fields, "shell_port": 0}))
    launch("-f", connection_file)
    written = json.loads(connection_file.read_text())
    assert written["shell_port"] > 0
    assert written["iopub_port"] == fields["iopub_port"]
    assert written["mine"] == "kept"
    assert stat.S_IMODE(connection_file.stat().st_mode) == 0o600


def test_options_overrule_the_file(gateway: StandInGateway, launch, connection_file: Path) -> None:
    launch("-f", connection_file, "--shell=4321")
    assert gateway.asked("start")[0]["connection"]["shell_port"] == 4321


def test_an_error_is_one_line_and_an_exit_code(
    gateway: StandInGateway, launch, connection_file: Path
) -> None:
    gateway.fail["start"] = {"code": "bind-failed", "message": "port 1000 is taken", "hint": "wait"}
    process = launch("-f", connection_file, started=False)
    _, stderr = process.communicate(timeout=PATIENCE)
    assert process.returncode == 1
    assert stderr == "penstock: port 1000 is taken (wait)\n"


@pytest.mark.parametrize("content", ["no json", "[]", "\udcff"])
def test_a_broken_connection_file_is_one_line(
    gateway: StandInGateway, launch, connection_file: Path, content: str
) -> None:
    connection_file.write_bytes(content.encode("utf-8", "surrogateescape"))
    process = launch("-f", connection_file, started=False)
    _, stderr = process.communicate(timeout=PATIENCE)
    assert process.returncode == 1
    assert stderr.startswith(f"penstock: the connection file {connection_file}")
    assert stderr.count("\n") == 1


def test_help_starts_nothing(gateway: StandInGateway) -> None:
    done = subprocess.run([*ARGV, "-h"], capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert "CONNECTION_FILE" in done.stdout
    assert gateway.requests == []


def test_it_works_with_all_standard_descriptors_closed(
    gateway: StandInGateway, connection_file: Path
) -> None:
    command = " ".join(map(str, [*ARGV, "-f", connection_file, "0<&-", "1>&-", "2>&-"]))
    process = subprocess.Popen(["sh", "-c", f"exec {command}"])
    try:
        wait_until(lambda: gateway.asked("wait"), "the launcher waits")
        worker(gateway).send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == -signal.SIGTERM
    finally:
        process.kill()
        process.wait()


def test_it_ends_with_its_parent(gateway: StandInGateway, connection_file: Path) -> None:
    """The parent is a shell that is killed; JPY_PARENT_PID names it, as jupyter_client does."""
    command = f"export JPY_PARENT_PID=$$; {' '.join(ARGV)} -f {connection_file} & echo $!; wait"
    shell = subprocess.Popen(["sh", "-c", command], stdout=subprocess.PIPE, text=True)
    assert shell.stdout is not None
    launcher = int(shell.stdout.readline())
    wait_until(lambda: gateway.asked("wait"), "the launcher waits")
    shell.kill()
    shell.communicate()
    wait_until(lambda: not alive(launcher), "end of the launcher")
    assert worker(gateway).poll() == -signal.SIGKILL
    assert gateway.asked("stop")[0]["now"] is True


def test_a_parent_that_never_was_is_ignored(
    gateway: StandInGateway, launch, connection_file: Path
) -> None:
    process = launch("-f", connection_file, env={**os.environ, "JPY_PARENT_PID": "999999999"})
    time.sleep(1.5)  # longer than it takes to look once
    assert process.poll() is None
