"""Commands over HTTP: how they start and end, and what is told of them."""

from __future__ import annotations

import base64
import json
import os
from pathlib import Path
from uuid import uuid4

import pytest

from tests.support import processes
from tests.support.commands import PATH, Commands, events
from tests.support.served import Served, kill, refused, serving
from tests.support.waiting import eventually

SSE = "text/event-stream"


def test_output_and_exit_in_every_shape(commands: Commands) -> None:
    code = "import sys\nprint('ä\\n', end='')\nsys.exit(3)"
    command = commands.python(code)
    (said, last) = commands.lines(command)
    assert (said["seq"], said["stream"], said["text"]) == (0, "stdout", "ä\n")
    assert last["seq"] == 1
    assert {"code": 3, "signal": None, "reason": None}.items() <= last["exit"].items()
    assert last["exit"]["elapsed"] > 0
    assert commands.text(command) == "ä\n"
    assert (
        commands.text(command, "?exit=1")
        == "ä\nexit " + json.dumps(last["exit"], separators=(",", ":")) + "\n"
    )
    whole = commands.server.call("GET", f"{PATH}/{command}/output").json
    assert whole == {"entries": [said, last], "next": 2, "lost": 0}
    with commands.view(command, SSE) as viewer:
        assert viewer.response.headers["X-Accel-Buffering"] == "no"
        assert "no-transform" in viewer.response.headers["Cache-Control"]
        first, second = events(viewer.rest())
    assert (first.id, first.name, first.data) == (0, "message", said)
    assert (second.id, second.name, second.data) == (1, "exit", last["exit"])
    told = commands.tell(command)
    assert told["state"] == "exited"
    assert told["exit"] == last["exit"]


def test_who_has_everything_is_told_not_to_come_again(commands: Commands) -> None:
    command = commands.run("echo", "once")
    last = commands.lines(command)[-1]["seq"]
    path = f"{PATH}/{command}/output"
    reply = commands.server.call("GET", path, Accept=SSE, Last_Event_ID=str(last))
    assert (reply.status, reply.body) == (204, b"")
    reply = commands.server.call("GET", f"{path}?from={last + 1}", Accept="text/plain")
    assert reply.status == 204


def test_stderr_is_told_apart(commands: Commands) -> None:
    code = "import sys\nsys.stderr.write('no\\n')"
    command = commands.python(code)
    with commands.view(command, SSE) as viewer:
        first, _ = events(viewer.rest())
    assert (first.name, first.data["stream"], first.data["text"]) == ("stderr", "stderr", "no\n")
    merged = commands.python(code + "\nprint('yes')", merge_stderr=True)
    assert {entry.get("stream") for entry in commands.lines(merged)} == {"stdout", None}
    assert commands.text(merged) == "no\nyes\n"


def test_an_id_is_run_once(commands: Commands, tmp_path: Path) -> None:
    name = f"only-once-{uuid4().hex}"
    body = {"id": name, "argv": ["bash", "-c", f"echo started >> {tmp_path}/starts"]}
    first = commands.server.call("POST", PATH, body)
    again = commands.server.call("POST", PATH, body)
    assert (first.status, again.status) == (201, 200)
    assert first.headers["Location"] == f"{commands.server.base}{PATH}/{name}"
    assert again.json["pid"] == first.json["pid"]
    other_order = dict(reversed(body.items()))
    assert commands.server.call("POST", PATH, other_order).status == 200
    assert commands.exit(name)["code"] == 0
    assert (tmp_path / "starts").read_text() == "started\n"
    assert "another command" in commands.refused(409, id=name, argv=["true"])


def test_where_it_runs_and_with_what(commands: Commands, tmp_path: Path) -> None:
    code = "import os\nprint(os.getcwd(), os.environ['A'], os.environ['PYTHONUNBUFFERED'])"
    code += "\nassert 'JPY_PARENT_PID' not in os.environ and 'PENSTOCK_TOKEN' not in os.environ"
    command = commands.python(code, cwd=str(tmp_path), env={"A": "b"})
    assert commands.text(command) == f"{tmp_path.resolve()} b 1\n"
    told = commands.tell(command)
    assert "env" not in told
    assert told in commands.server.call("GET", PATH).json


def test_characters_are_never_cut(commands: Commands) -> None:
    code = "import os\nfor byte in 'aä€😀'.encode() + b'\\xff' + '€'.encode()[:2]:\n"
    code += "    os.write(1, bytes([byte])); input()"
    command = commands.python(code, stdin=True)
    for _ in range(13):
        commands.act(command, "stdin", b"\n")
    said = "".join(entry["text"] for entry in commands.lines(command)[:-1])
    assert said == "aä€😀\ufffd\ufffd"


def test_bytes_as_they_are(commands: Commands) -> None:
    wanted = bytes(range(256)) * 1000
    code = "import sys\nsys.stdout.buffer.write(bytes(range(256)) * 1000)"
    command = commands.python(code, encoding="base64")
    entries = commands.lines(command)
    assert b"".join(base64.b64decode(entry["data"]) for entry in entries[:-1]) == wanted
    with commands.view(command, "text/plain") as viewer:
        assert viewer.rest() == wanted


def test_one_object_can_wait(commands: Commands) -> None:
    command = commands.python("input()\nprint('now\\n', end='')", stdin=True)
    empty = commands.server.call("GET", f"{PATH}/{command}/output").json
    assert empty == {"entries": [], "next": 0, "lost": 0}
    connection = commands.server.connection()
    headers = {"Authorization": f"token {commands.server.token}"}
    path = f"{commands.server.base}{PATH}/{command}/output?wait_s=60"
    connection.request("GET", path, headers=headers)
    eventually(lambda: commands.tell(command)["viewers"] == 1, 10, "it waits")
    commands.act(command, "stdin", b"\n")
    answer = json.loads(connection.getresponse().read())
    assert answer["entries"][0]["text"] == "now\n"
    connection.close()


@pytest.mark.parametrize(
    ("limit", "code"),
    [
        ("time_limit", "import time\nwhile True: print('on', flush=True); time.sleep(0.05)"),
        ("idle_limit", "import time\nprint('last', flush=True)\ntime.sleep(600)"),
    ],
)
def test_limits(commands: Commands, limit: str, code: str) -> None:
    command = commands.python(code, **{limit: 0.5})
    ended = commands.exit(command)
    assert {"code": None, "signal": "SIGTERM", "reason": limit}.items() <= ended.items()


def test_it_is_ended_when_nobody_looks_any_more(commands: Commands) -> None:
    kept = commands.python("input()", stdin=True)
    left = commands.python("print('seen', flush=True)\ninput()", stdin=True, unwatched_limit=0.2)
    for command in (left, kept):
        with commands.view(command, SSE) as viewer:
            viewer.some()
    eventually(lambda: commands.tell(left)["exit"], 20, "it is ended")
    assert commands.exit(left)["reason"] == "unwatched_limit"
    assert commands.tell(kept)["state"] == "running"
    commands.act(kept, "stdin", b"\n")
    assert commands.exit(kept)["code"] == 0


def test_deleting_ends_it_with_all_it_started(commands: Commands) -> None:
    command = commands.run("bash", "-c", "sleep 600 & echo $!; wait")
    with commands.view(command, "text/plain") as viewer:
        child = int(viewer.until(b"\n"))
        assert commands.server.call("DELETE", f"{PATH}/{command}").status == 204
        viewer.rest()
    eventually(lambda: not processes.alive(child), 10, "its child is gone")
    assert commands.server.call("GET", f"{PATH}/{command}").status == 404
    assert commands.server.call("DELETE", f"{PATH}/{command}").status == 404


def test_what_cannot_be_run(commands: Commands) -> None:
    assert "no program 'no-such'" in commands.refused(400, argv=["no-such"])
    assert "time_limit" in commands.refused(400, argv=["true"], timeout=1), "the fields there are"
    assert "cannot be started" in commands.refused(400, argv=["/no/such/program"])
    for argv in ([], "ls", [1], [""], ["a\0b"], None):
        assert "argv" in commands.refused(400, argv=argv)
    for name, value in {
        "cwd": "/no/such",
        "env": {"A": 1},
        "pty": {"rows": 0, "columns": 1},
        "time_limit": 0,
        "stdin": "yes",
        "encoding": "latin-1",
        "id": "../up",
    }.items():
        assert commands.refused(400, argv=["true"], **{name: value})
    assert commands.server.call("POST", PATH, {"argv": ["true"]}, token=False).status == 403
    assert commands.server.call("GET", f"{PATH}/unknown/output").status == 404


def test_fields_that_are_null_are_not_there(commands: Commands) -> None:
    optional = ("id", "env", "cwd", "stdin", "pty", "merge_stderr", "unbuffered", "encoding")
    limits = ("time_limit", "idle_limit", "unwatched_limit")
    command = commands.run("cat", **dict.fromkeys((*optional, *limits)))
    assert commands.exit(command)["code"] == 0
    told = commands.tell(command)
    assert (told["stdin"], told["pty"], told["encoding"]) == (False, None, "utf-8")


def test_only_what_is_allowed(root: Path, tmp_path: Path) -> None:
    allowed = json.dumps([["echo", "a", "*"], ["printf", "**"]])
    with serving(f"--root-dir={root}", f"--allow-commands={allowed}", "--allow-env=SET") as server:
        commands = Commands(server)
        assert commands.text(commands.run("echo", "a", "b", env={"SET": "1"})) == "a b\n"
        assert commands.text(commands.run("printf", "%s-", "b", "c")) == "b-c-"
        for words in ("echo a", "echo a -n", "echo b b", "/bin/echo a b"):
            assert "--allow-commands" in commands.refused(403, argv=words.split())
        assert "LD_PRELOAD" in commands.refused(403, argv=["printf"], env={"LD_PRELOAD": "x"})
        assert "root directory" in commands.refused(403, argv=["printf"], cwd=str(tmp_path))


def test_nobody_may_unless_it_is_said(server: Served) -> None:
    assert "--allow-commands" in Commands(server).refused(403, argv=["true"])
    assert server.call("GET", PATH).json == []


@pytest.mark.parametrize("text", ["all", "[]", '["ls"]', "[[1]]", "[[]]"])
def test_options_that_cannot_be_understood(text: str) -> None:
    assert "--allow-commands" in refused(f"--allow-commands={text}")


def test_it_ends_with_the_gateway(root: Path) -> None:
    with serving(f"--root-dir={root}", "--allow-commands=any") as server:
        commands = Commands(server)
        pid = int(commands.tell(commands.run("sleep", "600"))["pid"])
        os.kill(pid, 0)
        kill(server.gateway())
        eventually(lambda: not processes.alive(pid), 20, "the command is gone")
        assert server.ended()[0] == 1
