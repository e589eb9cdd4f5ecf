"""What PathView's own server gets wrong, and this one does not (docs/pathview.md)."""

from __future__ import annotations

import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import pairwise
from pathlib import Path

import pytest

from tests.pathview.client import COUNTING, Page, values
from tests.support.gates import Gate
from tests.support.served import Served, serving
from tests.support.waiting import eventually, seconds

BUSY = 4
"""Sessions, as many as that server has threads."""


def test_busy_sessions_do_not_stop_the_server(packages: Path, gate: Gate) -> None:
    with (
        serving("--api=pathview", f"--packages-dir={packages}") as server,
        ThreadPoolExecutor(BUSY) as pool,
    ):
        pages = [Page(server) for _ in range(BUSY)]
        for page in pages:
            page.init()
        kernels = [page.kernel() for page in pages]
        running = [pool.submit(page.exec, gate.wait) for page in pages]

        def busy() -> bool:
            states = [
                server.call("GET", f"api/kernels/{kernel}").json["execution_state"]
                for kernel in kernels
            ]
            return states == ["busy"] * BUSY

        try:
            eventually(busy, 20, "all are busy")
            for _ in range(20):
                assert server.call("GET", "api/health").status == 200
            assert not any(call.done() for call in running), "meanwhile"
        finally:
            gate.open()
        for call in running:
            assert call.result() == {}


def test_calls_of_one_session_wait_for_each_other(page: Page) -> None:
    """Longer than one of them may take: the time limit is for what runs, not for what waits."""
    page.exec("import time; done = []")
    with ThreadPoolExecutor(BUSY) as pool:
        code = "time.sleep(1); done.append(1)"
        assert list(pool.map(page.exec, [code] * BUSY)) == [{}] * BUSY
    assert page.eval("len(done)") == BUSY


def test_much_native_stderr(page: Page) -> None:
    told = page.exec("import os\nfor _ in range(200): os.write(2, b'x' * 999 + b'\\n')")
    assert told == {"stderr": ("x" * 999 + "\n") * 200}
    assert page.eval("1") == 1


def test_native_stdout_and_children(page: Page) -> None:
    told = page.exec("import os\nprint('a', flush=True)\nos.system('echo b')")
    assert told == {"stdout": "a\nb\n"}


def test_an_end_is_an_error(page: Page) -> None:
    page.exec("kept = 1")
    assert page.fails("exec", {"code": "raise SystemExit"})["error"] == "SystemExit"
    assert page.fails("exec", {"code": "import sys; sys.exit(3)"})["error"] == "SystemExit: 3"
    assert page.fails("eval", {"expr": "exit()"})["error"]
    assert page.eval("kept") == 1


def test_input_fails_at_once(page: Page) -> None:
    assert "input" in page.fails("exec", {"code": "input()"})["error"]
    assert page.eval("1") == 1


def test_an_interrupt(bare: Served, tmp_path: Path) -> None:
    page, mark = Page(bare), tmp_path / "runs"
    page.exec("import pathlib, threading; kept = 1")
    code = f"pathlib.Path({str(mark)!r}).touch(); threading.Event().wait()"
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(page.call, "exec", {"code": code})
        eventually(mark.exists, 20, "it runs")
        assert page.ok("interrupt") == {"status": "interrupted"}
        reply = running.result(timeout=seconds(30))
    assert (reply.status, reply.json["error"]) == (400, "KeyboardInterrupt")
    assert page.eval("kept") == 1
    page.call("session", method="DELETE")


def test_an_interrupt_ends_a_stream(page: Page) -> None:
    page.exec(COUNTING)
    page.start()
    page.read(1)
    assert page.ok("interrupt") == {"status": "interrupted"}
    assert page.read()[-1] == {"type": "stream-done", "id": "s"}


def test_a_death_is_told_and_the_next_call_finds_a_new_worker(page: Page) -> None:
    page.exec("gone = 1")
    error = page.fails("exec", {"id": "i", "code": "import os; os._exit(1)"}, 500)
    assert "exit code 1" in error.pop("stderr")
    assert error == {
        "type": "error",
        "errorType": "worker-crashed",
        "id": "i",
        "error": "Worker process died",
    }
    assert page.ok("stream/poll") == {"messages": [], "done": True}
    assert page.call("stream/exec", {"code": "1"}).status == 404
    assert page.init()[-1] == {"type": "ready"}
    assert page.eval("['gone' in globals(), json.dumps(1)]") == [False, "1"]


def test_a_worker_that_dies_between_calls_is_replaced(page: Page) -> None:
    pid = page.eval("__import__('os').getpid()")
    os.kill(pid, signal.SIGKILL)

    def replaced() -> bool:
        reply = page.call("eval", {"expr": "json.dumps(__import__('os').getpid())"})
        return reply.status == 200 and reply.json["value"].strip('"') != str(pid)

    eventually(replaced, 30, "another worker, made ready")


def test_a_death_ends_the_stream(page: Page) -> None:
    page.exec(COUNTING + "import os")
    page.start("{**step(), 'pid': os.getpid(), 'x': next(numbers) > 20 and os._exit(1)}")
    messages = page.read()
    assert [m["type"] for m in messages[-2:]] == ["error", "stream-done"]
    assert messages[-2]["error"] == "Worker process died"


def test_code_that_cannot_be_interrupted_is_ended(page: Page) -> None:
    """A signal is only looked at between two steps of the interpreter."""
    page.exec("import signal; signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])")
    page.exec("import ctypes; sleep = ctypes.PyDLL(None).sleep; kept = 1")
    error = page.fails("exec", {"id": "i", "code": "sleep(60)"}, 504)
    assert error == {
        "type": "error",
        "errorType": "timeout",
        "id": "i",
        "error": "Execution timed out",
    }
    assert page.ok("stream/poll") == {"messages": [], "done": True}
    assert page.eval("'kept' in globals()") is False


def test_a_step_that_cannot_be_interrupted_is_ended(page: Page, tmp_path: Path) -> None:
    begun = tmp_path / "begun"
    page.exec("import signal; signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])")
    page.exec("import ctypes; sleep = ctypes.PyDLL(None).sleep; kept = 1")
    page.start(f"(open({str(begun)!r}, 'w').close(), sleep(600))")
    eventually(begun.exists, 20, "the step has begun")
    error = page.fails("exec", {"id": "i", "code": "1"}, 504)
    assert error["errorType"] == "timeout"
    assert page.eval("'kept' in globals()") is False


@pytest.mark.timeout(300)
def test_a_stream_that_nobody_polls_is_bounded(page: Page) -> None:
    """What nobody reads goes from memory to disk, and there to a bound."""
    page.exec("import itertools; numbers = itertools.count(); text = 'x' * 100_000")
    page.start("{'result': next(numbers), 'text': text}")
    kernel = page.kernel()
    eventually(
        lambda: figure(page, "penstock_kernel_logged_bytes_total", kernel) > 300 << 20,
        150,
        "more than is kept",
    )
    page.stop()
    state = page.server.runtime.with_name("state")
    eventually(lambda: size(state) < 300 << 20, 20, "what is too much is deleted")
    messages = page.read()
    assert messages[0]["type"] == "stderr"
    assert "nobody read them in time" in messages[0]["value"]
    assert messages[-1] == {"type": "stream-done", "id": "s"}
    # What memory held comes to the disk meanwhile, and may take the place of what is read next.
    gaps = [i for i, message in enumerate(messages) if message["type"] == "stderr"]
    for begin, end in pairwise([*gaps, len(messages)]):
        assert "nobody read them in time" in messages[begin]["value"]
        numbers = values(messages[begin:end])
        assert all(after == before + 1 for before, after in pairwise(numbers))


def size(folder: Path) -> int:
    """Bytes of all files, but for those that are deleted just now."""
    found = 0
    for file in folder.rglob("*"):
        with suppress(FileNotFoundError):
            found += file.stat().st_size if file.is_file() else 0
    return found


def figure(page: Page, name: str, kernel: str) -> float:
    """One of the server's figures of a kernel."""
    lines = page.server.call("GET", "metrics").body.decode().splitlines()
    (line,) = [
        line for line in lines if line.startswith((f"{name} ", f"{name}{{")) and kernel in line
    ]
    return float(line.split()[-1])


def test_polls_keep_a_session(packages: Path) -> None:
    options = ("--api=pathview", f"--packages-dir={packages}", "--session-ttl=6")
    with serving(*options) as server:
        page, quiet = Page(server), Page(server)
        quiet.exec("x = 1")
        unused = quiet.kernel()
        page.exec(COUNTING + "began = time.monotonic()")
        page.start()
        end = time.monotonic() + 9
        messages = []
        while time.monotonic() < end:
            messages += page.poll()["messages"]
        page.stop()
        assert values(messages + page.read())
        assert page.eval("time.monotonic() - began > 8"), "nobody ended it"
        eventually(
            lambda: server.call("GET", f"api/kernels/{unused}").status == 404, 20, "its time"
        )
        assert quiet.ok("stream/poll") == {"messages": [], "done": True}
