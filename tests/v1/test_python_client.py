"""`penstock.client`: the blocking client and the asynchronous one, by the same tests."""

from __future__ import annotations

import inspect
import itertools
import random
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pyarrow.ipc
import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal

import penstock.client
from penstock.client import (
    AsyncClient,
    AsyncExecution,
    AsyncSession,
    AsyncStream,
    Client,
    CodeError,
    Execution,
    Exit,
    Gap,
    Message,
    Question,
    RefusedError,
    Session,
    Stream,
    Text,
    UnreachableError,
    Value,
)
from penstock.http import names, wire
from tests.support.blocking import Blocking
from tests.support.cutting import cutting
from tests.support.served import Served
from tests.support.waiting import eventually, seconds

Make = Callable[..., Any]


@pytest.fixture(scope="module")
def portal() -> Iterator[BlockingPortal]:
    with start_blocking_portal() as running:
        yield running


@pytest.fixture(params=["blocking", "asynchronous"])
def make(request: pytest.FixtureRequest, portal: BlockingPortal) -> Make:
    """Makes clients of one kind."""
    if request.param == "blocking":
        return Client
    return lambda *args, **kwargs: Blocking(
        portal.call(lambda: AsyncClient(*args, **kwargs)), portal
    )


@pytest.fixture
def client(server: Served, make: Make) -> Iterator[Any]:
    with make(server.url, server.token) as made:
        yield made


@pytest.fixture
def mine(client: Any) -> Iterator[Any]:
    """A session of the client's own."""
    with client.start_session() as started:
        yield started


def test_sessions(client: Any) -> None:
    with client.start_session(name="penstock", limits={"memory": "2G"}) as session:
        told = session.info()
        assert (told["id"], told["name"]) == (session.id, "penstock")
        assert told["limits"]["memory"] == 2 << 30
        assert session.id in [each["id"] for each in client.sessions()]
        session.execute("a = 1").wait()
        assert client.session(session.id).evaluate("a") == 1
        session.restart()
        with pytest.raises(CodeError, match="NameError"):
            session.evaluate("a")
    assert session.id not in [each["id"] for each in client.sessions()]
    session.delete()
    with pytest.raises(RefusedError) as gone:
        session.evaluate("1")
    assert gone.value.status == 404
    with pytest.raises(RefusedError) as refused:
        client.start_session(name="no such")
    assert refused.value.status == 400


def test_executions(mine: Any) -> None:
    run = mine.execute("import sys\nprint('a')\nprint('b', file=sys.stderr)\n6 * 7")
    *said, end = run.outputs()
    texts = [(each.stream, each.text) for each in said if isinstance(each, Text)]
    assert texts == [("stdout", "a\n"), ("stderr", "b\n")]
    (shown,) = [each for each in said if isinstance(each, Message)]
    assert (shown.type, shown.content["data"]) == ("execute_result", {"text/plain": "42"})
    assert isinstance(end, Exit)
    assert end.state == "ok"
    assert list(run.outputs(end.seq)) == [end]
    assert list(run.outputs(end.seq + 1)) == []
    assert run.result()["data"] == {"text/plain": "42"}
    assert [each.id for each in mine.executions()] == [run.id]
    assert list(mine.execution(run.id).text()) == ["a\n"]


def test_evaluations_and_errors(mine: Any) -> None:
    assert mine.evaluate("{'é': [1, None, '\\u2028']}") == {"é": [1, None, "\u2028"]}
    assert mine.execute("1 + 1", mode="eval").result() == 2
    with pytest.raises(CodeError) as wrong:
        mine.evaluate("1 / 0")
    assert (wrong.value.state, wrong.value.ename) == ("error", "ZeroDivisionError")
    assert any("ZeroDivisionError" in line for line in wrong.value.traceback)
    with pytest.raises(CodeError, match="TimeoutError"):
        mine.evaluate("__import__('time').sleep(60)", timeout_s=0.2)
    with pytest.raises(TimeoutError):
        mine.evaluate("input()", timeout=0.2, allow_stdin=True)
    # The one that was given up may not have begun: an interrupt hits what runs.
    asked = [mine.execution(each.id) for each in mine.executions()]
    eventually(lambda: "asking" in {each.status().state for each in asked}, 20, "the question")
    mine.interrupt()
    assert mine.evaluate("1") == 1


def test_lines_end_at_newlines_alone(mine: Any) -> None:
    odd = "a\u2028b\x85c\x1cd"
    assert "".join(mine.execute(f"print({odd!r}, end='')").text()) == odd


def test_input_interrupt_and_cancel(mine: Any) -> None:
    run = mine.execute("print('hi', input('who? '))", allow_stdin=True)
    said = run.outputs()
    asked = next(each for each in said if isinstance(each, Message))
    assert (asked.type, asked.content["prompt"]) == ("input_request", "who? ")
    assert run.status().question == Question("who? ", password=False)
    behind = mine.execute("print('never')")
    behind.cancel()
    run.send_input("you")
    assert next(each.text for each in said if isinstance(each, Text)) == "hi you\n"
    said.close()
    with pytest.raises(RefusedError) as nothing:
        run.send_input("again")
    assert nothing.value.status == 409
    assert behind.wait(60).state == "cancelled"
    run = mine.execute("import time\nprint('in', flush=True)\ntime.sleep(60)")
    assert next(run.text()) == "in\n"
    run.interrupt()
    with pytest.raises(CodeError, match="KeyboardInterrupt"):
        run.result(60)
    run = mine.execute("print('in', flush=True)\ntime.sleep(600)")
    assert next(run.text()) == "in\n"
    with pytest.raises(TimeoutError, match="running"):
        run.wait(0.5)
    mine.interrupt()


def test_a_reader_that_leaves(mine: Any) -> None:
    code = "import time\nprint('in', flush=True)\ntime.sleep(60)"
    for cancels in (False, True):
        run = mine.execute(code, mode="exec")
        outputs = run.outputs(cancel_on_disconnect=cancels)
        assert next(outputs).text == "in\n"
        outputs.close()
        if not cancels:
            assert run.status().state == "running"
            run.cancel()
        assert run.wait(60).state == "cancelled"


def test_a_key_starts_one_execution(mine: Any) -> None:
    first = mine.execute("n = globals().get('n', 0) + 1", mode="exec", key="once")
    assert mine.execute("n = globals().get('n', 0) + 1", mode="exec", key="once").id == first.id
    assert mine.evaluate("n") == 1


def test_streams(mine: Any) -> None:
    mine.execute("n = 0", mode="exec")
    stream = mine.start_stream("{'done': n > 2, 'result': (n := n + 1)}")
    assert [value["result"] for value in stream.values()] == [1, 2, 3]
    endless = mine.start_stream("(n := n + 1)", pace=10)
    values = endless.values()
    assert next(values) == 4 + 1
    endless.execute("n = 1000")
    assert next(value for value in values if value >= 1000) == 1001
    values.close()
    assert [each.id for each in mine.streams()] == [stream.id, endless.id]
    assert endless.stop(60).is_over
    with pytest.raises(RefusedError) as ended:
        endless.execute("n = 0")
    assert ended.value.status == 409
    assert isinstance(list(endless.outputs())[-1], Exit)


def test_names_and_files(mine: Any) -> None:
    mine.execute("table = [{'a': 1}, {'a': 2}]", mode="exec").wait()
    assert mine.variable("table") == [{"a": 1}, {"a": 2}]
    assert "table" in [each["name"] for each in mine.variables()]
    with pyarrow.ipc.open_stream(mine.arrow("table")) as reader:
        assert reader.read_all().to_pydict() == {"a": [1, 2]}
    with pytest.raises(RefusedError) as missing:
        mine.variable("missing")
    assert missing.value.status == 404
    assert "table" in mine.complete("tab")["matches"]
    assert mine.inspect("table")["found"]
    content = bytes(range(256)) * 5000
    mine.execute("import os; os.makedirs('a b')", mode="exec").wait()
    mine.write_file("a b/ü#?.bin", content)
    assert mine.read_file("a b/ü#?.bin") == content
    assert [each["name"] for each in mine.files("a b")["content"]] == ["ü#?.bin"]
    mine.delete_file("a b/ü#?.bin")
    mine.delete_file("a b")
    mine.delete_file("a b")


def test_a_reader_that_is_cut_gets_each_line_once(server: Served, make: Make) -> None:
    count = 20_000
    sizes, turns = random.Random(3), itertools.count()

    def most(_: object) -> int | None:
        """At last none: an event that is larger than what a connection brings never comes."""
        return sizes.randrange(500, 20_000) if next(turns) < 12 else None

    with (
        cutting(server.port, most) as way,
        make(way.url, server.token) as client,
        make(server.url, server.token) as direct,
        direct.start_session() as started,
    ):
        run = started.execute(f"for i in range({count}): print(i, flush=True)", mode="exec")
        run.status()
        session = client.session(started.id)
        eventually(lambda: _answers(session), 60, "an answer on this way")
        *said, end = session.execution(run.id).outputs()
        assert "".join(each.text for each in said) == "".join(f"{i}\n" for i in range(count))
        assert end.state == "ok"
        assert way.connections > 5


def _answers(session: Any) -> bool:
    try:
        return bool(session.info())
    except UnreachableError:  # cut before its first answer
        return False


def test_a_silent_connection_is_given_up(
    server: Served, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "SILENCE_S", 0.3)
    with (
        cutting(server.port, lambda _: None) as way,
        make(way.url, server.token) as client,
        client.start_session() as session,
    ):
        run = session.execute("import time\nprint('a')\ntime.sleep(1.5)\nprint('b')")
        before = way.connections
        assert "".join(run.text()) == "a\nb\n"
        assert way.connections > before


def test_a_lost_answer_is_asked_for_again(server: Served, make: Make) -> None:
    # The first call brings the client to know the server; the second one's answer is lost.
    with (
        make(server.url, server.token) as direct,
        direct.start_session() as started,
        cutting(server.port, lambda number: 100 if number == 1 else None) as way,
        make(way.url, server.token, limits=_one_call_each()) as client,
    ):
        session = client.session(started.id)
        session.info()
        run = session.execute("n = globals().get('n', 0) + 1", mode="exec")
        run.wait()
        assert way.connections > 2
        assert [each.id for each in session.executions()] == [run.id]
        assert started.evaluate("n") == 1


def _one_call_each() -> httpx.Limits:
    return httpx.Limits(max_keepalive_connections=0)


def test_no_server(server: Served, make: Make) -> None:
    with socket.create_server(("127.0.0.1", 0)) as bound:
        free = bound.getsockname()[1]
    with make(f"http://127.0.0.1:{free}", "x") as client, pytest.raises(UnreachableError):
        client.sessions()
    with make(server.url, "wrong") as client, pytest.raises(RefusedError) as refused:
        client.sessions()
    assert refused.value.status == 403
    with pytest.raises(ValueError, match="no address"):
        make("localhost:8888")


def test_a_proxy_whose_server_is_away(server: Served, make: Make) -> None:
    answers = iter([b"502 Bad Gateway", b"503 Service Unavailable"])
    with (
        cutting(server.port, lambda _: None) as way,
        make(way.url, server.token, limits=_one_call_each()) as client,
        client.start_session() as session,
    ):
        way.instead = lambda: next(answers, None)
        assert session.evaluate("6 * 7") == 42
        assert len(session.executions()) == 1
        assert next(answers, None) is None


def test_a_server_that_is_lost(server: Served, make: Make) -> None:
    refusing = itertools.chain([None], itertools.repeat(0))
    with (
        cutting(server.port, lambda _: next(refusing)) as way,
        make(way.url, server.token, patience=0.3, limits=_one_call_each()) as client,
    ):
        assert isinstance(client.sessions(), list)
        with pytest.raises(UnreachableError, match="cannot be reached"):
            client.sessions()
        assert way.connections > 2


def test_gaps_and_values_are_told() -> None:
    from penstock.http.following import Following
    from penstock.http.patience import Patience

    following = Following("x", 0, Patience(1))
    said = list(following.received(b'{"lost": 4, "from": 4}\n\n{"seq": 4, "time": "t", "va'))
    assert said == [Gap(4, 4)]
    assert following.call().query == {"from": "4"}
    assert list(following.received(b'{"seq": 4, "time": "t", "value": 1}\n')) == [Value(4, "t", 1)]
    assert following.call().query == {"from": "5"}


def test_both_clients_have_the_same_calls() -> None:
    pairs: list[tuple[type, type]] = [
        (Client, AsyncClient),
        (Session, AsyncSession),
        (Execution, AsyncExecution),
        (Stream, AsyncStream),
    ]
    for one, other in pairs:
        for name, method in inspect.getmembers(one, inspect.isfunction):
            if not name.startswith("__"):
                same = getattr(other, name)
                names = list(inspect.signature(method).parameters)
                assert names == list(inspect.signature(same).parameters), name


def test_every_name_is_there() -> None:
    assert sorted(names.__all__) == sorted(penstock.client.__all__)
    for name in penstock.client.__all__:
        assert getattr(penstock.client, name) is getattr(names, name)
    with pytest.raises(AttributeError, match="nothing"):
        penstock.client.nothing  # noqa: B018


def test_a_kernel_s_start_imports_no_httpx() -> None:
    code = (
        "import sys, penstock.client, penstock.client.gateway\n"
        "assert not {'httpx', 'typing', 'penstock.http'} & set(sys.modules)\n"
        "sys.modules['httpx'] = None\n"
        "try: penstock.client.Client\n"
        "except ModuleNotFoundError as missing: print(missing)"
    )
    done = subprocess.run(
        [sys.executable, "-S", "-c", code],
        env={"PYTHONPATH": ":".join(path for path in sys.path if path)},
        capture_output=True,
        text=True,
        timeout=seconds(60),
        check=True,
    )
    assert done.stdout == "penstock.client.Client needs httpx: pip install 'penstock[client]'\n"
