"""The command `penstock` against a stand-in of the gateway: what it asks, what it prints."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from stand_in_gateway import StandInGateway

from penstock import __version__
from penstock.cli import serve
from penstock.cli.main import main

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs the command; gives exit code, stdout, stderr."""

    def command(*argv: str) -> tuple[int, str, str]:
        try:
            code = main(list(argv))
        except SystemExit as ended:
            code = int(ended.code or 0)
        return code, *capsys.readouterr()

    return command


def as_json(run: Run, *argv: str) -> tuple[int, Any]:
    code, out, err = run(*argv, "--json")
    assert err == ""
    return code, json.loads(out)


def test_version(run: Run) -> None:
    assert run("--version") == (0, f"penstock {__version__}\n", "")
    assert as_json(run, "--version") == (0, {"version": __version__})


@pytest.mark.parametrize("argv", [[], ["nonsense"], ["kernel"], ["kernel", "logs"]])
def test_a_wrong_command_line_is_2(run: Run, argv: list[str]) -> None:
    assert run(*argv)[0] == 2


def test_status(run: Run, gateway: StandInGateway) -> None:
    code, out, _ = run("status")
    assert code == 0
    assert "for 1 min 1 s" in out
    code, status = as_json(run, "status")
    assert status["running"] is True
    assert status["kernels"] == 0
    assert status["directory"] == str(gateway.directory)


def test_without_a_gateway(run: Run, gateway: StandInGateway) -> None:
    gateway.close()
    assert as_json(run, "status") == (3, {"running": False})
    assert as_json(run, "kernel", "list") == (0, [])
    assert as_json(run, "gateway", "stop") == (0, {"running": False})
    assert as_json(run, "kernel", "stop", "--all") == (0, [])
    code, error = as_json(run, "kernel", "stop", "abc")
    assert (code, error["error"]["code"]) == (1, "no-such-kernel")


def test_start_list_stop(run: Run, gateway: StandInGateway, tmp_path: Path) -> None:
    path = tmp_path / "c.json"
    argv = ["kernel", "start", "-f", str(path), "--cwd", str(tmp_path), "--env", "A", "b"]
    code, started = as_json(run, *argv)
    assert code == 0
    assert started["connection_file"] == str(path)
    assert json.loads(path.read_text())["shell_port"] > 0
    (request,) = gateway.asked("start")
    assert request["lease"] is None
    assert request["via"] == "cli"
    assert request["env"]["A"] == "b"
    assert request["cwd"] == str(tmp_path)
    code, listed = as_json(run, "kernel", "list")
    assert [kernel["id"] for kernel in listed] == [started["id"]]
    assert started["id"] in run("kernel", "list")[1]
    code, stopped = as_json(run, "kernel", "stop", started["id"][:9])
    assert code == 0
    assert stopped == [{"id": started["id"], "exit": -9, "cause": None}]
    assert not path.exists()
    assert as_json(run, "kernel", "list") == (0, [])


def test_start_says_how_to_use_it(run: Run, gateway: StandInGateway) -> None:
    code, out, _ = run("kernel", "start", "--fresh", "--", "--HistoryManager.enabled=False")
    assert code == 0
    assert "jupyter console --existing /" in out
    (request,) = gateway.asked("start")
    assert request["fresh"] is True
    assert request["args"] == ["--HistoryManager.enabled=False"]


def test_a_connection_file_that_cannot_be_written_leaves_no_kernel(
    run: Run, gateway: StandInGateway, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    code, error = as_json(run, "kernel", "start", "-f", str(tmp_path / "file" / "c.json"))
    assert (code, error["error"]["code"]) == (1, "connection-file")
    assert all(process.poll() is not None for process in gateway.processes.values())


def test_a_directory_that_is_not_there(run: Run, gateway: StandInGateway) -> None:
    code, _, err = run("kernel", "start", "--cwd", "/no/such")
    assert (code, err) == (1, "penstock: There is no directory /no/such\n")


def test_ambiguous_and_unknown_ids(run: Run, gateway: StandInGateway) -> None:
    run("kernel", "start")
    run("kernel", "start")
    assert as_json(run, "kernel", "stop", "session")[1]["error"]["code"] == "ambiguous"
    assert as_json(run, "kernel", "stop", "other")[1]["error"]["code"] == "no-such-kernel"
    assert as_json(run, "kernel", "stop")[1]["error"]["code"] == "option"
    assert len(as_json(run, "kernel", "stop", "--all", "--now")[1]) == 2
    assert all(request["now"] for request in gateway.asked("stop"))


def test_logs(run: Run, gateway: StandInGateway) -> None:
    (gateway.directory / "gateway.log").write_text(
        '{"session": "session-0", "n": 1}\n{"session": "other"}\n'
    )
    (gateway.directory / "keeper.log").write_text('{"session": "session-0", "n": 2}\n')
    run("kernel", "start")
    assert [line["n"] for line in as_json(run, "kernel", "logs", "session-0")[1]] == [1, 2]
    assert run("kernel", "logs", "session-0")[1].count("\n") == 2
    assert as_json(run, "kernel", "logs", "long-forgotten") == (0, [])
    assert as_json(run, "kernel", "logs", "short")[0] == 1


def test_output(run: Run, gateway: StandInGateway) -> None:
    run("kernel", "start")
    code, out, _ = run("kernel", "logs", "session-0", "--output")
    assert (code, out) == (0, "[3 older messages are gone]\nhello\n42\n")
    _, told = as_json(run, "kernel", "logs", "session-0", "--output")
    assert [entry["seq"] for entry in told["entries"]] == [4, 5]
    assert told["lost"] == 3


def test_doctor_finds_nothing_wrong_here(run: Run, gateway: StandInGateway) -> None:
    code, found = as_json(run, "doctor")
    assert (code, found["ok"]) == (0, True), found
    names = [check["name"] for check in found["checks"]]
    assert names[:5] == ["python", "ipykernel", "ipython", "jupyter_client", "java"]


def test_doctor_says_how_to_mend(
    run: Run, gateway: StandInGateway, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "open").mkdir(mode=0o755)
    monkeypatch.setenv("PENSTOCK_RUNTIME_DIR", str(tmp_path / "open"))
    monkeypatch.setenv("PENSTOCK_JAVA_HOME", str(tmp_path))
    monkeypatch.setenv("PENSTOCK_JAR", str(tmp_path / "none.jar"))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    monkeypatch.setattr("jupyter_core.paths.SYSTEM_JUPYTER_PATH", [])
    code, found = as_json(run, "doctor")
    assert (code, found["ok"]) == (1, False)
    wrong = {check["name"]: check["hint"] for check in found["checks"] if not check["ok"]}
    assert {"java", "jar", "runtime directory"} <= set(wrong)
    assert all(wrong.values())
    assert wrong["runtime directory"] == f"run: chmod 700 {tmp_path}/open"
    _, out, _ = run("doctor")
    assert "PROBLEM" in out


def test_windows_is_told(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "win32")
    code, _, err = run("status")
    assert code == 1
    assert "does not run on Windows" in err


def test_a_server_that_cannot_start_says_why(
    run: Run, gateway: StandInGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also when its gateway has left before it could answer to that."""
    monkeypatch.setattr(serve, "_directory", lambda: str(gateway.directory))
    monkeypatch.setattr(serve, "_start", lambda _directory: None)
    reason = "The server cannot start: the certificate is none"
    gateway.fail["serve"] = {"code": "serve-failed", "message": reason, "hint": ""}
    code, out, err = run("serve", "--port=0")
    assert (code, out) == (1, "")
    assert reason in err
    assert gateway.asked("leave")
