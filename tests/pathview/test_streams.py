"""Streams by start, poll, exec and stop: their order is the contract (docs/pathview.md)."""

from __future__ import annotations

import http.client
import json
from typing import Any

from tests.pathview.client import COUNTING, Page, values
from tests.support.served import Served
from tests.support.waiting import eventually


def streaming(page: Page, expression: str = "step()") -> list[dict[str, object]]:
    """A stream that has sent something; what."""
    page.exec(COUNTING)
    page.start(expression)
    return page.read(1)


def test_from_start_to_done(page: Page) -> None:
    page.exec(
        "def step(left=[1, 2, 3]):\n"
        "    print('step', left[0])\n"
        "    value = left.pop(0)\n"
        "    return {'done': not left, 'result': value}\n"
    )
    page.start()
    messages = page.read()
    assert [m["type"] for m in messages if m["type"] != "stdout"] == [
        *["stream-data"] * 2,
        "stream-done",
    ]
    assert values(messages) == [1, 2]
    assert json.loads(messages[1]["value"]) == {"done": False, "result": 1}
    text = "".join(m["value"] for m in messages if m["type"] == "stdout")
    assert text == "step 1\nstep 2\nstep 3\n"
    assert messages[0] == {"type": "stdout", "value": "step 1\n"}, "before its data"
    assert page.poll() == {"messages": [], "done": False}


def test_stop_delivers_the_last_data_and_the_end(page: Page) -> None:
    seen = streaming(page)
    page.stop()
    rest = page.read()
    assert rest[-1] == {"type": "stream-done", "id": "s"}
    numbers = values(seen + rest)
    assert numbers == list(range(1, len(numbers) + 1))
    assert page.eval("next(numbers)") == numbers[-1] + 1, "no step without its data"


def test_exec_right_after_stop(page: Page) -> None:
    for _ in range(5):
        seen = streaming(page)
        page.stop()
        page.exec("after = 1")
        interleaved = page.poll()["messages"]
        page.exec("after += 1")
        rest = interleaved
        if not any(m["type"] == "stream-done" for m in interleaved):
            rest = interleaved + page.read()
        assert rest[-1]["type"] == "stream-done"
        numbers = values(seen + rest)
        assert numbers == list(range(1, len(numbers) + 1))
        assert page.eval("after") == 2


def test_code_between_steps(page: Page) -> None:
    streaming(page)
    assert page.ok("stream/exec", {"code": "numbers = itertools.count(1000)"}) == {
        "status": "queued"
    }
    assert page.ok("stream/exec", {"code": "1 / 0"}) == {"status": "queued"}
    messages: list[dict[str, object]] = []

    def injected() -> bool:
        messages.extend(page.poll()["messages"])
        failed = any(m["type"] == "stderr" for m in messages)
        return failed and max(values(messages), default=0) > 1000

    eventually(injected, 20, "the code's effect")
    (told,) = [m["value"] for m in messages if m["type"] == "stderr"]
    assert str(told).startswith("Stream exec error: ")
    page.stop()
    page.read()
    assert page.ok("stream/exec", {"code": "x = 1"}) == {"status": "queued"}, "of no effect"


def test_an_error_comes_with_the_end(page: Page) -> None:
    page.init()
    page.start("1 / 0")
    messages = page.read()
    assert [m["type"] for m in messages] == ["error", "stream-done"]
    assert messages[0]["error"] == "division by zero"
    assert "ZeroDivisionError" in messages[0]["traceback"]
    page.start("x =")
    assert [m["type"] for m in page.read()] == ["error", "stream-done"]


def test_what_is_no_object_is_data(page: Page) -> None:
    page.exec("import itertools; n = itertools.count()")
    page.start("next(n) if True else None")
    assert [json.loads(m["value"]) for m in page.read(2)[:2]] == [0, 1]
    page.stop()
    page.read()


def test_numbers_that_json_does_not_have(page: Page) -> None:
    page.exec("import itertools; n = itertools.count()")
    assert page.eval("[float('nan'), float('inf')]") == [None, None]
    page.start("{'done': next(n) > 0, 'result': float('nan')}")
    data, end = page.read()
    assert json.loads(data["value"]) == {"done": False, "result": None}
    assert end["type"] == "stream-done"


def test_exec_while_a_stream_runs(page: Page) -> None:
    for _ in range(6):
        seen = streaming(page)
        page.exec("kept = 1")
        assert page.eval("kept") == 1
        rest = page.read()
        assert rest[-1]["type"] == "stream-done"
        numbers = values(seen + rest)
        assert numbers == list(range(1, len(numbers) + 1))


def test_a_second_start_stops_the_first(page: Page) -> None:
    streaming(page)
    page.start("{'result': 'second'}", "t")
    (first, *_) = page.read(1)
    assert first["id"] == "t", "what is left of the first is not read"
    page.stop()
    assert page.read()[-1] == {"type": "stream-done", "id": "t"}
    assert page.eval("1 + 1") == 2, "one stop was enough"


def test_two_pages_read_one_stream(page: Page) -> None:
    other = Page(page.server, page.session, "other")
    page.exec(COUNTING)
    page.start("{**step(), 'done': next(numbers) > 200}")
    numbers = values(page.read())
    assert numbers == list(range(1, len(numbers) * 2, 2))
    late = other.read()
    assert values(late) == numbers, "as often as there are readers, from the beginning"
    assert late[-1]["type"] == "stream-done"


def test_a_page_sees_its_stream_end_when_another_starts_one(page: Page) -> None:
    other = Page(page.server, page.session, "other")
    seen = streaming(page)
    other.start("{'result': 0}", "t")
    assert other.read(1)[0]["id"] == "t"
    rest = page.read()
    assert rest[-1] == {"type": "stream-done", "id": "s"}
    assert values(seen + rest)
    other.stop()
    assert other.read()[-1] == {"type": "stream-done", "id": "t"}


def test_events_of_the_older_route(page: Page) -> None:
    page.exec(
        "def step(left=[1, 2]):\n"
        "    value = left.pop(0)\n"
        "    print('step', value)\n"
        "    return {'done': not left, 'result': value}\n"
    )
    reply = page.call("stream", {"id": "s", "expr": "step()"})
    assert reply.headers["Content-Type"] == "text/event-stream"
    assert events(reply.body) == [
        ("stdout", "step 1\n"),
        ("data", {"done": False, "result": 1}),
        ("stdout", "step 2\n"),
        ("done", {}),
    ]
    ((name, error),) = events(page.call("stream", {"expr": "1 / 0"}).body)
    assert (name, error["error"]) == ("error", "division by zero")
    assert "ZeroDivisionError" in error["traceback"]


def test_a_stream_of_events_ends_with_its_client(page: Page, server: Served) -> None:
    page.exec(COUNTING)
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    headers = {
        "X-Session-ID": page.session,
        "Content-Type": "application/json",
        "Authorization": f"token {server.token}",
    }
    connection.request("POST", "/api/stream", json.dumps({"expr": "step()"}), headers)
    answer = connection.getresponse()
    while b"event: data" not in answer.readline():
        pass
    kernel = f"api/kernels/{page.kernel()}"
    assert server.call("GET", kernel).json["execution_state"] == "busy"
    answer.close()
    connection.close()
    eventually(lambda: server.call("GET", kernel).json["execution_state"] == "idle", 30, "its end")


def events(body: bytes) -> list[tuple[str, Any]]:
    """Names and data of events; comments are left out."""
    found = []
    for block in body.decode().split("\n\n"):
        lines = [line for line in block.split("\n") if line and not line.startswith(":")]
        if lines:
            name, data = lines
            found.append((name.removeprefix("event: "), json.loads(data.removeprefix("data: "))))
    return found
