"""What a cell's child processes print comes to the cell; an interrupt ends them with it."""

from __future__ import annotations

import re
import signal
import textwrap

import psutil
import pytest

from tests.support import processes
from tests.support.gateway import Gateway
from tests.support.kernel import Kernel, started
from tests.support.waiting import eventually

READY = re.compile(r"ready-(\d+)-")
METHODS = ("fork", "spawn", "forkserver")

SETUP = """
import concurrent.futures, multiprocessing, os, subprocess, sys, time
hits = 0
WORK = "import os, time; print(f'ready-{os.getpid()}-', flush=True); time.sleep(600)"
SPEAK = "print('child', flush=True)"
def work():
    exec(WORK)
def speak():
    exec(SPEAK)
"""
#: Named functions of a cell cannot be sent to a spawned process: exec and its text can.
PROCESS = """
child = multiprocessing.get_context({method!r}).Process(target=exec, args=({text},))
child.start(); child.join()
"""
POOL = """
with multiprocessing.get_context({method!r}).Pool(1) as pool:
    pool.map(exec, [{text}])
"""
EXECUTOR = """
context = multiprocessing.get_context({method!r})
with concurrent.futures.ProcessPoolExecutor(1, mp_context=context) as pool:
    pool.submit(exec, {text}).result()
"""
JOBLIB = """
import joblib
joblib.Parallel(n_jobs=2)([joblib.delayed({function})()])
"""
DASK = """
from dask.distributed import Client
with Client(n_workers=1, threads_per_worker=1, processes=True, dashboard_address=None) as client:
    client.submit({function}).result()
"""
FORK = """
pid = os.fork()
if pid == 0:
    exec({text})
    os._exit(0)
_ = os.waitpid(pid, 0)
"""
WAYS = {
    **{f"process-{method}": PROCESS.replace("{method!r}", repr(method)) for method in METHODS},
    **{f"pool-{method}": POOL.replace("{method!r}", repr(method)) for method in METHODS},
    **{f"executor-{method}": EXECUTOR.replace("{method!r}", repr(method)) for method in METHODS},
    "joblib": JOBLIB,
    "dask": DASK,
    "fork": FORK,
    "subprocess": "subprocess.run([sys.executable, '-c', {text}])",
}
"""Ways to run Python in a child and to wait for it."""

ENDLESS = "echo ready-$$-; exec sleep 600"
COMMANDS = {
    "os.system": f"os.system({ENDLESS!r})",
    "bang": f"get_ipython().system({ENDLESS!r})",
    "magic": f"get_ipython().run_cell_magic('bash', '--no-raise-error', {ENDLESS!r})",
}
"""Commands that end at an interrupt without raising it, as with ipykernel."""

COUNTED = """
try:
{body}
except KeyboardInterrupt:
    hits += 1
    try:
        time.sleep(0.4)
    except KeyboardInterrupt:
        hits += 1
"""


def code(way: str, words: str) -> str:
    """The code of a way for a text and function of `SETUP`: `work` or `speak`."""
    return WAYS[way].replace("{text}", words.upper()).replace("{function}", words)


def interrupted(kernel: Kernel, body: str) -> int:
    """Interrupts a cell when its child is ready, waits for its end and that of the child; how many
    KeyboardInterrupts the cell saw.
    """
    assert kernel.run(SETUP).status == "ok"
    cell = kernel.send(COUNTED.format(body=textwrap.indent(body, "    ")))
    cell.until(lambda cell: READY.search(cell.text()), "a child is ready", within=60)
    kernel.manager.interrupt_kernel()
    assert cell.finish(within=30).status == "ok", cell.reply
    children = [int(pid) for pid in READY.findall(cell.text())]
    eventually(lambda: not any(map(processes.alive, children)), 10, "the child has ended")
    kernel.assert_healthy()
    return int(kernel.value("hits"))


@pytest.mark.beyond_reference  # ipykernel may mix lines, and prints twice what it had before a fork
@pytest.mark.parametrize("way", WAYS)
def test_a_child_prints_into_the_cell(kernel: Kernel, way: str) -> None:
    kernel.run(SETUP)
    cell = kernel.run(f"print('before')\n{code(way, 'speak')}\nprint('after')", within=60)
    assert cell.status == "ok", cell.reply
    cell.until_text("child").until_text("after")
    assert sorted(cell.text().split()) == ["after", "before", "child"]
    kernel.assert_healthy()


@pytest.mark.parametrize(
    # With ipykernel a bare fork lives on as a second kernel.
    "way",
    [pytest.param(way, marks=[pytest.mark.beyond_reference] * (way == "fork")) for way in WAYS],
)
def test_an_interrupt_ends_the_child_and_comes_once(kernel: Kernel, way: str) -> None:
    assert interrupted(kernel, code(way, "work")) == 1


@pytest.mark.parametrize("command", COMMANDS)
def test_an_interrupt_ends_a_command(kernel: Kernel, command: str) -> None:
    assert interrupted(kernel, COMMANDS[command]) == 0


@pytest.mark.beyond_reference
def test_text_before_a_fork_comes_once_and_first(kernel: Kernel) -> None:
    cell = kernel.run(
        "import os, sys\n"
        "print('parent', end=' ')\n"
        "pid = os.fork()\n"
        "if pid == 0:\n"
        "    print('child')\n"
        "    sys.stderr.write('child: end\\n')\n"
        "    os._exit(0)\n"
        "_ = os.waitpid(pid, 0)\n"
        "print('parent again')"
    )
    assert cell.text() == "parent child\nparent again\n"
    assert cell.text("stderr") == "child: end\n"


FORKING = """
import faulthandler, os, signal
def forked(work):
    pid = os.fork()
    if pid == 0:
        work()
        os._exit(0)
    return os.waitpid(pid, 0)[1]
def child():
    print('child', end=' ')
    forked(lambda: print('grandchild'))
    display('of child')
    print('child again')
    forked(lambda: display('of grandchild'))
print('parent', end=' ')
"""


@pytest.mark.beyond_reference
def test_children_and_their_children_print_and_display_in_order(kernel: Kernel) -> None:
    cell = kernel.run(FORKING + "forked(child)\nprint('parent again')")
    assert "".join(cell.told()) == (
        "parent child grandchild\n'of child'child again\n'of grandchild'parent again\n"
    )
    kernel.assert_healthy()


@pytest.mark.beyond_reference
def test_displays_of_a_pool_arrive_whole(kernel: Kernel) -> None:
    cell = kernel.run(
        "import multiprocessing as m\n"
        "with m.get_context('fork').Pool(4) as pool:\n"
        "    pool.map(display, [str(n) * 300_000 for n in range(8)], chunksize=1)"
    )
    texts = sorted(content["data"]["text/plain"] for content in cell.of("display_data"))
    assert texts == [repr(str(n) * 300_000) for n in range(8)]
    kernel.assert_healthy()


@pytest.mark.beyond_reference
def test_a_child_that_asks_is_told_that_it_cannot(kernel: Kernel) -> None:
    cell = kernel.run(
        "import multiprocessing as m\n"
        "child = m.get_context('fork').Process(target=input, args=('who? ',))\n"
        "child.start(); child.join(); child.exitcode",
        allow_stdin=True,
    )
    assert cell.result() == "1"
    assert "a forked process cannot ask" in cell.until_text("cannot ask", "stderr").text("stderr")
    kernel.assert_healthy()


@pytest.mark.beyond_reference
def test_a_child_that_crashes_tells_its_stack(kernel: Kernel) -> None:
    cell = kernel.run(FORKING + "forked(lambda: os.kill(os.getpid(), signal.SIGSEGV))")
    assert cell.result() == str(int(signal.SIGSEGV))
    cell.until_text("Segmentation fault", "stderr")
    kernel.assert_healthy()


@pytest.mark.beyond_reference
def test_nothing_that_libraries_leave_running_outlives_the_kernel(
    via: str, gateway: Gateway
) -> None:
    """Helpers and workers that multiprocessing, joblib and dask keep on purpose."""
    with started(via) as kernel:
        kernel.run(SETUP)
        for way in ("joblib", "process-forkserver"):
            kernel.run(code(way, "speak"), within=60)
        kernel.run("from dask.distributed import LocalCluster", within=60)
        options = "n_workers=1, processes=True, dashboard_address=None"
        assert kernel.run(f"cluster = LocalCluster({options})", within=60).status == "ok"
        left = psutil.Process(kernel.worker_pid).children(recursive=True)
        assert len(left) >= 3, processes.described(left)
    eventually(lambda: not any(processes.alive(p.pid) for p in left), 10, "every child has ended")
