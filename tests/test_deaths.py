"""A worker that dies says why at once, and every client notices."""

from __future__ import annotations

import re

import pytest
from nbclient.exceptions import DeadKernelError

from tests.support import notebooks
from tests.support.gateway import Gateway
from tests.support.kernel import Kernel
from tests.support.waiting import eventually

DEATHS = {
    "segfault": ("import ctypes; ctypes.string_at(0)", -11, r"SIGSEGV|segmentation fault"),
    "exit": ("import os; os._exit(3)", 3, r"(exit|code|status)\D*\b3\b"),
    "kill": ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", -9, r"SIGKILL|killed"),
    "abort": ("import os; os.abort()", -6, r"SIGABRT|abort"),
}


def assert_exit(kernel: Kernel, expected: int) -> None:
    """jupyter_client sees the kernel dead, with this exit code."""
    eventually(lambda: not kernel.manager.is_alive(), 5, "the manager sees the death")
    assert kernel.exit_code() == expected


@pytest.mark.parametrize("death", DEATHS)
def test_manager_sees_the_death_and_its_code(kernel: Kernel, death: str) -> None:
    code, expected, _ = DEATHS[death]
    kernel.run("1 + 1")
    kernel.send(code)
    assert_exit(kernel, expected)


@pytest.mark.beyond_reference
@pytest.mark.parametrize("death", DEATHS)
def test_cause_is_told_at_once_in_the_running_cell(kernel: Kernel, death: str) -> None:
    code, _, cause = DEATHS[death]
    cell = kernel.send(f"print('last words', flush=True)\n{code}").until_text("last words")
    cell.until(
        lambda c: re.search(cause, c.text("stderr"), re.IGNORECASE), f"{cause} on stderr", within=5
    )
    assert cell.reply is None


@pytest.mark.beyond_reference
def test_segfault_shows_where_python_was(kernel: Kernel) -> None:
    cell = kernel.send(
        "import ctypes\ndef broken_valve():\n    ctypes.string_at(0)\nbroken_valve()"
    )
    cell.until_text("broken_valve", "stderr", within=5)


@pytest.mark.parametrize("death", DEATHS)
def test_restart_after_death(kernel: Kernel, death: str) -> None:
    kernel.run("before = 1")
    before = kernel.worker_pid
    kernel.send(DEATHS[death][0])
    assert_exit(kernel, DEATHS[death][1])
    kernel.restart()
    kernel.assert_healthy()
    assert kernel.worker_pid != before
    assert kernel.run("before").ename == "NameError"


@pytest.mark.beyond_reference
def test_heart_stops_with_the_worker(kernel: Kernel) -> None:
    assert kernel.client.hb_channel.is_beating()
    kernel.send(DEATHS["kill"][0])
    eventually(lambda: not kernel.client.hb_channel.is_beating(), 10, "the heartbeat stops")
    kernel.restart()
    eventually(kernel.client.hb_channel.is_beating, 10, "the heart beats again")


def test_exit_is_not_a_death(kernel: Kernel) -> None:
    cell = kernel.run("exit()")
    assert cell.status == "ok"
    eventually(lambda: not kernel.manager.is_alive(), 10, "the kernel ends as asked")
    assert kernel.exit_code() == 0


@pytest.mark.parametrize("death", DEATHS)
def test_nbclient_raises_and_does_not_hang(via: str, gateway: Gateway, death: str) -> None:
    notebook = notebooks.of_cells("1 + 1", DEATHS[death][0], "'never reached'")
    with pytest.raises(DeadKernelError):
        notebooks.execute(notebook, via)
