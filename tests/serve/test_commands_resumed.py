"""Viewers of commands who leave and come again, who are many, and who do not read."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from uuid import uuid4

from tests.support.commands import PATH, Commands, events

LAST, CUTS = 100_000, 200
COUNTING = f"""
import sys
open(sys.argv[1], "a").write("started\\n")
said = 0
for _ in sys.stdin:
    print("".join(f"{{n}}\\n" for n in range(said + 1, said + {LAST // CUTS} + 1)), end="")
    said += {LAST // CUTS}
"""
SSE = "text/event-stream"


def after(last: int | None) -> dict[str, str]:
    """The header of a browser that comes again."""
    return {} if last is None else {"Last_Event_ID": str(last)}


def test_a_viewer_that_is_cut_off_at_random_misses_nothing(
    commands: Commands, tmp_path: Path
) -> None:
    starts = tmp_path / "starts"
    command = commands.run("python3", "-c", COUNTING, str(starts), stdin=True)
    chance = random.Random(7)
    got = ""
    last: int | None = None
    for _ in range(CUTS):
        commands.act(command, "stdin", b"\n")
        with commands.view(command, SSE, **after(last)) as viewer:
            # Cut before, within or behind the first new event, of 3 kB at least.
            cut = chance.choice((0, 50, 2500, None))
            while len(viewer.raw) < cut if cut is not None else not events(viewer.raw):
                viewer.some(256)
        for event in events(viewer.raw):
            assert event.name == "message"
            got, last = got + event.data["text"], event.id
    commands.act(command, "stdin?end=1", b"")
    with commands.view(command, SSE, **after(last)) as viewer:
        *pieces, end = events(viewer.rest())
    got += "".join(event.data["text"] for event in pieces)
    assert end.name == "exit"
    assert end.data["code"] == 0
    assert got == "".join(f"{n}\n" for n in range(1, LAST + 1))
    assert starts.read_text() == "started\n"


def test_many_viewers_see_the_same(commands: Commands) -> None:
    command = commands.python("input()\nfor n in range(2000): print(n, flush=True)", stdin=True)
    with ThreadPoolExecutor(40) as pool:
        told = [pool.submit(commands.lines, command) for _ in range(40)]
        commands.act(command, "stdin", b"\n")
        first, *others = [one.result(60) for one in told]
    assert all(other == first for other in others)
    said = "".join(entry["text"] for entry in first[:-1])
    assert said.split() == [str(n) for n in range(2000)]


def test_a_viewer_that_does_not_read_holds_up_nobody(commands: Commands) -> None:
    line, count = "x" * 99 + "\n", 200_000
    code = f"input()\nfor _ in range({count // 1000}): print({line!r} * 1000, end='')"
    command = commands.python(code, stdin=True)
    with commands.view(command, "text/plain") as stalled:
        commands.act(command, "stdin", b"\n")
        with commands.view(command, "text/plain") as reading:
            assert reading.rest().decode() == line * count
        assert commands.tell(command)["exit"]["code"] == 0
        # It finds everything where it was.
        assert stalled.rest().decode() == line * count


def test_hundreds_of_viewers_leave_room_for_others(commands: Commands) -> None:
    command = commands.python("print(input())", stdin=True)
    with ExitStack() as stack:
        viewers = [stack.enter_context(commands.view(command, SSE)) for _ in range(300)]
        for viewer in viewers:
            viewer.until(b": here")
        assert commands.tell(command)["viewers"] == len(viewers)
        commands.act(command, "stdin", b"all\n")
        for viewer in viewers:
            assert [event.name for event in events(viewer.rest())][-1] == "exit"


def test_numbers_of_an_earlier_command_with_the_id_count_for_nothing(commands: Commands) -> None:
    command = commands.run("echo", "all", id=f"used-again-{uuid4().hex}")
    last = commands.lines(command)[-1]["seq"]
    for header in (str(last + 1), "5000", ""):
        with commands.view(command, SSE, Last_Event_ID=header) as viewer:
            first, _ = events(viewer.rest())
        assert first.data["text"] == "all\n", header
    path = f"{PATH}/{command}/output"
    for wrong in ("-1", "x"):
        reply = commands.server.call("GET", path, Accept=SSE, Last_Event_ID=wrong)
        assert reply.status == 400


def test_what_a_stream_would_be_is_told_without_it(commands: Commands) -> None:
    command = commands.run("true")
    reply = commands.server.call("HEAD", f"{PATH}/{command}/output", Accept=SSE)
    assert (reply.status, reply.body) == (200, b"")
    assert reply.headers["Content-Type"] == SSE
    assert "Content-Length" not in reply.headers
