"""`--leave-sessions`: kernels that outlive their server, and the next one that finds them."""

from __future__ import annotations

import signal
from pathlib import Path

from tests.support import processes
from tests.support.gates import Gate
from tests.support.ports import free_port
from tests.support.served import TOKEN, command, refused, serving
from tests.support.tab import Tab
from tests.support.waiting import seconds

PID = "__import__('os').getpid()"


def test_the_next_server_goes_on(jupyter: Path, tmp_path: Path, gate: Gate) -> None:
    address = f"--port={free_port()}"
    with serving("--leave-sessions", f"--root-dir={tmp_path}", address) as first:
        model = {"path": "note.ipynb", "type": "notebook", "kernel": {"name": "penstock"}}
        session = first.call("POST", "api/sessions", model).json
        other = first.kernel(name="python3")
        tab = Tab(first.as_server(), session["kernel"]["id"])
        foreign = Tab(first.as_server(), other)
        pids = [tab.value(PID), foreign.value(PID)]
        cell = tab.start(f"print('begun')\n{gate.wait}print('over')")
        cell.until(lambda cell: "begun" in cell.text(), "the cell runs")
        assert first.end(signal.SIGTERM) == (0, "")
        assert all(processes.alive(int(pid)) for pid in pids)
        gate.open()
        with serving(
            "--leave-sessions", address, "--max-kernels=2", runtime=first.runtime
        ) as second:
            (again,) = second.call("GET", "api/sessions").json
            assert again["id"] == session["id"]
            assert {kernel["id"] for kernel in second.call("GET", "api/kernels").json} == {
                session["kernel"]["id"],
                other,
            }
            tab.reconnect()
            tab.until(lambda: cell.idle, "what it said meanwhile comes")
            assert cell.text().endswith("over\n")
            foreign.reconnect()
            assert [tab.value(PID), foreign.value(PID)] == pids
            assert second.call("POST", "api/kernels").status == 403  # its own limit
            restarted = second.call("POST", f"api/kernels/{other}/restart")
            assert restarted.status == 200
            tab.close()
            foreign.close()
            for kernel in (session["kernel"]["id"], other):
                assert second.call("DELETE", f"api/kernels/{kernel}").status == 204
        assert not list(first.runtime.glob("*-s*"))  # nothing was left to leave


def test_one_that_is_not_told_to_ends_what_was_left(jupyter: Path) -> None:
    address = f"--port={free_port()}"
    with serving("--leave-sessions", address) as first:
        pid = int(Tab(first.as_server(), first.kernel()).value(PID))
        assert first.end(signal.SIGINT) == (0, "")
        with serving(runtime=first.runtime) as elsewhere:  # another address
            assert elsewhere.call("GET", "api/kernels").json == []
        assert processes.alive(pid)
        with serving(address, runtime=first.runtime) as second:
            assert len(second.call("GET", "api/kernels").json) == 1
        assert not processes.alive(pid)
        assert not list(first.runtime.glob("*-s*"))


def test_a_start_that_fails_leaves_them_as_they_were(jupyter: Path, short_folder: Path) -> None:
    at = f"--socket={short_folder / 'http.sock'}"
    with serving("--leave-sessions", at) as first:
        kernel = first.kernel()
        assert first.end() == (0, "")
        wrong = command(first.runtime, at, "--force-kernel-name=nope", PENSTOCK_TOKEN=TOKEN)
        said, complaint = wrong.communicate(timeout=seconds(60))
        assert "no kernelspec nope" in said + complaint
        with serving(at, runtime=first.runtime) as second:
            assert second.call("GET", f"api/kernels/{kernel}").status == 200


def test_without_kernels_nothing_is_left(jupyter: Path) -> None:
    with serving("--leave-sessions") as server:
        folder = server.folder
        assert server.end() == (0, "")
        assert not folder.exists()


def test_a_killed_server_leaves_nothing(jupyter: Path) -> None:
    with serving("--leave-sessions") as server:
        pid = int(Tab(server.as_server(), server.kernel()).value(PID))
        server.end(signal.SIGKILL)
        processes.assert_none_left(server.runtime, within=20)
        assert not processes.alive(pid)


def test_a_notebook_as_an_api_has_no_sessions() -> None:
    assert "--leave-sessions is not for" in refused(
        "--leave-sessions", "--api=notebook-http", f"--seed-uri={__file__}"
    )
