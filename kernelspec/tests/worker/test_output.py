"""Streams: order with what C code and children write, integrity, attribution, hooks, forks."""

from __future__ import annotations

import pytest
from testing_gateway import Message, Worker


def test_order_of_prints_and_commands(worker: Worker) -> None:
    result = worker.execute(
        "import os, sys, subprocess\n"
        "for i in range(5):\n"
        "  print('a', i, flush=True); os.system(f'echo b {i}'); print('c', i)\n"
        "  subprocess.run(['echo', 'd', str(i)]); print('e', i, file=sys.stderr)\n"
        "  os.write(1, b'f\\n'); print('g', i)\n"
    )
    expected = "".join(f"a {i}\nb {i}\nc {i}\nd {i}\ne {i}\nf\ng {i}\n" for i in range(5))
    lines = result.all_text().splitlines()
    # An os.write is not announced: text that was still buffered may come after it.
    assert [x for x in lines if x != "f"] == [x for x in expected.splitlines() if x != "f"]
    assert lines.count("f") == 5


def test_flushed_print_and_fd_write(worker: Worker) -> None:
    code = (
        "import os\n"
        "for i in range(200):\n  print('p', i, flush=True)\n  os.write(1, b'w %d\\n' % i)\n"
    )
    expected = "".join(f"p {i}\nw {i}\n" for i in range(200))
    assert worker.execute(code).all_text() == expected


def test_display_and_result_keep_their_place(forked: Worker) -> None:
    result = forked.execute("import os; os.write(1, b'1'); display(2); os.write(2, b'3'); 4")
    kinds = [m.type for m in result.messages]
    assert kinds == ["execute_input", "lane", "display_data", "lane", "execute_result"]


def test_c_stdout_is_flushed_in_order(forked: Worker) -> None:
    code = (
        "import ctypes; c = ctypes.CDLL(None)\n"
        "c.printf(b'one\\n'); print('two', flush=True); c.printf(b'three\\n')"
    )
    assert forked.execute(code).all_text() == "one\ntwo\nthree\n"


def test_a_hundred_thousand_prints(worker: Worker) -> None:
    result = worker.execute("for i in range(100_000): print(i)")
    assert result.text() == "".join(f"{i}\n" for i in range(100_000))
    assert len(result.of("stream")) < 1000


def test_one_huge_write_is_split_between_characters(forked: Worker) -> None:
    result = forked.execute("print('x' + '\U0001f600' * 600_000, end='')")
    texts = [m.content["text"] for m in result.of("stream")]
    assert "".join(texts) == "x" + "\U0001f600" * 600_000
    assert len(texts) > 2
    assert max(len(t.encode()) for t in texts) <= 1 << 20


def test_streams_take_turns_in_order(forked: Worker) -> None:
    code = (
        "import sys\nfor i in range(3):\n"
        "  sys.stdout.write(f'o {i}\\n'); sys.stderr.write(f'e {i}\\n')"
    )
    result = forked.execute(code)
    seen = [(m.content["name"], m.content["text"]) for m in result.of("stream")]
    assert seen == [(n, f"{n[3]} {i}\n") for i in range(3) for n in ("stdout", "stderr")]


def test_text_comes_before_the_cell_ends(forked: Worker) -> None:
    msg_id = forked.start("import time\nprint('now')\nwhile True: time.sleep(0.01)")
    forked.until_text("now")
    forked.interrupt()
    assert forked.result(msg_id).reply["ename"] == "KeyboardInterrupt"


def test_thread_output_goes_to_the_latest_cell(forked: Worker) -> None:
    forked.execute(
        "import threading\nstart, done = threading.Event(), threading.Event()\n"
        "def f():\n  start.wait(); print('thread'); done.set()\nt = threading.Thread(target=f)\n"
        "t.start()"
    )
    result = forked.execute("start.set(); done.wait(); t.join()")
    (stream,) = result.of("stream")
    assert stream.content["text"] == "thread\n"
    assert stream.parent["msg_id"] == result.msg_id


def test_output_hooks(forked: Worker) -> None:
    result = forked.execute(
        "import sys\nseen = []\ndef hook(m):\n  seen.append(m['content']['text'])\n"
        "sys.stdout.register_hook(hook)\nprint('a', end='')\n"
        "ok = sys.stdout.unregister_hook(hook)\nprint(seen, ok)"
    )
    assert result.text() == "['a'] True\n"


def test_writes_of_a_wrong_type_fail(forked: Worker) -> None:
    assert forked.execute("import sys; sys.stdout.write(b'x')").reply["ename"] == "TypeError"
    assert forked.execute("sys.stdout.writelines(['a', 'b'])").text() == "ab"


def test_a_finalizer_that_prints_while_a_message_is_sent(forked: Worker) -> None:
    code = (
        "import gc\n"
        "class F:\n  def __del__(self): print('f', flush=True)\n"
        "gc.set_threshold(1)\n"
        "for i in range(300):\n  x = [F()]; x.append(x); del x; print('p', flush=True)\n"
        "gc.set_threshold(700); gc.collect(); None"
    )
    text = forked.execute(code).text()
    assert (text.count("f\n"), text.count("p\n")) == (300, 300)
    assert forked.execute("1").value == "1"


def _is_output(message: Message) -> bool:
    """Text other than Python 3.12's warning that a process with threads forks."""
    return message.type in ("stream", "lane") and message.content["name"] == "stdout"


@pytest.mark.parametrize("how", ["os.fork", "multiprocessing", "pool"])
def test_forked_children_print_and_leave_the_link_alone(worker: Worker, how: str) -> None:
    code = {
        "os.fork": (
            "import os\nprint('before')\npid = os.fork()\nif not pid:\n"
            "  print('child'); os._exit(0)\nos.waitpid(pid, 0); print('after')"
        ),
        "multiprocessing": (
            "import multiprocessing as m\nc = m.get_context('fork')\nprint('before')\n"
            "p = c.Process(target=print, args=('child',)); p.start(); p.join(); print('after')"
        ),
        "pool": (
            "import multiprocessing as m\nprint('before')\n"
            "with m.get_context('fork').Pool(1) as p: p.map(print, ['child'])\nprint('after')"
        ),
    }[how]
    result = worker.execute(code)
    assert result.reply["status"] == "ok", result.reply
    text = "".join(m.content["text"] for m in result.messages if _is_output(m))
    assert text == "before\nchild\nafter\n"
    assert worker.execute("1").value == "1"


def test_a_child_that_runs_on_after_the_cell_ends_by_itself(forked: Worker) -> None:
    result = forked.execute("import os\npid = os.fork()\nprint('both' if pid else 'child')")
    assert result.reply["status"] == "ok"
    status = forked.execute("os.waitpid(pid, 0)[1]")
    assert status.value == "0"


def test_a_signal_handler_that_raises_never_tears_a_frame(forked: Worker) -> None:
    result = forked.execute(
        "import signal, sys\n"
        "class Alarm(Exception): pass\n"
        "armed = False\n"
        "def h(*a):\n  if armed: raise Alarm\n"
        "signal.signal(signal.SIGALRM, h)\nsignal.setitimer(signal.ITIMER_REAL, 1e-3, 1e-3)\n"
        "n = hit = 0\n"
        "while n < 3000:\n"
        "  try:\n    n += 1; armed = True\n"
        "    sys.stdout.write(f'{n}\\n'); sys.stdout.flush(); armed = False\n"
        "  except Alarm: armed = False; hit += 1\n"
        "signal.setitimer(signal.ITIMER_REAL, 0)\nn, hit > 0"
    )
    numbers = [int(line) for line in result.text().split()]
    assert numbers == sorted(numbers)
    assert len(numbers) > 1000
    assert forked.execute("6*7").value == "42"
