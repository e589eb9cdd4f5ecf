"""An interrupt reaches the cell wherever it is, once, and the next cell knows nothing of it."""

from __future__ import annotations

import pytest

from tests.support import processes
from tests.support.kernel import Cell, Kernel
from tests.support.waiting import eventually, seconds

CHILD = (
    "import subprocess, sys; subprocess.run([sys.executable, '-c', 'import time; time.sleep(600)'])"
)
BODIES = {
    "loop": "while True: pass",
    "sleep": "import time; time.sleep(600)",
    "await": "import asyncio; await asyncio.sleep(600)",
    "subprocess": CHILD,
    "lock": "import threading; lock = threading.Lock(); lock.acquire(); lock.acquire()",
}
EACH_BODY = pytest.mark.parametrize(
    # ipykernel 7.4 never answers an awaiting cell that was interrupted.
    "body",
    [
        pytest.param(body, marks=[pytest.mark.beyond_reference] if body == "await" else [])
        for body in BODIES
    ],
)
STOPPED = {"KeyboardInterrupt", "CancelledError"}
"""An awaiting cell is cancelled: IPython tells it as either of the two."""

COUNTING = """
import asyncio, time
hits = 0
try:
    print("ready", flush=True)
    {body}
except (KeyboardInterrupt, asyncio.CancelledError):
    hits += 1
    try:
        time.sleep(0.4)
    except KeyboardInterrupt:
        hits += 1
"""


def interrupted(kernel: Kernel, cell: Cell) -> Cell:
    """Interrupts the cell as soon as it said that it is ready, and waits for its end."""
    cell.until_text("ready")
    kernel.manager.interrupt_kernel()
    return cell.finish(within=10)


@EACH_BODY
def test_interrupt_ends_the_cell(kernel: Kernel, body: str) -> None:
    cell = interrupted(kernel, kernel.send(f"print('ready', flush=True)\n{BODIES[body]}"))
    assert cell.status == "error"
    assert cell.ename in STOPPED
    (error,) = cell.of("error")
    assert "penstock/worker" not in "".join(error["traceback"]), (
        "frames of the worker are no user's business"
    )
    kernel.assert_healthy()


@EACH_BODY
def test_interrupt_comes_exactly_once(kernel: Kernel, body: str) -> None:
    cell = interrupted(kernel, kernel.send(COUNTING.format(body=BODIES[body])))
    assert cell.status == "ok", cell.reply
    assert kernel.value("hits") == "1"
    kernel.assert_healthy()


def test_interrupt_ends_input(kernel: Kernel) -> None:
    cell = kernel.send("input('name? ')", allow_stdin=True)
    request = kernel.client.get_stdin_msg(timeout=seconds(10))
    assert request["content"]["prompt"] == "name? "
    kernel.manager.interrupt_kernel()
    assert cell.finish(within=10).ename == "KeyboardInterrupt"
    kernel.assert_healthy()


def test_interrupt_ends_the_child_process(kernel: Kernel) -> None:
    cell = kernel.send(
        "import subprocess\n"
        "child = subprocess.Popen(['sleep', '600'])\n"
        "print('child', child.pid, 'ready', flush=True)\n"
        "child.wait()"
    )
    interrupted(kernel, cell)
    child = int(cell.text().split()[1])
    eventually(lambda: not processes.alive(child), 5, "the cell's child has ended")
    kernel.assert_healthy()


def test_interrupt_of_an_idle_kernel_does_nothing(kernel: Kernel) -> None:
    kernel.assert_healthy()
    reply = kernel.interrupt()
    assert reply["msg_type"] == "interrupt_reply"
    assert reply["content"] == {"status": "ok"}
    cell = kernel.run("import time; time.sleep(0.3); 'undisturbed'")
    assert cell.status == "ok", cell.reply
    assert cell.result() == "'undisturbed'"


def test_interrupt_spares_the_cells_behind(kernel: Kernel) -> None:
    first = kernel.send("print('ready', flush=True)\nwhile True: pass", stop_on_error=False)
    second = kernel.send("'still here'")
    interrupted(kernel, first)
    assert second.finish().result() == "'still here'"


def test_second_interrupt_ends_a_cell_that_caught_the_first(kernel: Kernel) -> None:
    cell = kernel.send(
        "import time\n"
        "try:\n"
        "    print('ready', flush=True)\n"
        "    time.sleep(600)\n"
        "except KeyboardInterrupt:\n"
        "    print('caught', flush=True)\n"
        "    time.sleep(600)"
    )
    cell.until_text("ready")
    kernel.manager.interrupt_kernel()
    cell.until_text("caught")
    kernel.manager.interrupt_kernel()
    assert cell.finish(within=10).ename == "KeyboardInterrupt"
    kernel.assert_healthy()
