"""Execute, evaluate and streams of values, by a client of Jupyter's (docs/verbs.md)."""

from __future__ import annotations

import json
import os
import signal
from typing import Any

import pytest

from tests.support.gateway import Gateway
from tests.support.kernel import Cell, Kernel
from tests.support.subshells import control, execute, gather, send
from tests.support.waiting import seconds

pytestmark = pytest.mark.beyond_reference

COUNTING = """
import time
n = 0
def count():
    global n
    n += 1
    time.sleep(0.01)
    print('step', n)
    return {'result': n}
"""
"""A stream that no reader falls behind."""


def execute_code(kernel: Kernel, code: str, **content: Any) -> Cell:
    """Runs code, not as a cell."""
    cell = send(kernel, "penstock_exec_request", None, code=code, **content)
    gather(cell)
    return cell


def evaluate(kernel: Kernel, expression: str) -> Any:
    """Value of an expression, by way of JSON."""
    cell = send(kernel, "penstock_eval_request", None, expr=expression)
    gather(cell)
    assert cell.reply is not None
    assert cell.reply["msg_type"] == "penstock_eval_reply"
    return json.loads(cell.reply["content"]["value"])


def stream(kernel: Kernel, expression: str = "count()", count: int = 2) -> Cell:
    """A stream that has sent some values."""
    cell = send(kernel, "penstock_stream_request", None, expr=expression)
    cell.until(lambda it: len(values(it)) >= count, "values")
    cell.reply = kernel.client.get_shell_msg(timeout=seconds(10))
    assert cell.reply["content"] == {"status": "ok"}
    assert cell.reply["parent_header"]["msg_id"] == cell.msg_id
    return cell


def values(cell: Cell) -> list[Any]:
    """What a stream has sent."""
    return [json.loads(part["value"]) for part in cell.of("penstock_stream_data")]


def state_of(gateway: Gateway, kernel_id: str) -> str:
    """What the gateway's list says of a kernel."""
    (found,) = [k for k in gateway.kernels() if k["id"] == kernel_id]
    return str(found["state"])


def test_code_and_values(kernel: Kernel) -> None:
    cell = execute_code(kernel, "import os; x = 6\nprint('a', flush=True); os.system('echo b')")
    assert cell.status == "ok"
    assert cell.text() == "a\nb\n"
    assert {m["msg_type"] for m in cell.messages} == {"status", "stream"}
    assert evaluate(kernel, "{'x': x * 7, 'bad': float('nan')}") == {"x": 42, "bad": None}
    assert kernel.run("x").result() == "6"
    assert execute_code(kernel, "raise SystemExit").ename == "SystemExit"
    late = execute_code(kernel, "while True: pass", timeout_s=0.3)
    assert late.reply is not None
    assert late.reply["content"]["evalue"] == "Execution timed out after 0.3s"
    kernel.assert_healthy()


def test_much_native_stderr(kernel: Kernel) -> None:
    cell = execute_code(kernel, "import os\nfor _ in range(200): os.write(2, b'x' * 999 + b'\\n')")
    assert cell.status == "ok"
    cell.until_text(("x" * 999 + "\n") * 200, "stderr")


def test_an_error_aborts_nothing(kernel: Kernel) -> None:
    cells = [
        send(kernel, "penstock_exec_request", None, code=code)
        for code in ("import time; time.sleep(0.2); 1 / 0", "after = 1")
    ]
    cells.append(execute(kernel, None, "after"))
    gather(*cells)
    assert [cell.status for cell in cells] == ["error", "ok", "ok"]


def test_a_stream_beside_cells(kernel: Kernel, gateway: Gateway) -> None:
    kernel_id = gateway.kernel_of(kernel.worker_pid)["id"]
    execute_code(kernel, COUNTING)
    running = stream(kernel)
    assert state_of(gateway, kernel_id) == "busy"
    cell = execute(kernel, None, "print('cell')\nn > 1")
    gather(cell)  # what comes for the stream meanwhile is kept, too
    assert (cell.text(), cell.result()) == ("cell\n", "True")
    assert control(kernel, "penstock_stream_exec_request", code="n = -1000") == {"status": "ok"}
    assert control(kernel, "penstock_stream_stop_request") == {"status": "ok"}
    after = send(kernel, "penstock_eval_request", None, expr="n")
    gather(running, after)
    seen = [value["result"] for value in values(running)]
    assert running.of("penstock_stream_done") == [{"reason": "stopped"}]
    own = [m["msg_type"] for m in running.messages]
    assert own[-2:] == ["penstock_stream_done", "status"]
    assert after.reply is not None
    last = seen[-1] if seen[-1] < 0 else -1000  # the code is run, if only at the end
    assert json.loads(after.reply["content"]["value"]) == last, "it ran behind the last value"
    assert running.text() == "".join(f"step {number}\n" for number in seen)
    assert state_of(gateway, kernel_id) == "idle"


def test_an_interrupt_ends_the_stream(kernel: Kernel) -> None:
    running = stream(kernel, "__import__('time').sleep(0.01)")
    kernel.interrupt()
    gather(running)
    assert running.of("penstock_stream_done") == [{"reason": "interrupted"}]
    kernel.assert_healthy()


def test_a_death_ends_the_stream(kernel: Kernel) -> None:
    pid = kernel.worker_pid
    running = stream(kernel, "__import__('time').sleep(0.01)")
    os.kill(pid, signal.SIGKILL)
    running.until(lambda it: it.idle, "its end")
    (error,) = running.of("penstock_stream_error")
    assert error["ename"] == "DeadKernelError"
    assert running.of("penstock_stream_done") == [{"reason": "error"}]


def test_a_restart_ends_the_stream(kernel: Kernel) -> None:
    running = stream(kernel, "__import__('time').sleep(0.01)")
    kernel.manager.restart_kernel(now=False)
    running.until(lambda it: it.idle, "its end")
    # jupyter_client interrupts before it asks for the end.
    (done,) = running.of("penstock_stream_done")
    assert done["reason"] in ("interrupted", "stopped")
    assert not running.of("penstock_stream_error")
    kernel.is_ready()
    kernel.assert_healthy()
    assert control(kernel, "penstock_stream_stop_request")["ename"] == "NoStreamError"
