"""Which processes belong to a runtime directory, and that they end."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from tests.support.waiting import eventually

MARK = "PENSTOCK_RUNTIME_DIR"


def alive(pid: int) -> bool:
    """Whether a process runs (a zombie does not)."""
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


@contextmanager
def stopped(pid: int) -> Iterator[None]:
    """SIGSTOP, and SIGCONT at the end: to the process, it is as if the machine had slept."""
    os.kill(pid, signal.SIGSTOP)
    try:
        eventually(
            lambda: psutil.Process(pid).status() == psutil.STATUS_STOPPED, 20, "it has stopped"
        )
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def belonging_to(runtime: Path) -> list[psutil.Process]:
    """The processes that were started for a runtime directory: gateway, keeper, zygotes, workers,
    their children.
    """
    found = []
    for process in psutil.process_iter():
        try:
            if process.pid == os.getpid() or process.status() == psutil.STATUS_ZOMBIE:
                continue
            if process.environ().get(MARK) == str(runtime):
                found.append(process)
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue  # it ended while we looked, or is somebody else's
    return found


def command(process: psutil.Process) -> list[str]:
    """Its command line; empty once it has ended."""
    try:
        return list(process.cmdline())
    except psutil.NoSuchProcess:
        return []  # it ended since it was found


def gateway_of(runtime: Path) -> psutil.Process:
    """The one JVM of a runtime directory."""
    found = []
    for process in belonging_to(runtime):
        try:
            if process.name() == "java":
                found.append(process)
        except psutil.NoSuchProcess:
            continue  # it ended since it was found
    assert len(found) == 1, described(found)
    return found[0]


def described(processes: list[psutil.Process]) -> list[str]:
    """One line for each process that still runs, for messages."""
    lines = [(process.pid, " ".join(command(process))[:160]) for process in processes]
    return [f"{pid} {line}" for pid, line in lines if line]


def assert_none_left(runtime: Path, within: float = 30) -> None:
    """Waits until nothing of a runtime directory runs; otherwise ends the rest and fails, naming
    it.
    """
    try:
        eventually(lambda: not belonging_to(runtime), within, "every process has ended")
    except AssertionError as late:
        rest = belonging_to(runtime)
        lines = [*described(rest), *_logged(runtime)]
        for process in rest:
            try:
                process.kill()
            except psutil.NoSuchProcess:
                continue  # it ended by itself after all
        if rest:
            raise AssertionError("survivors:\n" + "\n".join(lines)) from late


def _logged(runtime: Path) -> list[str]:
    """The last of what its gateways and keepers noted."""
    logs = [log for name in ("gateway.log", "keeper.log") for log in runtime.rglob(name)]
    return [f"{log}:\n{log.read_text(errors='replace')[-3000:]}" for log in logs]
