"""input() and getpass()."""

from __future__ import annotations

from testing_gateway import Worker


def test_input_and_getpass(worker: Worker) -> None:
    msg_id = worker.start(
        "print('x', end=''); input('> '), __import__('getpass').getpass()", allow_stdin=True
    )
    asked = []

    def answer(content: dict) -> str:
        asked.append(content)
        return "ü"

    result = worker.result(msg_id, stdin=answer)
    assert result.value == "('ü', 'ü')"
    assert asked == [
        {"prompt": "> ", "password": False},
        {"prompt": "", "password": True},
    ]
    kinds = [m.type for m in result.messages if m.type in ("stream", "input_request")]
    assert kinds == ["stream", "input_request", "input_request"]
    assert all(m.parent["msg_id"] == msg_id for m in result.of("input_request"))


def test_end_of_file(forked: Worker) -> None:
    msg_id = forked.start("input()", allow_stdin=True)
    assert forked.result(msg_id, stdin=lambda _: "\x04").reply["ename"] == "EOFError"


def test_a_client_without_stdin(forked: Worker) -> None:
    assert forked.execute("input()").reply["ename"] == "StdinNotImplementedError"


def test_input_in_a_thread(forked: Worker) -> None:
    in_thread = (
        "import threading\nr = []\nt = threading.Thread(target=lambda: r.append(input('?')))\n"
        "t.start(); t.join(); r"
    )
    beside_the_loop = "import asyncio\n[await asyncio.to_thread(input, '?')]"
    for code in (in_thread, beside_the_loop):
        msg_id = forked.start(code, allow_stdin=True)
        assert forked.result(msg_id, stdin=lambda _: "yes").value == "['yes']"
