"""The launcher's command line: what it takes, and what it leaves to the kernel."""

from __future__ import annotations

import pytest

from penstock.arguments import interpreter_flags, launcher_arguments, parse_arguments

HISTORY = "--HistoryManager.hist_file=:memory:"


@pytest.mark.parametrize(
    "argv",
    [
        ["-f", "k.json", HISTORY, "--debug"],
        [HISTORY, "-f", "k.json", "--debug"],
        [HISTORY, "--debug", "-f=k.json"],
        ["--f=k.json", HISTORY, "--debug"],
        [HISTORY, "--IPKernelApp.connection_file=k.json", "--debug"],
    ],
)
def test_the_file_may_stand_anywhere(argv: list[str]) -> None:
    parsed = parse_arguments(argv)
    assert parsed.connection_file == "k.json"
    assert parsed.rest == [HISTORY, "--debug"]


def test_parts_of_the_connection() -> None:
    parsed = parse_arguments(["--shell=5", "--ip", "127.0.0.2", "--IPKernelApp.hb_port=7"])
    assert parsed.connection == {"shell_port": 5, "ip": "127.0.0.2", "hb_port": 7}
    assert parsed.rest == []


def test_what_it_does_not_know_is_the_kernels() -> None:
    argv = ["--IPKernelApp.matplotlib=inline", "--profile", "x", "--shellfish=1", "--no-secure"]
    assert parse_arguments(argv).rest == argv


@pytest.mark.parametrize("argv", [["--environment=/e", "-f", "x"], ["--environment", "/e"]])
def test_the_environment_is_no_argument_of_the_kernels(argv: list[str]) -> None:
    parsed = parse_arguments(argv)
    assert (parsed.environment, parsed.rest) == ("/e", [])


def test_help() -> None:
    assert parse_arguments(["-f", "x", "-h"]).help


@pytest.mark.parametrize("argv", [["-f"], ["--shell"], ["--shell=many"], ["--environment"]])
def test_mistakes(argv: list[str]) -> None:
    with pytest.raises(ValueError, match="needs"):
        parse_arguments(argv)


def test_flags_of_the_interpreter() -> None:
    command = ["python", "-X", "dev", "-m", "penstock.launcher", "-f", "k", HISTORY]
    assert interpreter_flags(command) == ["-X", "dev"]
    assert launcher_arguments(command) == ["-f", "k", HISTORY]
    assert interpreter_flags(["/bin/wrapper", "-f", "k"]) == []
    assert launcher_arguments(["/bin/wrapper", "-f", "k"]) == ["-f", "k"]
