"""A client that comes back gets what it missed (docs/websocket.md)."""

from __future__ import annotations

import random
import uuid

import pytest
import websocket

from tests.serve_ws import frames
from tests.serve_ws.client import ClosedError, Message, Tab, parent, state, text
from tests.serve_ws.server import Server

LINES = 100_000
CUTS = 200

COUNT = """
import pathlib, sys, time
for i in range({lines} - 1):
    print(i, flush=i % 10 == 0)
    if i % 100 == 0: time.sleep(0.004)
while not pathlib.Path({path!r}).exists():  # the client wants to be cut more often
    print("tick", file=sys.stderr, flush=True)
    time.sleep(0.01)
print({lines} - 1)
"""

LATER = """
import time
print("first", flush=True)
while not __import__("pathlib").Path({path!r}).exists():
    time.sleep(0.01)
print("second")
"""


def numbers(messages: list[Message]) -> list[str]:
    """`msg_id`s of what all clients get."""
    return [m["header"]["msg_id"] for m in messages if m["channel"] == "iopub"]


def test_a_client_gets_what_it_missed_in_order(server: Server, kernel: str) -> None:
    session = uuid.uuid4().hex
    path = f"{server.runtime}/{session}"
    with Tab(server, kernel) as witness:
        with Tab(server, kernel, session) as tab:
            sent = tab.execute(LATER.format(path=path))
            before = tab.until(lambda m: m["header"]["msg_type"] == "stream")
            last = tab.last
        server.connections(kernel, 1)
        (server.runtime / session).touch()
        whole = witness.until(lambda m: parent(m) == sent and state("idle")(m))
        with Tab(server, kernel, session, query=f"&after={last}") as tab:
            after = tab.results(sent)
    both = before + after
    assert text(both) == "first\nsecond\n"
    assert numbers(both)[-len(whole) + 1 :] == numbers(whole)[1:]
    assert len([m for m in both if m["channel"] == "shell"]) == 1


def test_confirmed_messages_do_not_come_again(server: Server, kernel: str) -> None:
    session = uuid.uuid4().hex
    with Tab(server, kernel, session) as tab:
        tab.run("print('before')")
        # The pong for these goes out before the answer to the next request is asked for.
        tab.run("pass")
    server.connections(kernel, 0)  # its end is behind the pong
    with Tab(server, kernel, session) as tab:
        cell = tab.execute("print('after')")
        found = tab.until(lambda m: parent(m) == cell and state("idle")(m))
        assert "before" not in text(found)


@pytest.mark.parametrize("told", [True, False], ids=["after", "unconfirmed"])
def test_a_restart_is_told_again_only_to_who_asks(
    server: Server, kernel: str, *, told: bool
) -> None:
    """JupyterLab's library closes its WebSocket at each, and opens the next: it would go round."""
    with Tab(server, kernel) as tab:
        last = tab.run("pass")[-1]["header"]["msg_id"]
        tab.execute("import os; os._exit(3)")
        tab.until(state("restarting"))
        tab.cut()
    query = f"&after={last}" if told else ""
    with Tab(server, kernel, tab.session, query=query) as again:
        cell = again.execute("6 * 7")
        found = again.until(lambda m: parent(m) == cell and state("idle")(m))
    assert len([m for m in found if state("restarting")(m)]) == (1 if told else 0)


def test_another_session_starts_afresh(server: Server, kernel: str) -> None:
    with Tab(server, kernel) as tab:
        tab.run("print('before')")
    with Tab(server, kernel) as tab:
        sent = tab.execute("print('after')")
        found = tab.until(lambda m: parent(m) == sent and state("idle")(m))
    assert text(found) == "after\n"
    assert {parent(m) for m in found} == {sent}


def test_the_same_session_replaces_the_first(server: Server, kernel: str) -> None:
    with Tab(server, kernel) as first:
        first.run("pass")
        with Tab(server, kernel, first.session) as second:
            assert first.closed() == 1000
            assert second.evaluate("6 * 7") == "42"
            server.connections(kernel, 1)


def test_one_that_does_not_read_is_replaced_all_the_same(server: Server, kernel: str) -> None:
    with Tab(server, kernel) as stuck:
        stuck.execute("print('x' * 30_000_000)\nprint('done')")
        with Tab(server, kernel) as other:
            other.run("pass")
        with Tab(server, kernel, stuck.session) as tab:
            found = tab.until(lambda m: text([m]).endswith("done\n"))
            assert text(found).count("x") == 30_000_000
            server.connections(kernel, 1)


@pytest.mark.parametrize("told", [True, False], ids=["after", "unconfirmed"])
def test_lines_of_a_cell_under_random_cuts(server: Server, kernel: str, *, told: bool) -> None:
    dice = random.Random(20_261_121)
    session = uuid.uuid4().hex
    pages: dict[str, str] = {}
    tab = Tab(server, kernel, session)
    enough = server.runtime / session
    sent = tab.execute(COUNT.format(lines=LINES, path=str(enough)))
    cuts, budget, done = 0, dice.randrange(6), False
    while not done:
        try:
            message = tab.next()
        except (ClosedError, websocket.WebSocketException, OSError) as broken:
            raise AssertionError("the server cut it") from broken
        key = message["header"]["msg_id"]
        if message["content"].get("name") == "stdout":
            assert not (told and key in pages), "came twice"
            pages.setdefault(key, message["content"]["text"])
        done = parent(message) == sent and state("idle")(message)
        budget -= 1
        if budget < 0 and not done and cuts < CUTS:
            tab.cut()
            cuts, budget = cuts + 1, dice.randrange(6)
            if cuts == CUTS:
                enough.touch()
            query = f"&after={tab.last}" if told else ""
            protocol = dice.choice([frames.V1, None])
            tab = Tab(server, kernel, session, protocol=protocol, query=query)
    tab.cut()
    assert "".join(pages.values()).split("\n")[:-1] == [str(i) for i in range(LINES)]
    assert cuts == CUTS
