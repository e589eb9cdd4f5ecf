"""`--leave-sessions`: tasks that outlive the server to which they were submitted."""

from __future__ import annotations

import threading
from http.client import HTTPException
from pathlib import Path

from tests.rpc.calling import CallError, Session
from tests.support.gates import Gate
from tests.support.ports import free_port
from tests.support.served import serving
from tests.support.waiting import eventually


def test_tasks_go_on_and_are_told_by_the_next_server(
    jupyter: Path, tmp_path: Path, gate: Gate
) -> None:
    address = f"--port={free_port()}"
    options = ("--leave-sessions", f"--root-dir={tmp_path}", address)
    with serving(*options) as first:
        session = Session(first, "rpc/left")
        done = session.call("submit", "evaluate", ["6 * 7"])
        failed = session.call("submit", "evaluate", ["1 / 0"])
        assert session.call("status", id=failed, wait_s=30)["state"] == "failed"
        runs = session.call("submit", "execute", [gate.wait + "print('through')"])
        waits = session.call("submit", "evaluate", ["'waited'"])
        unwanted = session.call("submit", "evaluate", ["1"])
        session.call("cancel", unwanted)
        eventually(lambda: session.call("status", runs)["state"] == "running", 30, "its turn")
        before = session.call("status", runs)
        cut = Waiting(session, runs)
        assert first.end() == (0, "")  # and whoever waits does not hold it up
        cut.end()
        with serving(*options, runtime=first.runtime) as second:
            again = Session(second, "rpc/left")
            assert again.call("result", done) == 42
            assert error(again, failed).data["ename"] == "ZeroDivisionError"
            assert error(again, unwanted).code == -32004
            assert again.call("status", runs) == before
            assert again.call("status", waits)["state"] == "waiting"
            gate.open()
            assert again.call("result", id=waits, wait_s=30) == "waited"
            assert again.call("result", runs) == {"stdout": "through\n", "stderr": ""}
            endless = again.call("submit", "execute", ["while True: pass"])
            eventually(lambda: again.call("status", endless)["state"] == "running", 30, "its turn")
            assert second.end() == (0, "")
            with serving(address, runtime=first.runtime) as third:
                last = Session(third, "rpc/left")
                last.call("cancel", endless)
                assert last.call("status", id=endless, wait_s=30)["state"] == "cancelled"
                assert last.call("result", done) == 42


class Waiting:
    """A call that waits for a task's end while the server leaves."""

    def __init__(self, session: Session, task: str) -> None:
        self._session, self._task = session, task
        self._cut = False
        self._thread = threading.Thread(target=self._wait, daemon=True)
        self._thread.start()

    def _wait(self) -> None:
        try:
            self._session.call("result", id=self._task, wait_s=300)
        except (OSError, HTTPException, CallError, AssertionError):
            self._cut = True  # in whichever way: it is told nothing that is wrong

    def end(self) -> None:
        """It was told soon."""
        self._thread.join(30)
        assert self._cut


def error(session: Session, task: str) -> CallError:
    """The error of a task."""
    try:
        session.call("result", task)
    except CallError as raised:
        return raised
    raise AssertionError("it has a result")
