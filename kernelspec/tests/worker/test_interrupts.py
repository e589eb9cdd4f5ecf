"""Interrupts in every state: one KeyboardInterrupt per signal, the worker unharmed."""

from __future__ import annotations

import pytest
from testing_gateway import Worker

CELLS = {
    "loop": "print('go', flush=True)\nwhile True: pass",
    "sleep": "import time\nprint('go', flush=True)\ntime.sleep(30)",
    "await": "import asyncio\nprint('go', flush=True)\nawait asyncio.sleep(30)",
    "gather": (
        "import asyncio\nprint('go', flush=True)\n"
        "await asyncio.gather(asyncio.sleep(30), asyncio.sleep(30))"
    ),
    "loop in async": (
        "import asyncio\nawait asyncio.sleep(0); print('go', flush=True)\nwhile True: pass"
    ),
    "subprocess": (
        "import subprocess\n"
        "p = subprocess.Popen(['sh', '-c', 'echo up; exec sleep 30'], stdout=subprocess.PIPE)\n"
        "p.stdout.readline(); print('go', flush=True); p.wait()"
    ),
    # Said by the command: a signal between its fork and its exec would be nobody's.
    "command": "!echo go; exec sleep 30",
    "prints": "print('go', flush=True)\nwhile True: print('x' * 50)",
}


@pytest.mark.parametrize("name", CELLS)
def test_a_running_cell_is_interrupted_once(worker: Worker, name: str) -> None:
    msg_id = worker.start(CELLS[name])
    worker.until_text("go")
    worker.interrupt()
    result = worker.result(msg_id)
    if name != "command":
        assert result.reply["ename"] == "KeyboardInterrupt"
        assert [m.content["ename"] for m in result.of("error")] == ["KeyboardInterrupt"]
    if name == "subprocess":
        # The child got the signal itself: it is in the same process group.
        # (0: the interrupt hit Popen between the wait and the storing of its result.)
        assert worker.execute("p.wait()").value in ("-2", "0")
    assert worker.execute("6*7").value == "42"
    assert worker.execute("import asyncio; await asyncio.sleep(0, 5)").value == "5"


@pytest.mark.parametrize(
    "wait", ["import time; time.sleep(30)", "await __import__('asyncio').sleep(30)", "input()"]
)
def test_a_signal_that_does_not_break_the_system_call(worker: Worker, wait: str) -> None:
    """Taken by another thread, as one that comes just before the call: it must not be lost."""
    msg_id = worker.start(
        "import threading, signal\n"
        "def f():\n"
        "  ready.wait()\n"
        "  signal.pthread_kill(threading.get_ident(), signal.SIGINT)\n"
        "ready = threading.Event()\n"
        "threading.Thread(target=f).start()\n"
        "threading.Timer(0.1, ready.set).start()\n" + wait,
        allow_stdin=True,
    )
    result = worker.result(msg_id)
    assert result.reply["ename"] == "KeyboardInterrupt"
    assert [m.content["ename"] for m in result.of("error")] == ["KeyboardInterrupt"]
    assert worker.execute("6*7").value == "42"


def test_each_signal_is_one_interrupt(worker: Worker) -> None:
    msg_id = worker.start(
        "import time\nn = 0\n"
        "while n < 3:\n"
        "  try:\n    print('ready', n, flush=True); time.sleep(30)\n"
        "  except KeyboardInterrupt: n += 1\n"
        "n"
    )
    for i in range(3):
        worker.until_text(f"ready {i}")
        worker.interrupt()
    assert worker.result(msg_id).value == "3"


def test_user_code_can_catch_it_while_awaiting(worker: Worker) -> None:
    msg_id = worker.start(
        "import asyncio\ntry:\n  print('go', flush=True); await asyncio.sleep(30)\n"
        "except KeyboardInterrupt: await asyncio.sleep(0); print('caught')\n1"
    )
    worker.until_text("go")
    worker.interrupt()
    result = worker.result(msg_id)
    assert result.value == "1"
    assert result.text() == "caught\n"


@pytest.mark.parametrize("ask", ["input('name')", "__import__('getpass').getpass('name')"])
def test_input_is_interrupted(worker: Worker, ask: str) -> None:
    msg_id = worker.start(ask, allow_stdin=True)
    (question,) = list(worker.until(lambda m: m.type == "input_request"))[-1:]
    assert question.content == {"prompt": "name", "password": "getpass" in ask}
    worker.interrupt()
    result = worker.result(msg_id)
    assert result.reply["ename"] == "KeyboardInterrupt"
    # The answer that comes too late must not answer the next question.
    worker.answer("late")
    msg_id = worker.start(ask, allow_stdin=True)
    result = worker.result(msg_id, stdin=lambda _content: "now")
    assert result.value == "'now'"


def test_an_idle_worker_ignores_interrupts(worker: Worker) -> None:
    worker.execute("import asyncio; e = asyncio.Event()")
    for _ in range(20):
        worker.interrupt()
        assert worker.execute("1").reply["status"] == "ok"


def test_a_storm_of_signals_never_kills_the_worker(worker: Worker) -> None:
    """At any moment of a request a signal gives an error reply or none: a reply always comes."""
    good = bad = 0
    for i in range(300):
        code = "await __import__('asyncio').sleep(0)" if i % 3 else "sum(range(1000)); print(1)"
        msg_id = worker.start(code)
        if i % 2:
            worker.until(lambda m: m.type == "execute_input")
        worker.interrupt()
        reply = worker.result(msg_id).reply
        if reply["status"] == "ok":
            good += 1
        else:
            bad += 1
            assert reply["ename"] == "KeyboardInterrupt", reply
    assert good + bad == 300
    assert worker.execute("6*7").value == "42"
    assert worker.execute("print('a')").text() == "a\n"


def test_signals_in_other_requests(forked: Worker) -> None:
    forked.execute(
        "class Slow:\n  def __dir__(self):\n    print('in', flush=True)\n    while True: pass\n"
        "  def _ipython_key_completions_(self): return dir(self)\ns = Slow()"
    )
    msg_id = forked.send("complete_request", {"code": "s['", "cursor_pos": 3})
    forked.until_text("in")
    forked.interrupt()
    assert forked.result(msg_id).type == "complete_reply"
    assert forked.execute("1").value == "1"


@pytest.mark.parametrize("rest", ["import time; time.sleep(30)", "while True: pass"])
def test_an_interrupt_that_python_drops_comes_again(worker: Worker, rest: str) -> None:
    msg_id = worker.start(
        "import time\n"
        "class Dropping:\n"
        "    def __del__(self):\n"
        "        print('go', flush=True); time.sleep(30)\n"
        "Dropping()\n" + rest
    )
    worker.until_text("go")
    worker.interrupt()
    assert worker.result(msg_id).reply["ename"] == "KeyboardInterrupt"
    assert worker.execute("6*7").value == "42"
