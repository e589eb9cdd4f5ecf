"""Group IN: questions to the user."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support import wire
from tests.support.messages import Message
from tests.support.wire import Client, Exchange

pytestmark = pytest.mark.beyond_reference


def asked(cell: Exchange, number: int = 1) -> Message:
    """The cell's question with this number, counted from 1."""
    return cell.until(lambda e: len(e.asked) >= number, "question").asked[number - 1]


def interrupt(client: Client) -> None:
    """Interrupts by message."""
    client.request("interrupt_request", channel="control")


def test_questions(client: Client) -> None:
    cell = client.start(
        "input('name? '), __import__('getpass').getpass('word? ')", allow_stdin=True
    )
    first = asked(cell)
    assert first.type == "input_request"
    assert first.content == {"prompt": "name? ", "password": False}
    assert first.parent["msg_id"] == cell.msg_id
    client.answer(first, {"value": "ü"})
    second = asked(cell, 2)
    assert second.content == {"prompt": "word? ", "password": True}
    client.answer(second, {"value": ""})
    assert cell.finish().value == "('ü', '')"


def test_end_of_file(client: Client) -> None:
    cell = client.start("input()", allow_stdin=True)
    client.answer(asked(cell), {"value": "\x04"})
    assert cell.finish().content["ename"] == "EOFError"


def test_an_answer_to_an_earlier_question_is_dropped(client: Client) -> None:
    cell = client.start("input('first')", allow_stdin=True)
    late = asked(cell)
    interrupt(client)
    cell.finish()
    client.answer(late, {"value": "stale"})
    client.settle()
    cell = client.start("input('second')", allow_stdin=True)
    client.answer(asked(cell), {"value": "fresh"})
    assert cell.finish().value == "'fresh'"


@pytest.mark.parametrize("content", [{}, {"wrong": 1}])
def test_an_answer_without_a_value_is_empty(client: Client, content: dict[str, object]) -> None:
    cell = client.start("input()", allow_stdin=True)
    client.answer(asked(cell), content)
    assert cell.finish().value == "''"


@pytest.mark.parametrize("code", ["input()", "__import__('getpass').getpass()"])
@pytest.mark.parametrize("fields", [{}, {"allow_stdin": False}])
def test_a_client_that_cannot_be_asked(client: Client, code: str, fields: dict[str, Any]) -> None:
    cell = client.start(code, **fields).finish()
    assert cell.content["ename"] == "StdinNotImplementedError"
    assert cell.asked == []


def test_output_comes_before_the_question(client: Client) -> None:
    cell = client.start(
        "import sys\nprint('out', end=''); print('err', end='', file=sys.stderr); input()",
        allow_stdin=True,
    )
    question = asked(cell)
    client.settle("control")
    assert (cell.text(), cell.text("stderr")) == ("out", "err")
    client.answer(question, {"value": ""})
    cell.finish()


def test_an_interrupted_question(client: Client) -> None:
    cell = client.start("input()", allow_stdin=True, stop_on_error=False)
    behind = client.start("'behind'")
    asked(cell)
    interrupt(client)
    assert cell.finish().content["ename"] == "KeyboardInterrupt"
    assert behind.finish().value == "'behind'"


def test_only_who_was_asked_may_answer(client: Client, other: Client) -> None:
    cell = client.start("input()", allow_stdin=True)
    question = asked(cell)
    other.answer(question, {"value": "stranger"})
    other.settle("control")
    assert not cell.replies
    client.answer(question, {"value": "asked"})
    assert cell.finish().value == "'asked'"


def test_getpass_takes_a_terminals_arguments(client: Client) -> None:
    cell = client.start(
        "import getpass, sys; getpass.getpass('word? ', sys.stderr, echo_char='*')",
        allow_stdin=True,
    )
    client.answer(asked(cell), {"value": "x"})
    cell.finish()
    assert cell.value == "'x'"
    assert cell.text("stderr").count("will have no effect") == 2


def test_a_client_that_connects_stdin_late_is_asked_then(connection: dict[str, Any]) -> None:
    with wire.client(connection, without=["stdin"]) as late:
        over = late.start("input('over?')", allow_stdin=True)
        over.until(lambda e: "execute_input" in e.types, "execute_input")
        interrupt(late)
        assert over.finish().content["ename"] == "KeyboardInterrupt"
        cell = late.start("input('now?')", allow_stdin=True)
        cell.until(lambda e: "busy" in e.types, "busy")
        late.join("stdin")
        question = asked(cell)
        assert question.content["prompt"] == "now?"
        late.answer(question, {"value": "here"})
        assert cell.finish().value == "'here'"
        assert over.asked == []
