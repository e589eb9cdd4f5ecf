"""History: written in few transactions, shown at once, complete at the end."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from testing_gateway import PATIENT, Gateway, Worker

BURST = 60
SESSION = "get_ipython().history_manager.session_number"


def burst(worker: Worker) -> list[str]:
    """Cells sent without waiting for one another, after all of which have been answered."""
    cells = [f"x{number} = {number}" for number in range(BURST)]
    for cell in cells:
        worker.start(cell)
    replies = worker.take_replies(BURST)
    assert {reply.content["content"]["status"] for reply in replies} == {"ok"}
    return cells


def path(gateway: Gateway) -> Path:
    return Path(gateway.env["IPYTHONDIR"]) / "profile_default" / "history.sqlite"


def in_database(gateway: Gateway, session: int) -> list[str]:
    """What another program reads of a session, in order."""
    with sqlite3.connect(path(gateway)) as database:
        rows = database.execute(
            "SELECT source_raw FROM history WHERE session = ? ORDER BY line", (session,)
        ).fetchall()
    database.close()
    return [row[0] for row in rows]


def test_a_burst_is_complete_at_the_end(gateway: Gateway, mode: str) -> None:
    worker = gateway.start(mode)
    session = int(worker.execute(f"{PATIENT}; {SESSION}").value)
    cells = burst(worker)
    assert worker.shutdown() == 0
    assert in_database(gateway, session)[1:] == cells


def test_a_burst_is_complete_after_exit(gateway: Gateway, mode: str) -> None:
    worker = gateway.start(mode)
    session = int(worker.execute(f"{PATIENT}; {SESSION}").value)
    cells = burst(worker)
    worker.execute("exit()")
    assert worker.wait() == 0
    assert in_database(gateway, session)[1:] == cells  # IPython leaves out exit() itself
    with sqlite3.connect(path(gateway)) as database:
        row = "SELECT num_cmds FROM sessions WHERE session = ?"
        assert database.execute(row, (session,)).fetchone()[0], "the session's end is not written"
    database.close()


def test_a_burst_is_shown_at_once(worker: Worker) -> None:
    cells = burst(worker)
    content = {"hist_access_type": "tail", "n": BURST, "raw": True, "output": False}
    history = worker.request("history_request", content).reply["history"]
    assert [entry[2] for entry in history] == cells
    assert worker.execute("%history").text().splitlines() == [*cells, "%history"]


def test_cells_after_a_pause_reach_the_database(gateway: Gateway, forked: Worker) -> None:
    """A worker that is killed later has lost none of them: nobody waits for its end."""
    session = int(forked.execute(SESSION).value)
    cells = burst(forked)
    wait = (
        "import sqlite3, time\n"
        "manager = get_ipython().history_manager\n"
        "end = time.monotonic() + 10\n"
        "while (manager.db_input_cache or manager.save_flag.is_set()) and time.monotonic() < end:\n"
        "    time.sleep(0.01)"
    )
    forked.execute(wait, store_history=False)
    assert set(cells) <= set(in_database(gateway, session))


def test_the_gateway_does_not_wait_for_the_history(gateway: Gateway, mode: str) -> None:
    """A worker says HELLO before it opens the database, which somebody else may have locked."""
    database = sqlite3.connect(path(gateway), isolation_level=None)
    database.execute("BEGIN EXCLUSIVE")
    worker = gateway.start(mode)
    database.execute("ROLLBACK")
    database.close()
    manager = "get_ipython().history_manager"
    assert worker.execute(f"str({manager}.hist_file)").value == repr(str(path(gateway)))
    # One that finds it locked for seconds takes it for broken and moves it away.
    assert not list(path(gateway).parent.glob("*corrupt*"))
