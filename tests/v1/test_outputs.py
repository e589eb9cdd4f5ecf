"""What executions say: read from any point, followed, resumed."""

from __future__ import annotations

import json
import random
import socket
import subprocess
from typing import Any

import pytest

from tests.support.gates import Gate
from tests.support.served import Served
from tests.support.v1 import Event, Session, events, text
from tests.support.waiting import eventually, seconds

LINES = "for i in range({count}): print(i, flush=True)"
SSE = "text/event-stream"
NDJSON = "application/x-ndjson"


def numbered(entries: list[dict[str, object]]) -> list[int]:
    """The numbers that were printed."""
    return [int(line) for line in text(entries).splitlines()]


def test_server_sent_events(session: Session) -> None:
    code = "import sys\nprint('a')\nprint('b', file=sys.stderr)\n6 * 7"
    run = session.begin(code)
    with session.watching(run, SSE) as answer:
        assert answer.status == 200
        assert answer.headers["Content-Type"] == SSE
        assert "no-transform" in str(answer.headers["Cache-Control"])
        said = list(events(answer))
    assert [event.name for event in said] == ["message", "stderr", "execute_result", "exit"]
    assert said[0].data.items() >= {"stream": "stdout", "text": "a\n"}.items()
    assert said[-1].data["state"] == "ok"
    numbers = [event.id or 0 for event in said]
    assert numbers == sorted(set(numbers))
    again = str(said[0].id)
    with session.watching(run, SSE, Last_Event_ID=again) as answer:
        assert list(events(answer)) == said[1:]
    with session.watching(run, SSE, Last_Event_ID=str(said[-1].id)) as answer:
        assert answer.status == 204
    with session.watching(run, SSE, Last_Event_ID="x") as answer:
        assert answer.status == 400


def test_lines_and_text(session: Session) -> None:
    run = session.begin("print('a')\n6 * 7")
    with session.watching(run, NDJSON) as answer:
        lines = [json.loads(line) for line in answer if line.strip()]
    assert lines == session.outputs(run)["entries"]
    assert set(lines[-1]) == {"seq", "time", "exit"}
    with session.watching(run, "text/plain") as answer:
        assert answer.read() == b"a\n42\n"
    with session.watching(run, NDJSON, f"?from={lines[-1]['seq'] + 1}") as answer:
        assert answer.status == 204


def test_it_comes_as_it_is_written(session: Session, gate: Gate) -> None:
    code = f"print('first', flush=True)\n{gate.wait}print('second')"
    run = session.begin(code, "exec")
    with session.watching(run, SSE) as answer:
        following = events(answer)
        assert next(following).data["text"] == "first\n"
        assert session.get(run)["state"] == "running"
        gate.open()
        assert [event.name for event in following] == ["message", "exit"]


def test_long_poll(session: Session) -> None:
    run = session.begin("import time; time.sleep(0.5); print('late')", "exec")
    said = session.outputs(run, wait=30)
    assert text(said["entries"]) == "late\n" or session.outputs(run, said["next"], 30)
    session.end(run)
    whole: list[Any] = []
    start = 0
    while not whole or "exit" not in whole[-1]:
        part = session.outputs(run, start, 30)
        assert part["entries"], "it has something or ends"
        whole += part["entries"]
        start = part["next"]
    assert text(whole) == "late\n"


def test_a_reader_that_is_cut_often_gets_each_line_once(session: Session, gate: Gate) -> None:
    run = session.begin(
        "import itertools, pathlib\n"
        "for i in itertools.count():\n"
        "    print(i, flush=True)\n"
        f"    if i > 20_000 and pathlib.Path({str(gate.file)!r}).exists(): break",
        "exec",
    )
    cuts = random.Random(7)
    said: list[Event] = []
    connections = 0
    while not said or said[-1].name != "exit":
        named = {"Last_Event_ID": str(said[-1].id)} if said else {}
        connections += 1
        with session.watching(run, SSE, **named) as answer:
            assert answer.status == 200
            if connections > 5:
                gate.open()
            most = cuts.randrange(1, 40)
            for event in events(answer):
                said.append(event)
                if len(said) % most == 0:
                    break
    assert all(event.name in ("message", "exit") for event in said)
    numbers = numbered([event.data for event in said[:-1]])
    assert numbers == list(range(len(numbers)))
    assert session.get(run)["state"] == "ok"


def test_outputs_of_others_are_not_among_them(session: Session) -> None:
    first = session.begin(LINES.format(count=50))
    second = session.begin("print('mine')")
    session.end(second)
    assert text(session.outputs(second)["entries"]) == "mine\n"
    assert numbered(session.outputs(first)["entries"]) == list(range(50))


def test_displays_and_their_bytes(session: Session) -> None:
    code = (
        "from IPython.display import display, Image\n"
        "handle = display({'text/html': '<b>é</b>'}, raw=True, display_id='d')\n"
        "handle.update({'text/html': '<i>'}, raw=True)\n"
        "_ = get_ipython().kernel.session.send(get_ipython().kernel.iopub_socket, 'display_data',"
        " {'data': {}, 'metadata': {}}, parent=get_ipython().kernel.get_parent('shell'),"
        " buffers=[b'\\x00\\xff'])\n"
    )
    told = session.run(code)
    assert told["state"] == "ok", told
    entries = session.outputs(told["id"])["entries"]
    shown = [entry for entry in entries if "type" in entry]
    assert [entry["type"] for entry in shown] == [
        "display_data",
        "update_display_data",
        "display_data",
    ]
    assert shown[0]["content"]["data"] == {"text/html": "<b>é</b>"}
    assert shown[2]["buffers"] == ["AP8="]


def test_text_that_no_encoding_has(session: Session) -> None:
    told = session.run("print('a\\udc80b')\nraise ValueError('\\ud800')")
    entries = session.outputs(told["id"])["entries"]
    assert text(entries)[0] == "a"
    assert told["error"]["ename"] == "ValueError"
    assert session.run("'\\ud800'", "eval")["state"] == "ok"


def test_a_viewer_that_leaves(session: Session, gate: Gate) -> None:
    for query, state in (("?cancel_on_disconnect=1", "cancelled"), ("", "ok")):
        run = session.begin("print('in', flush=True)\n" + gate.wait, "exec")
        with session.watching(run, SSE, query) as answer:
            assert next(events(answer)).data["text"] == "in\n"
            assert answer.fp
            sock = answer.fp.raw._sock  # type: ignore[attr-defined]
            sock.shutdown(socket.SHUT_RDWR)
        if state == "ok":
            gate.open()
        assert session.end(run)["state"] == state


@pytest.mark.parametrize("query", ["from=-1", "from=x", "wait_s=x", "wait_s=-1"])
def test_nonsense(shared: Session, query: str) -> None:
    run = shared.begin("1")
    shared.end(run)
    assert shared.call("GET", f"/executions/{run}/outputs?{query}").status == 400


def test_curl(server: Served, session: Session) -> None:
    run = session.begin(LINES.format(count=3), "exec")
    done = subprocess.run(
        [
            "curl",
            "-NsS",
            "-H",
            f"Authorization: token {server.token}",
            "-H",
            f"Accept: {NDJSON}",
            f"{server.url}{session.path(f'/executions/{run}/outputs')}",
        ],
        capture_output=True,
        timeout=seconds(60),
        check=True,
    )
    lines = [json.loads(line) for line in done.stdout.splitlines() if line]
    assert numbered(lines[:-1]) == [0, 1, 2]
    assert lines[-1]["exit"]["state"] == "ok"


def test_viewers_of_one_execution_see_the_same(session: Session) -> None:
    run = session.begin(
        "import time\nfor i in range(20): print(i, flush=True); time.sleep(0.02)", "exec"
    )
    with session.watching(run, SSE) as one, session.watching(run, SSE) as two:
        assert list(events(one)) == list(events(two))
    eventually(lambda: session.get(run)["state"] == "ok", 30, "its end")


SLEEPS = "print('in', flush=True)\nimport time; time.sleep(600)"
ENDS = {"KeyboardInterrupt", "DeadKernelError"}
"""What runs is interrupted when its process is to end; what does not get its turn dies with it."""


def test_the_end_of_a_session_is_the_end_of_what_it_runs(server: Served) -> None:
    session = Session.start(server)
    first, behind = session.begin(SLEEPS), session.begin(SLEEPS)
    with session.watching(first, SSE) as one, session.watching(behind, NDJSON) as two:
        following = events(one)
        assert next(following).data["text"] == "in\n"
        assert session.call("DELETE").status == 204
        assert list(following)[-1].data["ename"] in ENDS
        last = [json.loads(line) for line in two if line.strip()][-1]
        assert last["exit"]["ename"] in ENDS
    assert session.call("GET", f"/executions/{first}").status == 404


def test_a_restart_is_the_end_of_what_runs_and_waits(session: Session) -> None:
    first, behind = session.begin(SLEEPS), session.begin(SLEEPS, "exec")
    eventually(lambda: session.outputs(first)["entries"], 30, "it runs")
    assert session.call("POST", "/restart").status == 200
    for run in (first, behind):
        told = session.end(run)
        assert told["state"] == "error"
        assert told["error"]["ename"] in ENDS
    assert session.value("6 * 7") == 42


def test_silence_is_told(session: Session) -> None:
    run = session.begin("import time; time.sleep(600)", "exec")
    with session.watching(run, SSE) as answer:
        answer.fp.raw._sock.settimeout(seconds(40))  # type: ignore[attr-defined]
        comments = (line for line in answer if line.startswith(b":"))
        assert next(comments) == b": here\n", "the connection stands"
        assert next(comments) == b": here\n", "after at most 15 s"
    assert session.call("POST", "/interrupt").status == 204
    session.end(run)
