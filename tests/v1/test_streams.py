"""Streams of values: started, read, resumed, told code, stopped."""

from __future__ import annotations

import json
from typing import Any

from tests.support.v1 import Event, Session, events
from tests.support.waiting import eventually

COUNTING = """
import itertools, time
n, last = 0, 10**9
def count():
    global n
    n += 1
    time.sleep(0.001)
    return {'done': n > last, 'result': n}
"""


def begin(session: Session, expression: str = "count()", **fields: object) -> str:
    """Starts a stream; its id."""
    reply = session.call("POST", "/streams", {"expr": expression, **fields})
    assert reply.status == 201, reply
    return str(reply.json["id"])


def data(session: Session, stream: str, start: int = 0, wait: float = 0) -> Any:
    """What it has said from a number on."""
    return session.call("GET", f"/streams/{stream}/data?from={start}&wait_s={wait}").json


def values(entries: list[Any]) -> list[int]:
    """Results of its steps."""
    return [entry["value"]["result"] for entry in entries if "value" in entry]


def test_to_its_end_and_again(session: Session) -> None:
    session.run(COUNTING + "\nlast = 300", "exec")
    stream = begin(session)
    said: list[Event] = []
    while not said or said[-1].name != "exit":
        named = {"Last_Event_ID": str(said[-1].id)} if said else {}
        path = session.server.base + session.path(f"/streams/{stream}/data")
        connection = session.server.connection()
        headers = {"Accept": "text/event-stream", "Authorization": f"token {session.server.token}"}
        headers |= {name.replace("_", "-"): value for name, value in named.items()}
        connection.request("GET", path, headers=headers)
        with connection.getresponse() as answer:
            for event in events(answer):
                said.append(event)
                if len(said) % 37 == 0:
                    break
        connection.close()
    assert values([event.data for event in said]) == list(range(1, 301))
    assert (said[-1].data["state"], said[-1].data["reason"]) == ("ok", "done")
    told = session.call("GET", f"/streams/{stream}").json
    assert (told["mode"], told["state"], told["error"]) == ("stream", "ok", None)
    assert values(data(session, stream)["entries"]) == list(range(1, 301))
    assert [entry["id"] for entry in session.call("GET", "/streams").json] == [stream]


def test_code_between_steps_and_a_stop(session: Session) -> None:
    session.run(COUNTING, "exec")
    stream = begin(session)
    assert data(session, stream, wait=30)["entries"]
    reply = session.call("POST", f"/streams/{stream}/exec", {"code": "n = 10**6"})
    assert reply.status == 204
    eventually(lambda: max(values(data(session, stream)["entries"])) > 10**6, 30, "it counts on")
    assert session.value("n > 10**6"), "other calls are served meanwhile"
    stopped = session.call("POST", f"/streams/{stream}/stop?wait_s=30")
    assert (stopped.status, stopped.json["state"]) == (200, "ok")
    last = data(session, stream)["entries"][-1]
    assert last["exit"]["reason"] == "stopped"
    assert session.call("POST", f"/streams/{stream}/stop").status == 200
    late = session.call("POST", f"/streams/{stream}/exec", {"code": "1"})
    assert (late.status, "ended" in late.error()) == (409, True)


def test_errors_and_limits(session: Session) -> None:
    failing = session.end(begin(session, "1 / 0"))
    assert (failing["state"], failing["error"]["ename"]) == ("error", "ZeroDivisionError")
    slow = session.end(begin(session, "__import__('time').sleep(60)", step_timeout_s=0.3))
    assert (slow["state"], slow["error"]["ename"]) == ("error", "TimeoutError")
    mistake = session.end(begin(session, "1 +"))
    assert (mistake["state"], mistake["error"]["ename"]) == ("error", "SyntaxError")
    assert session.call("POST", "/streams", {}).status == 400
    refused = session.call("POST", "/streams", {"expr": "1", "timeout_s": 1})
    assert (refused.status, "step_timeout_s" in refused.error()) == (400, True)
    run = session.begin("1")
    assert session.call("GET", f"/streams/{run}").status == 404


def test_a_second_start_stops_the_first_and_a_key_does_not_start_twice(session: Session) -> None:
    session.run(COUNTING, "exec")
    first = begin(session)
    order = {"expr": "count()"}
    second = session.call("POST", "/streams", order, Idempotency_Key="s")
    assert second.status == 201
    again = session.call("POST", "/streams", order, Idempotency_Key="s")
    assert (again.status, again.json["id"]) == (200, second.json["id"])
    assert session.end(first)["state"] == "ok"
    assert data(session, first)["entries"][-1]["exit"]["reason"] == "stopped"
    stream = second.json["id"]
    assert data(session, stream, wait=30)["entries"]
    assert session.call("POST", f"/executions/{stream}/cancel").status in (200, 202)
    assert session.end(stream)["state"] == "cancelled"
    assert json.dumps(session.call("GET", "/executions").json).count(stream) == 0
    assert session.value("6 * 7") == 42


def test_a_stream_with_a_pace_waits_for_its_reader(session: Session) -> None:
    session.run(COUNTING + "\nlast = 2000", "exec")
    stream = begin(session, pace=10)
    eventually(lambda: session.value("n") >= 10, 30, "it begins")
    assert max(session.value("n") for _ in range(20)) <= 11, "nobody reads"
    got: list[int] = []
    start = 0
    while True:
        part = data(session, stream, start, 30)
        assert part["lost"] == 0
        got += values(part["entries"])
        start = part["next"]
        if part["entries"] and "exit" in part["entries"][-1]:
            break
    assert got == list(range(1, 2001))
    for pace in (0, -1, "1"):
        assert session.call("POST", "/streams", {"expr": "1", "pace": pace}).status == 400


def test_a_stop_and_code_are_heard_by_who_does_not_wait(session: Session) -> None:
    session.run(COUNTING, "exec")
    stream = begin(session)
    session.until(stream, "running")
    told = session.call("POST", f"/streams/{stream}/exec?wait_s=0", {"code": "n = 10**6"})
    assert told.status == 204, told
    assert session.call("POST", f"/streams/{stream}/stop?wait_s=0").status in (200, 202)
    assert session.end(stream)["state"] == "ok"
