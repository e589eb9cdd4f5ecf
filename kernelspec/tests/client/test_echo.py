"""Where the copy of what a kernel's commands write goes, and what becomes of it when it cannot."""

from __future__ import annotations

import os
import subprocess
import sys
from binascii import b2a_base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from stand_in_gateway import StandInGateway

from penstock.echo import Echo, targets

PATIENCE = 30


@pytest.fixture
def session(gateway: StandInGateway) -> str:
    """A session that has ended."""
    gateway.processes["ended"] = subprocess.Popen(["/bin/true"])
    return "ended"


@pytest.fixture
def ends() -> Iterator[tuple[int, int]]:
    """A pipe: the end to read from and the one to write to."""
    pipe = os.pipe()
    yield pipe
    for fd in pipe:
        try:
            os.close(fd)
        except OSError:
            pass  # the test did


def piece(fd: int, data: bytes, lost: int = 0) -> dict[str, Any]:
    return {"fd": fd, "data": b2a_base64(data, newline=False).decode(), "lost": lost}


def read_all(fd: int) -> bytes:
    with open(fd, "rb", closefd=False) as file:
        return file.read()


def finished(echo: Echo) -> None:
    echo.wait(PATIENCE)
    assert echo.over


def test_what_popen_would_inherit_and_what_leads_nowhere(tmp_path: Path) -> None:
    nothing, pipe, merged = subprocess.DEVNULL, subprocess.PIPE, subprocess.STDOUT
    with open(tmp_path / "out", "w") as file, open(os.devnull, "w") as null:
        fd = file.fileno()
        assert targets(file, fd) == {1: fd, 2: fd}
        assert targets(file, merged) == {1: fd, 2: fd}
        assert targets(nothing, file) == {2: fd}
        assert targets(file, pipe) == {1: fd}
        assert targets(nothing, merged) == {}
        assert targets(null, null) == {}
    assert targets(file, file) == {}, "closed"


def test_without_arguments_it_is_this_process_own(ends: tuple[int, int]) -> None:
    code = "from penstock.echo import targets; import sys; sys.exit(str(targets(None, None)))"
    command = [sys.executable, "-c", code]
    done = subprocess.run(
        command, stdout=ends[1], stderr=subprocess.PIPE, timeout=PATIENCE, check=False
    )
    assert done.stderr == b"{1: 1, 2: 2}\n"


def test_bytes_go_where_they_belong(
    gateway: StandInGateway, session: str, ends: tuple[int, int], tmp_path: Path
) -> None:
    gateway.echoed = [piece(1, b"\xff\n"), piece(2, b"trouble\n"), piece(1, b"more\n")]
    with open(tmp_path / "err", "wb") as err:
        echo = Echo(str(gateway.directory), session, {1: ends[1], 2: err.fileno()})
    os.close(ends[1])  # like a parent that has started its child
    assert read_all(ends[0]) == b"\xff\nmore\n"
    finished(echo)
    assert (tmp_path / "err").read_bytes() == b"trouble\n"


def test_a_gap_is_told_on_stderr(gateway: StandInGateway, session: str, tmp_path: Path) -> None:
    gateway.echoed = [piece(1, b"after\n", lost=77)]
    with open(tmp_path / "out", "wb") as out, open(tmp_path / "err", "wb") as err:
        finished(Echo(str(gateway.directory), session, {1: out.fileno(), 2: err.fileno()}))
    assert (tmp_path / "out").read_bytes() == b"after\n"
    assert b"77 bytes from the kernel are missing here" in (tmp_path / "err").read_bytes()


def test_one_that_is_gone_leaves_the_other(
    gateway: StandInGateway, session: str, ends: tuple[int, int], tmp_path: Path
) -> None:
    os.close(ends[0])
    gateway.echoed = [piece(1, b"nobody reads\n"), piece(1, b"nor this\n"), piece(2, b"this\n")]
    with open(tmp_path / "err", "wb") as err:
        finished(Echo(str(gateway.directory), session, {1: ends[1], 2: err.fileno()}))
    assert (tmp_path / "err").read_bytes() == b"this\n"


@pytest.mark.parametrize("blocking", [True, False])
def test_a_terminal_that_is_stopped_holds_up_nobody(
    gateway: StandInGateway, session: str, ends: tuple[int, int], blocking: bool
) -> None:
    os.set_blocking(ends[1], blocking)
    data = b"x" * 300_000  # more than a pipe takes
    gateway.echoed = [piece(1, data), piece(1, b"end")]
    echo = Echo(str(gateway.directory), session, {1: ends[1]})
    echo.wait(0.01)
    assert not echo.over
    os.close(ends[1])
    assert read_all(ends[0]) == data + b"end"
    finished(echo)


def test_without_a_gateway_it_is_over(tmp_path: Path, ends: tuple[int, int]) -> None:
    finished(Echo(str(tmp_path), "any", {1: ends[1]}))
    os.close(ends[1])
    assert read_all(ends[0]) == b""
