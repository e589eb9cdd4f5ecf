"""Commands that are deleted while somebody watches: viewers are told the rest."""

from __future__ import annotations

import json
from pathlib import Path
from uuid import uuid4

import pytest

from tests.support.commands import PATH, Commands, events
from tests.support.waiting import eventually

LINE, COUNT = "x" * 99 + "\n", 300_000
CODE = f"for _ in range({COUNT // 1000}): print({LINE!r} * 1000, end='')\nprint('all', flush=True)"
"""Says more than connections hold for a viewer that does not read."""

SSE, NDJSON = "text/event-stream", "application/x-ndjson"


def logs(commands: Commands, command: str) -> list[Path]:
    """Directories of what commands with this id have said."""
    state = commands.server.runtime.with_name("state")
    return list(state.glob(f"**/command-logs/{command}-*"))


@pytest.mark.parametrize("accept", [NDJSON, SSE])
def test_a_slow_viewer_is_told_the_rest_and_the_exit(commands: Commands, accept: str) -> None:
    command = f"slow-{uuid4().hex}"
    commands.python(CODE + "\ninput()", stdin=True, id=command)
    with commands.view(command, accept) as slow:
        slow.some(64)
        with commands.view(command, "text/plain") as quick:
            quick.until(b"all\n")
            assert commands.server.call("DELETE", f"{PATH}/{command}").status == 204
            assert bytes(quick.rest()) == (LINE * COUNT + "all\n").encode()
        # Its id is free at once, and its viewer has nothing of the new one's.
        assert commands.text(commands.run("echo", "new", id=command)) == "new\n"
        assert len(logs(commands, command)) == 2
        whole = slow.rest()
    if accept == SSE:
        *pieces, last = [event.data for event in events(whole)]
    else:
        *pieces, last = [json.loads(line) for line in whole.splitlines() if line]
        last = last["exit"]
    assert "".join(piece["text"] for piece in pieces) == LINE * COUNT + "all\n"
    assert [piece["seq"] for piece in pieces] == list(range(len(pieces)))
    assert (last["signal"], last["reason"]) == ("SIGTERM", "deleted")
    eventually(lambda: len(logs(commands, command)) == 1, 20, "what it said is gone")
    assert commands.text(command) == "new\n"


def test_without_viewers_nothing_is_left(commands: Commands) -> None:
    command = commands.run("echo", "once", id=f"unseen-{uuid4().hex}")
    assert commands.exit(command)["code"] == 0
    eventually(lambda: commands.tell(command)["viewers"] == 0, 20, "its viewer has left")
    assert logs(commands, command)
    assert commands.server.call("DELETE", f"{PATH}/{command}").status == 204
    assert not logs(commands, command)
