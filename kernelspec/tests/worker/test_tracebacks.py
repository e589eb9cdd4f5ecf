"""Tracebacks show the user's frames and the library's, never the worker's."""

from __future__ import annotations

import re
import sys
import traceback
from typing import Any

import pytest
from testing_gateway import Result, Worker

from penstock.worker.tracebacks import without_worker

#: What a traceback calls a file of the worker, and names that only its frames have.
_OURS = re.compile(r"penstock[/\\.]worker|stepper\.py|interrupts\.py|run_interruptible")


def plain(result: Result) -> str:
    """The traceback of the reply without colours; it is the same on iopub."""
    (error,) = result.of("error")
    assert error.content["traceback"] == result.reply["traceback"]
    return re.sub(r"\x1b\[[0-9;]*m", "", "\n".join(result.reply["traceback"]))


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("import asyncio\nawait asyncio.sleep(0)\n1/0", "1/0"),
        ("async def inner():\n    raise ValueError('x')\nawait inner()", "in inner"),
        (
            "import asyncio\nasync def inner(): {}['k']\n\nawait asyncio.gather(inner(), inner())",
            "in inner",
        ),
        ("import asyncio\nawait asyncio.wait_for(asyncio.sleep(30), 0.01)", "wait_for"),
    ],
)
def test_of_awaited_errors(worker: Worker, code: str, shown: str) -> None:
    text = plain(worker.execute(code))
    assert shown in text
    assert not _OURS.search(text), text


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        # Between two statements an interrupt hits IPython's own code: no user frame then.
        ("def spin():\n    print('go', flush=True)\n    while True: pass\nspin()", "in spin"),
        ("import time\nprint('go', flush=True)\ntime.sleep(30)", "KeyboardInterrupt"),
        ("import asyncio\nprint('go', flush=True)\nawait asyncio.sleep(30)", "KeyboardInterrupt"),
        (
            "async def spin():\n    print('go', flush=True)\n    while True: pass\nawait spin()",
            "in spin",
        ),
    ],
)
def test_of_interrupts(worker: Worker, code: str, shown: str) -> None:
    msg_id = worker.start(code)
    worker.until_text("go")
    worker.interrupt()
    result = worker.result(msg_id)
    assert result.reply["ename"] == "KeyboardInterrupt"
    text = plain(result)
    assert shown in text
    assert not _OURS.search(text), text


def test_of_an_interrupted_input(worker: Worker) -> None:
    msg_id = worker.start("input('name')", allow_stdin=True)
    worker.until(lambda message: message.type == "input_request")
    worker.interrupt()
    text = plain(worker.result(msg_id))
    assert "input('name')" in text
    assert not re.search(r"intake\.py|link\.py|interrupts\.py", text), text


#: Python gives some instructions that it adds no line, as at the end of a loop.
UNLINED = """
import sys
def unlined(): 1/0
code = unlined.__code__
units = len(code.co_code) // 2
if sys.version_info >= (3, 11):
    lines = bytes([0x80 | 15 << 3]) * units  # "no location" in its description of code objects
else:
    lines = bytes([2 * units, 128])
unlined.__code__ = code.replace(co_linetable=lines)
"""


def test_of_code_without_lines(worker: Worker) -> None:
    """An interrupt can hit there."""
    result = worker.execute(UNLINED + "unlined()")
    assert result.reply["ename"] == "ZeroDivisionError"
    assert "ZeroDivisionError: division by zero" in plain(result)


def test_each_frame_gets_a_line() -> None:
    names: dict[str, Any] = {}
    exec(UNLINED, names)
    with pytest.raises(ZeroDivisionError) as raised:
        names["unlined"]()
    trace = raised.value.__traceback__
    assert trace is not None
    assert trace.tb_next is not None
    assert trace.tb_next.tb_lineno in (None, -1)
    shown = list(traceback.walk_tb(without_worker(trace)))
    assert [frame.f_code.co_name for frame, _ in shown][-1] == "unlined"
    assert shown[-1][1] == names["unlined"].__code__.co_firstlineno


SHOWN_BY_ITSELF = """
class Odd(Exception):
    times = 0
    def _render_traceback_(self):
        Odd.times += 1
        {}
raise Odd("the reason")
"""


def test_of_an_error_that_cannot_be_shown(worker: Worker) -> None:
    result = worker.execute(SHOWN_BY_ITSELF.format("raise ValueError"))
    assert result.reply["ename"] == "Odd"
    assert plain(result).strip() == "Odd: the reason"


def test_an_interrupt_while_an_error_is_shown(worker: Worker) -> None:
    # IPython asks for it once more, for the history.
    loop = "print('go', flush=True)\n        while Odd.times == 1: pass"
    msg_id = worker.start(SHOWN_BY_ITSELF.format(loop))
    worker.until_text("go")
    worker.interrupt()
    result = worker.result(msg_id)
    assert result.reply["ename"] == "Odd"
    assert plain(result).strip() == "Odd: the reason"
    assert "KeyboardInterrupt" in result.text("stderr")
    assert worker.execute("6*7").value == "42"


@pytest.mark.skipif(sys.version_info < (3, 11), reason="groups of exceptions came with Python 3.11")
def test_of_a_group_of_errors(worker: Worker) -> None:
    result = worker.execute("raise ExceptionGroup('both', [ValueError(1), TypeError(2)])")
    assert result.reply["ename"] == "ExceptionGroup"
    assert not result.of("error"), "as in ipykernel: IPython prints it"
    told = result.text("stderr")
    assert "ExceptionGroup: both (2 sub-exceptions)" in told
    assert "ValueError: 1" in told
    assert "TypeError: 2" in told
    assert not _OURS.search(told), told


def test_of_a_wrong_use_of_a_magic(worker: Worker) -> None:
    result = worker.execute("%no_such_magic")
    assert result.reply["ename"] == "UsageError"
    assert not result.of("error"), "as in ipykernel: a line on stderr is all"
    assert "no_such_magic" in result.text("stderr")


def test_errors_that_are_shown_in_another_way(worker: Worker) -> None:
    """As by rich, which puts a method of its own there."""
    worker.execute(
        "get_ipython()._showtraceback = lambda kind, error, lines: print('shown', error)"
    )
    result = worker.execute("raise ValueError('the reason')")
    assert result.text() == "shown the reason\n"
    assert not result.of("error")
