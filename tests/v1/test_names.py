"""What a session knows: completions, inspection, variables as JSON and as Arrow."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.support.served import Served
from tests.support.v1 import Session
from tests.support.waiting import eventually

ARROW = "application/vnd.apache.arrow.stream"
LOOPS = "print('in', flush=True)\nimport time\nwhile True: time.sleep(600)"


def test_complete_and_inspect(session: Session) -> None:
    session.run("éa_long_name = 'text'", "exec")
    said = session.call("POST", "/complete", {"code": "éa_lo"}).json
    assert (said["status"], said["matches"]) == ("ok", ["éa_long_name"])
    assert (said["cursor_start"], said["cursor_end"]) == (0, 5)
    early = session.call("POST", "/complete", {"code": "éa_lo + 1", "cursor_pos": 5}).json
    assert early["matches"] == ["éa_long_name"]
    told = session.call("POST", "/inspect", {"code": "éa_long_name", "detail_level": 1}).json
    assert told["found"]
    assert "text" in told["data"]["text/plain"]
    for body in ({}, {"code": 7}, {"code": "a", "cursor_pos": -1}, {"code": "a", "cursor_pos": 2}):
        assert session.call("POST", "/complete", body).status == 400


def test_a_busy_session_says_so_and_forgets_the_question(session: Session) -> None:
    run = session.begin(LOOPS)
    eventually(lambda: session.outputs(run)["entries"], 30, "it runs")
    reply = session.call("POST", "/complete?wait_s=0.2", {"code": "a"})
    assert (reply.status, "busy" in reply.error()) == (409, True)
    session.call("POST", "/interrupt")
    session.end(run)
    session.run(
        "ran = []\nclass Noted:\n  def __str__(self): ran.append(1); return 's'\nnoted = Noted()",
        "exec",
    )
    run = session.begin(LOOPS)
    eventually(lambda: session.outputs(run)["entries"], 30, "it runs")
    assert session.call("GET", "/variables/noted?wait_s=0.2").status == 409
    session.call("POST", "/interrupt")
    session.end(run)
    assert session.value("ran") == []


def test_variables(session: Session) -> None:
    session.run(
        "import os\na = [1, 2]\nb = {'c': float('inf')}\n_hidden = 1\nclass D: pass\nd = D()",
        "exec",
    )
    told = {entry["name"]: entry for entry in session.call("GET", "/variables").json}
    assert set(told) == {"a", "b", "d", "D"}
    assert told["a"] == {"name": "a", "type": "list", "length": 2, "shape": None}
    assert told["d"]["type"] == "__main__.D"
    assert session.call("GET", "/variables/a").json == [1, 2]
    assert session.call("GET", "/variables/b").json == {"c": None}
    assert session.call("GET", "/variables/none").status == 404
    for name in ("1", "a.b", "a%20b", "os.system('x')", "class"):
        assert session.call("GET", f"/variables/{name}").status == 400
    session.run("x = []\nx.append(x)", "exec")
    assert "ValueError" in session.call("GET", "/variables/x").error()


def table(session: Session, name: str) -> Any:
    """A variable as pyarrow reads it."""
    import pyarrow as pa

    reply = session.call("GET", f"/variables/{name}", Accept=ARROW)
    assert (reply.status, reply.headers["Content-Type"]) == (200, ARROW), reply
    with pa.ipc.open_stream(reply.body) as stream:
        return stream.read_all()


def waiting(server: Served) -> list[Path]:
    """Files of tables on their way to clients."""
    (folder,) = server.runtime.with_name("state").glob("**/tables")
    return list(folder.iterdir())


def test_tables_as_arrow(session: Session) -> None:
    pytest.importorskip("pyarrow")
    session.run(
        "import pyarrow as pa\n"
        "columns = {'n': [1, 2, None], 't': ['a', 'é', None]}\n"
        "rows = [{'n': 1}, {'n': 2}]\n"
        "made = pa.table({'n': range(100000)})\n"
        "batch = made.to_batches()[0]\n"
        "class Own:\n"
        "  def __arrow_c_stream__(self, schema=None): return made.__arrow_c_stream__(schema)\n"
        "own, empty, number = Own(), {}, 7",
        "exec",
    )
    assert table(session, "columns").to_pydict() == {"n": [1, 2, None], "t": ["a", "é", None]}
    assert table(session, "rows").to_pylist() == [{"n": 1}, {"n": 2}]
    assert table(session, "made").num_rows == 100_000
    assert table(session, "batch").num_rows == 100_000
    assert table(session, "own").column("n").to_pylist()[-1] == 99_999
    assert table(session, "empty").num_columns == 0
    assert not waiting(session.server)
    reply = session.call("GET", "/variables/number", Accept=ARROW)
    assert (reply.status, "int is no table" in reply.error()) == (406, True)
    assert session.call("GET", "/variables/none", Accept=ARROW).status == 404


def test_a_table_that_nobody_waits_for_leaves_no_file(session: Session, tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    begun, go = tmp_path / "begun", tmp_path / "go"
    session.run(
        "import pathlib, time, pyarrow as pa\n"
        "class Slow:\n"
        "  def __arrow_c_stream__(self, schema=None):\n"
        f"    pathlib.Path({str(begun)!r}).touch()\n"
        f"    while not pathlib.Path({str(go)!r}).exists(): time.sleep(0.01)\n"
        "    return pa.table({'n': [1]}).__arrow_c_stream__(schema)\n"
        "slow = Slow()",
        "exec",
    )
    connection = session.server.connection()
    headers = {"Authorization": f"token {session.server.token}", "Accept": ARROW}
    path = session.server.base + session.path("/variables/slow?wait_s=60")
    connection.request("GET", path, headers=headers)
    eventually(begun.exists, 20, "it is being made")
    assert len(waiting(session.server)) == 1
    # One that waits behind it, for no time at all.
    assert session.call("GET", "/variables/slow?wait_s=0", Accept=ARROW).status == 409
    connection.close()
    eventually(lambda: not waiting(session.server), 20, "it is gone with the client")
    go.touch()
    assert session.value("6 * 7") == 42
    assert not waiting(session.server)


def test_arrow_without_pyarrow(session: Session) -> None:
    session.run("import sys; sys.modules['pyarrow'] = None\na = {'n': [1]}", "exec")
    reply = session.call("GET", "/variables/a", Accept=ARROW)
    assert (reply.status, "pyarrow is not installed" in reply.error()) == (406, True)


def test_a_foreign_kernel(server: Served) -> None:
    session = Session.start(server, name="python3")
    session.run("a_long_name = 1")
    assert session.call("POST", "/complete", {"code": "a_lon"}).json["matches"] == ["a_long_name"]
    assert session.call("GET", "/variables").status == 400
    session.delete()
