"""What a person sees while an environment is made."""

from __future__ import annotations

import io

import pytest

from penstock.cli import env_progress
from penstock.cli.env_progress import TO_LINE_START, Progress
from penstock.envs import events


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def show(stream: io.StringIO) -> str:
    with Progress(stream) as shown:
        shown.told(events.begin("create", "plant", "pip"))
        shown.told(events.step("python"))
        shown.told(events.step("packages"))
        shown.told(events.progress("packages", "Downloading a\x1b[2J.whl", 1 << 20, 2 << 20))
        shown.told(events.step("check"))
    return stream.getvalue()


def test_a_line_for_each_step_where_nobody_watches() -> None:
    assert show(io.StringIO()).splitlines() == [
        "[1/4] making the Python environment",
        "[2/4] installing packages",
        "[3/4] trying it",
    ]


def test_a_bar_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(env_progress, "INTERVAL", 0.0)
    monkeypatch.setenv("COLUMNS", "200")
    *drawn, last = show(Terminal()).split(TO_LINE_START)
    assert last == ""
    assert drawn[-2].startswith("[" + "#" * 9 + "." * 15 + "]"), "one step and a half of four"
    assert drawn[-2].endswith("Downloading a [2J.whl  1.0 of 2.0 MiB")
    assert drawn[-1].count("#") == 12


def test_a_bar_is_no_longer_than_the_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(env_progress, "INTERVAL", 0.0)
    monkeypatch.setenv("COLUMNS", "40")
    assert all(len(line) < 40 for line in show(Terminal()).split(TO_LINE_START))
