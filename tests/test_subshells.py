"""Subshells (JEP 91): a second cell, a widget's message, a question beside the running cell."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support import processes
from tests.support.kernel import Kernel
from tests.support.subshells import create, delete, execute, gather, listed, send
from tests.support.waiting import eventually, seconds

HOLD = "import threading\ngo = threading.Event()\nprint('holds', flush=True)\ngo.wait()\n'held'"
"""A cell that runs until another one, somewhere else, calls `go.set()`."""


def test_subshells_are_made_listed_and_deleted(kernel: Kernel) -> None:
    assert listed(kernel) == []
    first, second = create(kernel), create(kernel)
    assert listed(kernel) == [first, second]
    assert delete(kernel, first) == {"status": "ok"}
    assert listed(kernel) == [second]
    cell = execute(kernel, second, "a = 6")
    gather(cell)
    assert kernel.run("a * 7").result() == "42", "all shells share one namespace"
    assert "kernel subshells" in kernel_info(kernel)["supported_features"]


def kernel_info(kernel: Kernel) -> dict[str, Any]:
    cell = send(kernel, "kernel_info_request", None)
    gather(cell)
    assert cell.reply is not None
    content: dict[str, Any] = cell.reply["content"]
    return content


@pytest.mark.beyond_reference
def test_an_unknown_subshell_is_told(kernel: Kernel) -> None:
    gone = create(kernel)
    delete(kernel, gone)
    text = f"Unknown subshell_id '{gone}'"
    error = {
        "status": "error",
        "ename": "UnknownSubshellError",
        "evalue": text,
        "traceback": [f"UnknownSubshellError: {text}"],
    }
    assert delete(kernel, gone) == error
    busy = execute(kernel, None, HOLD)
    busy.until_text("holds")
    for kind in ("execute_request", "complete_request", "kernel_info_request"):
        lost = send(kernel, kind, gone, code="1")
        gather(lost)
        assert lost.reply is not None
        assert lost.reply["msg_type"] == kind.replace("_request", "_reply")
        assert lost.reply["content"] == error
        assert [m["execution_state"] for m in lost.of("status")] == ["busy", "idle"]
    lost = send(kernel, "comm_msg", gone, comm_id="1", data={})
    gather(lost, replies=False)
    assert lost.reply is None
    kernel.manager.interrupt_kernel()
    gather(busy)


def test_a_subshell_runs_beside_the_main_shell(kernel: Kernel) -> None:
    first = execute(kernel, None, HOLD)
    first.until_text("holds")
    subshell = create(kernel)  # answered although the main shell is busy
    second = execute(kernel, subshell, "go.set()\n'set'")
    gather(first, second)
    assert first.result() == "'held'"
    assert second.result() == "'set'"
    assert second.reply is not None
    assert second.reply["parent_header"]["subshell_id"] == subshell


def test_two_subshells_run_beside_each_other(kernel: Kernel) -> None:
    left, right = create(kernel), create(kernel)
    kernel.run("import threading, asyncio\nboth = threading.Barrier(2)")
    cells = [
        execute(kernel, left, "both.wait(60)\n1"),
        execute(kernel, right, "await asyncio.to_thread(both.wait, 60)\n2"),
    ]
    gather(*cells)
    assert sorted(cell.result() for cell in cells) in (["0", "1"], ["1", "2"])


TALK = """
from IPython.display import display
def talk_{me}():
    for i in range(300):
        print({me!r}, i)
        if i % 10 == 0:
            display({{"text/plain": f"{me} {{i}}"}}, raw=True)
            payload = {{"source": "set_next_input", "text": {me!r}}}
            get_ipython().payload_manager.write_payload(payload)
    return {me!r}
talk_{me}()
"""


def test_output_of_each_shell_has_its_own_parent(kernel: Kernel) -> None:
    shells = {"main": None, "left": create(kernel), "right": create(kernel)}
    for _ in range(3):
        cells = {me: execute(kernel, shell, TALK.format(me=me)) for me, shell in shells.items()}
        gather(*cells.values())
        for me, cell in cells.items():
            assert cell.text() == "".join(f"{me} {i}\n" for i in range(300))
            shown = [data["data"]["text/plain"] for data in cell.of("display_data")]
            assert shown == [f"{me} {i}" for i in range(0, 300, 10)]
            assert cell.result() == repr(me)
            assert cell.reply is not None
            (payload,) = cell.reply["content"]["payload"]
            assert payload["text"] == me


def test_errors_of_each_shell_are_its_own(kernel: Kernel) -> None:
    shells = {"main": None, "left": create(kernel), "right": create(kernel)}
    code = "print(*range(2000), sep='\\n')\nraise ValueError({me!r})"
    cells = {me: execute(kernel, shell, code.format(me=me)) for me, shell in shells.items()}
    gather(*cells.values())
    for me, cell in cells.items():
        assert cell.reply is not None
        assert cell.reply["content"]["evalue"] == me
        (error,) = cell.of("error")
        assert error["traceback"] == cell.reply["content"]["traceback"]


def test_an_error_aborts_its_own_shell_alone(kernel: Kernel) -> None:
    subshell = create(kernel)
    kernel.run("import threading\ngo = threading.Event()")
    failing = [execute(kernel, subshell, "go.wait()\n1 / 0"), execute(kernel, subshell, "1")]
    spared = [execute(kernel, None, "go.wait()"), execute(kernel, None, "'spared'")]
    third = create(kernel)
    gather(execute(kernel, third, "go.set()"))
    gather(*failing, *spared)
    assert [cell.status for cell in failing] == ["error", "aborted"]
    assert [cell.status for cell in spared] == ["ok", "ok"]
    again = execute(kernel, subshell, "'again'")
    gather(again)
    assert again.result() == "'again'"


@pytest.mark.beyond_reference  # ipykernel takes any answer for any question
def test_each_shell_gets_the_answer_to_its_own_question(kernel: Kernel) -> None:
    shells = {"main": None, "left": create(kernel), "right": create(kernel)}
    cells = {
        me: execute(kernel, shell, f"input({me!r})", allow_stdin=True)
        for me, shell in shells.items()
    }
    questions = [kernel.client.get_stdin_msg(timeout=seconds(20)) for _ in cells]
    for question in reversed(questions):
        answer = kernel.client.session.msg(
            "input_reply", {"value": question["content"]["prompt"] * 2}, parent=question
        )
        kernel.client.stdin_channel.send(answer)
    gather(*cells.values())
    for me, cell in cells.items():
        assert cell.result() == repr(me * 2)
        (question,) = [q for q in questions if q["content"]["prompt"] == me]
        assert question["parent_header"]["msg_id"] == cell.msg_id


def test_input_in_a_subshell_of_a_plain_client(kernel: Kernel) -> None:
    subshell = create(kernel)
    busy = execute(kernel, None, HOLD)
    busy.until_text("holds")
    cell = execute(kernel, subshell, "go.set()\ninput('? ')", allow_stdin=True)
    assert kernel.client.get_stdin_msg(timeout=seconds(20))["content"]["prompt"] == "? "
    kernel.client.input("yes")
    gather(cell, busy)
    assert cell.result() == "'yes'"
    refused = execute(kernel, subshell, "input()", allow_stdin=False)
    gather(refused)
    assert refused.ename == "StdinNotImplementedError"
    assert kernel.value("input.__module__") == "'builtins'"


def test_an_interrupt_reaches_the_main_shell_alone(kernel: Kernel) -> None:
    subshell = create(kernel)
    aside = execute(kernel, subshell, HOLD)
    aside.until_text("holds")
    cell = execute(kernel, None, "import time\nprint('ready', flush=True)\ntime.sleep(600)")
    cell.until_text("ready")
    kernel.manager.interrupt_kernel()
    gather(cell)
    assert cell.ename == "KeyboardInterrupt"
    kernel.interrupt()  # only the subshell runs: nothing in Python is hit
    last = execute(kernel, None, "go.set()\n'undisturbed'")
    gather(last, aside)
    assert last.result() == "'undisturbed'"
    assert aside.result() == "'held'"


@pytest.mark.beyond_reference  # ipykernel waits for the cell, and its shell channel with it
def test_a_busy_subshell_is_deleted_without_waiting_for_it(kernel: Kernel) -> None:
    subshell = create(kernel)
    kernel.run("import threading\nbefore = threading.active_count()")
    running = execute(kernel, subshell, HOLD)
    running.until_text("holds")
    waiting = execute(kernel, subshell, "1")
    assert delete(kernel, subshell) == {"status": "ok"}
    gather(waiting)
    assert waiting.ename == "UnknownSubshellError"
    gather(execute(kernel, None, "go.set()"), running)
    assert running.result() == "'held'"
    eventually(lambda: kernel.value("threading.active_count() < before") == "True", 20, "its end")


def test_the_end_of_the_kernel_ends_subshells(kernel: Kernel) -> None:
    subshell = create(kernel)
    cell = execute(kernel, subshell, "print('on', flush=True)\nwhile True: pass")
    cell.until_text("on")
    worker = kernel.worker_pid
    kernel.restart()
    # A launcher that was killed could not wait for it.
    eventually(lambda: not processes.alive(worker), 10, "the worker has ended")
    assert listed(kernel) == []
    kernel.assert_healthy()
    execute(kernel, create(kernel), "print('on', flush=True)\nwhile True: pass").until_text("on")
    worker = kernel.worker_pid
    kernel.manager.shutdown_kernel()
    eventually(lambda: not processes.alive(worker), 10, "the worker has ended")


@pytest.mark.beyond_reference
def test_a_death_in_a_subshell_is_told_in_its_cell(kernel: Kernel) -> None:
    code = "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)"
    cell = execute(kernel, create(kernel), code)
    cell.until_text("Penstock: ", name="stderr")
    eventually(lambda: kernel.exit_code() is not None, 10, "the kernel is seen dead")
    kernel.restart()
    kernel.assert_healthy()


def test_exit_in_a_subshell_ends_the_kernel(kernel: Kernel) -> None:
    cell = execute(kernel, create(kernel), "exit")
    gather(cell)
    assert cell.status == "ok"
    eventually(lambda: kernel.exit_code() is not None, 20, "the kernel has ended")


def test_async_cells_in_a_subshell(kernel: Kernel) -> None:
    subshell = create(kernel)
    cells = [
        execute(kernel, subshell, code)
        for code in (
            "import asyncio, contextvars, threading\nkept = contextvars.ContextVar('kept')",
            "token = kept.set(threading.current_thread() is not threading.main_thread())",
            "late = asyncio.create_task(asyncio.sleep(0, 'late'))",
            "await asyncio.sleep(0.01)\nawait late, kept.get()",
        )
    ]
    gather(*cells)
    assert cells[-1].result() == "('late', True)"
