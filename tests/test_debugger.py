"""The debugger as JupyterLab's panel uses it, beyond what ipykernel's own tests (tests/suites) ask:
the kernel stays alive, reachable and interruptible whatever stands at a breakpoint.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.debugger import INITIALIZE, Panel, adapters, mark
from tests.support.gateway import Gateway
from tests.support.kernel import Kernel, started
from tests.support.waiting import eventually, seconds

pytestmark = pytest.mark.beyond_reference

CODE = """def f(a, b):
    done.append(a)
    return a + b

done = []
f('ä', 'ö')"""


@pytest.fixture
def kernel(gateway: Gateway) -> Iterator[Kernel]:
    del gateway  # only to have it
    with started("provisioner") as fresh:
        yield fresh


@pytest.fixture
def panel(kernel: Kernel) -> Panel:
    switched_on = Panel(kernel)
    switched_on.start()
    return switched_on


def test_nothing_is_loaded_before_the_debugger_is_switched_on(kernel: Kernel) -> None:
    info = kernel.client.kernel_info(reply=True, timeout=seconds(30))["content"]
    assert "debugger" in info["supported_features"]
    assert info["debugger"] is True
    panel = Panel(kernel)
    about = panel.do("debugInfo")
    assert about["isStarted"] is False
    assert about["hashMethod"] == "Murmur2"
    assert kernel.value("[n for n in __import__('sys').modules if 'pydev' in n]") == "[]"
    refused = panel.ask("setBreakpoints", source={"path": "x"}, breakpoints=[])
    assert refused["success"] is False
    assert "initialize first" in refused["message"]


def test_no_warning_gets_into_the_output_of_a_cell(kernel: Kernel) -> None:
    cell = kernel.send("input()", allow_stdin=True)
    kernel.client.get_stdin_msg(timeout=seconds(30))
    panel = Panel(kernel)
    panel.do("inspectVariables")  # as JupyterLab does after a restart, before it starts the rest
    panel.start()
    kernel.client.input("")
    assert cell.finish().text("stderr") == ""


def test_a_breakpoint_stops_the_cell_and_the_kernel_still_answers(panel: Panel) -> None:
    source = panel.break_at(CODE, 2)
    assert Path(source).parent.stat().st_mode & 0o777 == 0o700
    cell = panel.kernel.send(CODE)
    thread, frames = panel.stopped()
    assert [(f["name"], f["source"]["path"], f["line"]) for f in frames] == [
        ("f", source, 2),
        ("<module>", source, 6),
    ], "the frames of kernel and IPython are not the user's"
    assert [t["name"] for t in panel.do("threads")["threads"]] == ["MainThread"]
    assert panel.local(frames[0]) == {"a": "'ä'", "b": "'ö'"}
    rich = panel.do("richInspectVariables", variableName="a", frameId=frames[0]["id"])
    assert rich["data"] == {"text/plain": "'ä'"}
    panel.do("copyToGlobals", srcVariableName="a", dstVariableName="c", srcFrameId=frames[0]["id"])
    request = panel.client.session.msg("kernel_info_request", {})
    panel.client.control_channel.send(request)
    assert panel.reply(request["header"]["msg_id"])["status"] == "ok"
    panel.do("next", threadId=thread)
    assert panel.stopped()[1][0]["line"] == 3
    panel.do("continue", threadId=thread)
    panel.do("continue", threadId=thread)  # an impatient user
    assert cell.finish().result() == "'äö'"
    assert panel.kernel.value("c") == "'ä'"
    assert panel.do("debugInfo")["stoppedThreads"] == []


def test_the_debugger_can_be_switched_on_while_a_cell_runs(kernel: Kernel) -> None:
    code = (
        "def turn():\n    seen.add(1)\n\n"
        "seen = set()\nprint('ready', flush=True)\nwhile len(seen) < 2:\n    turn()"
    )
    cell = kernel.send(code)
    cell.until_text("ready")
    panel = Panel(kernel)
    panel.start()
    panel.break_at(code, 2)
    thread, frames = panel.stopped()
    assert frames[0]["name"] == "turn"
    panel.do("evaluate", expression="seen.add(2)", frameId=frames[0]["id"], context="repl")
    panel.do("continue", threadId=thread)
    assert cell.finish().status == "ok"


def test_an_interrupt_at_a_breakpoint_ends_the_cell_before_the_line(panel: Panel) -> None:
    panel.break_at(CODE, 2)
    for _ in range(2):  # debugging goes on after it
        cell = panel.kernel.send(CODE)
        panel.stopped()
        panel.kernel.manager.interrupt_kernel()
        cell.finish()
        assert cell.ename == "KeyboardInterrupt"
        assert cell.reply is not None
        traceback = "".join(cell.reply["content"]["traceback"])
        assert "pydevd" not in traceback
        assert "penstock" not in traceback
        assert panel.do("debugInfo")["stoppedThreads"] == []
        assert panel.kernel.value("done") == "[]"


def test_an_interrupt_ends_an_evaluation_that_hangs(panel: Panel) -> None:
    panel.break_at(CODE, 2)
    panel.kernel.run("def hang():\n    print('ready', flush=True)\n    while True: pass")
    cell = panel.kernel.send(CODE)
    thread, frames = panel.stopped()
    hanging = panel.send("evaluate", expression="hang()", frameId=frames[0]["id"], context="repl")
    cell.until_text("ready")
    panel.kernel.manager.interrupt_kernel()
    assert panel.reply(hanging)["success"] is False
    panel.do("continue", threadId=thread)
    assert cell.finish().status == "ok"


def test_breakpoints_and_input_do_not_disturb_each_other(panel: Panel) -> None:
    code = "name = input('? ')\nname * 2"
    cell = panel.kernel.send(code, allow_stdin=True)
    panel.client.get_stdin_msg(timeout=seconds(30))
    panel.break_at(code, 2)
    panel.client.input("ü")
    thread, frames = panel.stopped()
    assert frames[0]["line"] == 2
    panel.do("continue", threadId=thread)
    assert cell.finish().result() == "'üü'"


def test_threads_stop_and_those_of_the_kernel_are_not_seen(panel: Panel) -> None:
    code = (
        "import threading\ndef work():\n    mine = 1\n    return mine\n"
        "t = threading.Thread(target=work, name='worker')\nt.start()\nt.join()"
    )
    panel.break_at(code, 4)
    cell = panel.kernel.send(code)
    thread, frames = panel.stopped()
    assert panel.local(frames[0]) == {"mine": "1"}
    assert {t["name"] for t in panel.do("threads")["threads"]} == {"MainThread", "worker"}
    panel.do("continue", threadId=thread)
    assert cell.finish().status == "ok"


def test_a_second_client_takes_over(panel: Panel) -> None:
    source = panel.break_at(CODE, 2)
    cell = panel.kernel.send(CODE)
    thread, _ = panel.stopped()
    client = panel.kernel.manager.blocking_client()
    client.start_channels()
    try:
        other = Panel(panel.kernel, client)
        about = other.do("debugInfo")
        assert about["isStarted"] is True
        assert about["stoppedThreads"] == [thread]
        assert about["breakpoints"] == [{"source": source, "breakpoints": [{"line": 2}]}]
        other.start()
        other.do("continue", threadId=thread)
    finally:
        client.stop_channels()
    assert cell.finish().status == "ok"


def test_it_can_be_switched_off_and_on(panel: Panel) -> None:
    panel.break_at(CODE, 2)
    panel.do("disconnect", restart=False, terminateDebuggee=False)
    about = panel.do("debugInfo")
    assert about["isStarted"] is False
    assert about["breakpoints"] == []
    assert panel.kernel.run(CODE).status == "ok"
    panel.start()
    panel.break_at(CODE, 2)
    cell = panel.kernel.send(CODE)
    thread, _ = panel.stopped()
    panel.do("disconnect", restart=False, terminateDebuggee=False)
    assert cell.finish().status == "ok"
    del thread


def test_child_processes_run_as_without_a_debugger(panel: Panel) -> None:
    code = (
        "import os, subprocess, sys\n"
        "def f():\n"
        "    return 7\n"
        "subprocess.run([sys.executable, '-c', 'print(1)'], check=True)\n"
        "pid = os.fork()\n"
        "if not pid: os._exit(f())\n"
        "print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))\n"
        "f()"
    )
    panel.break_at(code, 3)
    cell = panel.kernel.send(code)
    cell.until_text("7")  # the child did not stop, although it ran into the breakpoint
    thread, _ = panel.stopped()
    panel.do("continue", threadId=thread)
    assert cell.finish().text().split() == ["1", "7"]


def test_nothing_is_left_of_a_kernel_that_the_user_left(kernel: Kernel) -> None:
    worker = mark(kernel)
    panel = Panel(kernel)
    panel.start()
    folder = Path(panel.break_at(CODE, 2)).parent
    assert folder.is_dir()
    kernel.send("exit()")
    eventually(lambda: not adapters(worker), 10, "debugpy's adapter ends")
    eventually(lambda: not folder.exists(), 10, "the files of its cells are gone")


def test_the_end_is_not_interrupted_by_the_signal_that_asks_for_it(
    panel: Panel, tmp_path: Path
) -> None:
    panel.break_at(CODE, 2)
    witness = tmp_path / "exit functions ran"
    # A busy machine, made sure of: the files of cells are removed slowly where the signal comes.
    code = (
        "import atexit, pathlib, shutil, threading, time\n"
        "def slowly(*args, remove=shutil.rmtree, **options):\n"
        "    time.sleep(0.3 if threading.current_thread() is threading.main_thread() else 0)\n"
        "    remove(*args, **options)\n"
        "shutil.rmtree = slowly\n"
        f"atexit.register(pathlib.Path({str(witness)!r}).touch)"
    )
    panel.kernel.run(code)
    panel.kernel.manager.shutdown_kernel()
    assert witness.exists()


@pytest.mark.parametrize("way", ["shutdown", "restart", "kill"])
def test_nothing_is_left_of_a_kernel_that_stood_at_a_breakpoint(kernel: Kernel, way: str) -> None:
    worker = mark(kernel)
    panel = Panel(kernel)
    panel.start()
    assert adapters(worker)
    folder = Path(panel.break_at(CODE, 2)).parent
    kernel.send(CODE)
    panel.stopped()
    if way == "shutdown":
        kernel.manager.shutdown_kernel()
    elif way == "restart":
        kernel.manager.restart_kernel()
        kernel.is_ready()
        about = panel.do("debugInfo")
        assert (about["isStarted"], about["breakpoints"], about["stoppedThreads"]) == (
            False,
            [],
            [],
        )
    else:
        os.kill(worker, signal.SIGKILL)
    eventually(lambda: not adapters(worker), 10, "debugpy's adapter ends")
    if way != "kill":
        eventually(lambda: not folder.exists(), 10, "the files of its cells are gone")


def test_requests_that_cannot_be_served_are_told_why(panel: Panel) -> None:
    for command, arguments in (
        ("setBreakpoints", {}),
        ("variables", {"variablesReference": 12345}),
        ("richInspectVariables", {"variableName": "1 + 1"}),
        ("copyToGlobals", {"srcVariableName": "a", "dstVariableName": "b'", "srcFrameId": 1}),
        ("source", {"source": {"path": "/no/such/file"}}),
        ("noSuchCommand", {}),
    ):
        answer = panel.ask(command, **arguments)
        assert answer["success"] is False, answer
        assert answer["message"], answer
    message = panel.client.session.msg("debug_request", {"command": 5})
    panel.client.control_channel.send(message)
    assert panel.reply(message["header"]["msg_id"])["success"] is False


def test_without_debugpy_the_user_is_told_what_to_do(kernel: Kernel) -> None:
    kernel.run("import sys; sys.modules['debugpy'] = None")
    answer = Panel(kernel).ask("initialize", **INITIALIZE)
    assert answer["success"] is False
    assert "pip install debugpy" in answer["message"]
    kernel.assert_healthy()
