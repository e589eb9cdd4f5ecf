"""Tracebacks show the user's frames and the library's, never the worker's."""

from __future__ import annotations

import re

import pytest
from testing_gateway import Result, Worker

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
