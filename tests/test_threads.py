"""Output and questions of threads, tasks, debuggers and GUI loops belong to the right cell."""

from __future__ import annotations

import pytest

from tests.support.kernel import Cell, Kernel
from tests.support.waiting import eventually, seconds

ANSWERS = {
    "input": ("input('who? ')", "who? ", False),
    "getpass": ("import getpass; getpass.getpass('secret? ')", "secret? ", True),
    "thread": ("f.ThreadPoolExecutor(1).submit(input, 'who? ').result()", "who? ", False),
}
"""Code that asks, the prompt, and whether it hides what is typed."""

DEBUGGERS = {"pdb": "import pdb; pdb.set_trace()", "breakpoint": "breakpoint()"}
#: With ipykernel 7.4 breakpoint() does nothing, because debugpy was imported.
debuggers = pytest.mark.parametrize(
    "how", ["pdb", pytest.param("breakpoint", marks=pytest.mark.beyond_reference)]
)

BUSY = {
    "pool": "pool.submit(work).result()",
    "to_thread": "await asyncio.to_thread(work)",
    "join": "thread = threading.Thread(target=work, daemon=True); thread.start(); thread.join()",
    "gather": "await asyncio.gather(*(tick() for _ in range(3)))",
    "gui": "get_ipython().run_line_magic('gui', 'asyncio'); await tick()",
}
"""Ways to wait for a thread or for tasks that say when they have begun."""

WAITING = """
import asyncio, threading, time
from concurrent.futures import ThreadPoolExecutor
pool, end, hits = ThreadPoolExecutor(1), threading.Event(), 0

def work():
    print("ready", flush=True)
    end.wait()

async def tick():
    print("ready", flush=True)
    await asyncio.sleep(600)
"""

COUNTED = """
try:
    {body}
except (KeyboardInterrupt, asyncio.CancelledError):
    hits += 1
    try:
        time.sleep(0.4)
    except KeyboardInterrupt:
        hits += 1
"""


def shown(cell: Cell) -> list[str]:
    """Lines of stdout and values of displays, in order."""
    parts: list[str] = []
    for message in cell.messages:
        if message["msg_type"] == "stream":
            parts += message["content"]["text"].split()
        elif message["msg_type"] == "display_data":
            parts.append(message["content"]["data"]["text/plain"])
    return parts


def asked(kernel: Kernel, code: str) -> tuple[Cell, dict[str, object]]:
    """Sends a cell that asks for something; the cell and the question."""
    cell = kernel.send(code, allow_stdin=True)
    content: dict[str, object] = kernel.client.get_stdin_msg(timeout=seconds(20))["content"]
    return cell, content


def both(first: Cell, second: Cell, count: int) -> None:
    """Waits until so many things were shown by two cells together, whichever shows them."""

    def more() -> bool:
        message = first.kernel.next_iopub(0.1)
        for cell in (first, second):
            if message and message["parent_header"].get("msg_id") == cell.msg_id:
                cell.messages.append(message)
        return len(shown(first)) + len(shown(second)) >= count

    eventually(more, 20, f"{count} things are shown")


def test_the_main_thread_knows_its_number(kernel: Kernel) -> None:
    """Matplotlib takes a main thread whose number is its parent's for another thread."""
    kernel.run("import threading")
    assert kernel.value("threading.main_thread().native_id == threading.get_native_id()") == "True"


def test_lines_of_many_threads_arrive_whole(kernel: Kernel) -> None:
    cell = kernel.run(
        "from concurrent.futures import ThreadPoolExecutor\n"
        "def work(n):\n"
        "    for k in range(100):\n"
        "        print(f'thread-{n}-line-{k}\\n', end='')\n"
        "with ThreadPoolExecutor(8) as pool:\n"
        "    list(pool.map(work, range(8)))"
    )
    lines = cell.text().splitlines()
    assert sorted(lines) == sorted(f"thread-{n}-line-{k}" for n in range(8) for k in range(100))
    for n in range(8):
        own = [line for line in lines if line.startswith(f"thread-{n}-")]
        assert own == [f"thread-{n}-line-{k}" for k in range(100)]


def test_a_thread_prints_and_displays_into_the_latest_cell(kernel: Kernel) -> None:
    first = kernel.run(
        "import threading\n"
        "go, done = threading.Event(), threading.Event()\n"
        "def work():\n"
        "    print('early', flush=True); display(1); done.set()\n"
        "    go.wait()\n"
        "    print('late', flush=True); display(2)\n"
        "thread = threading.Thread(target=work); thread.start(); done.wait()"
    )
    second = kernel.run("go.set(); thread.join()")
    assert (shown(first), shown(second)) == (["early", "1"], ["late", "2"])


def test_a_thread_that_prints_while_no_cell_runs(kernel: Kernel) -> None:
    kernel.run("pass")
    cell = kernel.run(
        "import threading\n"
        "timer = threading.Timer(0.5, lambda: print('after', flush=True))\n"
        "timer.start()"
    )
    assert cell.until_text("after").text() == "after\n"


@pytest.mark.parametrize("how", ["create_task(work())", "create_task(asyncio.to_thread(speak))"])
def test_tasks_print_and_display_into_the_cell_that_made_them(kernel: Kernel, how: str) -> None:
    kernel.run(
        "import asyncio, threading\n"
        "go = asyncio.Event()\n"
        "open_ = threading.Event()\n"
        "def speak():\n"
        "    open_.wait(); print('task', flush=True); display(3)\n"
        "async def work():\n"
        "    await go.wait(); print('task', flush=True); display(3)"
    )
    first = kernel.run(f"task = asyncio.get_running_loop().{how}")
    second = kernel.send("print('cell'); go.set(); open_.set()\nawait task\nprint('end')")
    both(first, second, 4)
    assert second.finish().status == "ok", second.reply
    assert (shown(first), shown(second)) == (["task", "3"], ["cell", "end"])


def test_an_error_in_a_thread_is_told_on_stderr(kernel: Kernel) -> None:
    cell = kernel.run(
        "import threading\n"
        "thread = threading.Thread(target=lambda: 1 / 0); thread.start(); thread.join()"
    )
    assert cell.status == "ok"
    assert "ZeroDivisionError" in cell.text("stderr")
    kernel.assert_healthy()


@pytest.mark.parametrize("how", ANSWERS)
def test_a_question_is_asked_and_answered(kernel: Kernel, how: str) -> None:
    code, prompt, hidden = ANSWERS[how]
    cell, question = asked(kernel, f"import concurrent.futures as f\n{code}")
    assert question == {"prompt": prompt, "password": hidden}
    kernel.client.input("Ada")
    assert cell.finish().result() == "'Ada'"
    kernel.assert_healthy()


@debuggers
def test_a_debugger_is_talked_to(kernel: Kernel, how: str) -> None:
    cell, question = asked(kernel, f"secret = 6\n{DEBUGGERS[how]}\nprint('went on')")
    assert question == {"prompt": "ipdb> ", "password": False}
    kernel.client.input("p secret * 7")
    assert kernel.client.get_stdin_msg(timeout=seconds(20))["content"] == question
    cell.until_text("42\n")
    kernel.client.input("c")
    assert cell.finish().text().endswith("went on\n")
    kernel.assert_healthy()


@pytest.mark.parametrize("how", ["input", "getpass"])
def test_an_interrupt_ends_a_question(kernel: Kernel, how: str) -> None:
    cell, _ = asked(kernel, ANSWERS[how][0])
    kernel.manager.interrupt_kernel()
    assert cell.finish(within=10).ename == "KeyboardInterrupt"
    kernel.assert_healthy()


@debuggers
def test_an_interrupt_leaves_the_debugger_and_the_cell_goes_on(kernel: Kernel, how: str) -> None:
    cell, _ = asked(kernel, f"{DEBUGGERS[how]}\nprint('went on')")
    kernel.manager.interrupt_kernel()
    assert cell.finish(within=10).status == "ok", cell.reply
    assert cell.text().count("KeyboardInterrupt: ") == 1
    assert cell.text().endswith("\nwent on\n")
    kernel.assert_healthy()


@pytest.mark.beyond_reference  # ipykernel 7.4 does not answer some of them
@pytest.mark.parametrize("how", BUSY)
def test_an_interrupt_ends_the_wait_for_threads_and_tasks_once(kernel: Kernel, how: str) -> None:
    kernel.run(WAITING)
    cell = kernel.send(COUNTED.format(body=BUSY[how])).until_text("ready")
    kernel.manager.interrupt_kernel()
    assert cell.finish(within=15).status == "ok", cell.reply
    assert kernel.value("hits") == "1"
    kernel.run("end.set()")
    kernel.assert_healthy()


@pytest.mark.parametrize("magic", ["%gui asyncio", "%matplotlib widget", "%gui"])
def test_cells_and_tasks_run_on_under_a_gui_loop(kernel: Kernel, magic: str) -> None:
    assert kernel.run(magic).status == "ok"
    kernel.run("import asyncio\nhits = []\ntask = asyncio.ensure_future(asyncio.sleep(0, 'done'))")
    assert kernel.run("await task").result() == "'done'"
    kernel.assert_healthy()
