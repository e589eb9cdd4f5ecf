"""Commands that are sent input, signals and sizes; by calls and by a WebSocket."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any

import websocket

from tests.support.commands import PATH, Commands
from tests.support.waiting import seconds

ECHO = "while True:\n    print(f'got {input()}\\n', end='')"


def test_input_is_answered_at_once(commands: Commands) -> None:
    """Nothing on the way keeps what is written: each line comes before the next is asked for."""
    command = commands.python("import sys\nfor line in sys.stdin: print(line, end='')", stdin=True)
    with commands.view(command, "text/plain") as viewer:
        for number in range(20):
            commands.act(command, "stdin", f"line {number}\n".encode())
            viewer.until(f"line {number}\n".encode())
        commands.act(command, "stdin?end=1", b"the last")
        assert viewer.rest().endswith(b"line 19\nthe last")
    assert commands.exit(command)["code"] == 0


def test_large_input_comes_whole(commands: Commands) -> None:
    data = b"0123456789abcdef" * 50_000
    command = commands.run("sha256sum", stdin=True)
    commands.act(command, "stdin?end=1", data)
    assert commands.text(command).split()[0] == hashlib.sha256(data).hexdigest()


def test_input_that_nobody_reads_is_bounded(commands: Commands) -> None:
    command = commands.run("sleep", "600", stdin=True)
    commands.act(command, "stdin", bytes(900_000))
    reply = commands.server.call("POST", f"{PATH}/{command}/stdin", bytes(900_000))
    assert reply.status == 409
    assert "does not read" in reply.error()
    assert commands.server.call("DELETE", f"{PATH}/{command}").status == 204


def test_signals(commands: Commands) -> None:
    code = "import signal\nsignal.signal(signal.SIGUSR1, lambda *_: print('one', flush=True))\n"
    code += "print('ready', flush=True)\nwhile True: signal.pause()"
    command = commands.python(code)
    with commands.view(command, "text/plain") as viewer:
        viewer.until(b"ready\n")
        commands.act(command, "signal", {"signal": "SIGUSR1"})
        viewer.until(b"one\n")
        commands.act(command, "signal", {"signal": "SIGKILL"})
        viewer.rest()
    ended = commands.tell(command)["exit"]
    assert {"code": None, "signal": "SIGKILL", "reason": None}.items() <= ended.items()
    commands.act(command, "signal", {"signal": "SIGKILL"}, 409)
    commands.act(command, "signal", {"signal": "SIGNOTHING"}, 400)
    commands.act(command, "stdin", b"late", 409)


def test_a_terminal(commands: Commands) -> None:
    code = """
import os, signal, sys
def tell(*_):
    print(*os.get_terminal_size(), os.isatty(0), os.environ["TERM"], flush=True)
signal.signal(signal.SIGWINCH, tell)
tell()
while True: print("got", input())
"""
    command = commands.python(code, pty={"rows": 10, "columns": 33})
    assert commands.tell(command)["pty"] == {"rows": 10, "columns": 33}
    with commands.view(command, "text/plain") as viewer:
        viewer.until(b"33 10 True xterm-256color\r\n")
        commands.act(command, "resize", {"rows": 20, "columns": 44})
        viewer.until(b"44 20 True xterm-256color\r\n")
        commands.act(command, "stdin", "Größe\n".encode())
        viewer.until("got Größe\r\n".encode())
        commands.act(command, "stdin", b"\x03")
        assert viewer.rest().endswith(b"KeyboardInterrupt\r\n")
    assert commands.exit(command)["signal"] == "SIGINT"
    assert commands.tell(command)["pty"] == {"rows": 20, "columns": 44}


def test_what_a_terminal_shows_last_is_told(commands: Commands) -> None:
    command = commands.python("print('x' * 79 + '\\n' * 1, end='')\n" * 1000, pty=True)
    assert commands.text(command) == ("x" * 79 + "\r\n") * 1000
    ended = commands.run("cat", pty=True)
    commands.act(ended, "stdin?end=1", b"")
    assert commands.exit(ended)["code"] == 0


def test_who_has_no_terminal_and_no_input(commands: Commands) -> None:
    command = commands.python("import signal\nsignal.pause()")
    commands.act(command, "resize", {"rows": 1, "columns": 1}, 409)
    commands.act(command, "stdin", b"x", 409)
    assert commands.server.call("DELETE", f"{PATH}/{command}").status == 204
    assert commands.exit(commands.python("input()"))["code"] == 1


def opened(commands: Commands, command: str, query: str = "") -> websocket.WebSocket:
    """A WebSocket at a command."""
    return websocket.create_connection(
        f"ws{commands.server.url[4:]}{PATH}/{command}/socket{query}",
        header=[f"Authorization: token {commands.server.token}"],
        timeout=seconds(30),
    )


def told(socket: websocket.WebSocket) -> dict[str, Any]:
    """The next message."""
    return dict(json.loads(socket.recv()))


def test_a_websocket(commands: Commands) -> None:
    command = commands.python(ECHO, stdin=True)
    socket = opened(commands, command)
    socket.send(json.dumps({"stdin": "text\n"}))
    assert told(socket)["text"] == "got text\n"
    socket.send(json.dumps({"stdin_base64": base64.b64encode(b"bytes\n").decode()}))
    last = told(socket)
    assert (last["seq"], last["text"]) == (1, "got bytes\n")
    for wrong in ("no JSON", "[]", "{}", '{"resize": {}}', '{"signal": "x"}'):
        socket.send(wrong)
        assert set(told(socket)) == {"error"}
    socket.close()
    again = opened(commands, command, f"?from={last['seq']}")
    assert told(again) == last
    again.send(json.dumps({"end_stdin": True}))
    entries = [told(again)]
    while "exit" not in entries[-1]:
        entries.append(told(again))
    assert entries[0]["stream"] == "stderr"
    assert entries[-1]["exit"]["code"] == 1
    opcode, frame = again.recv_data()
    assert opcode == websocket.ABNF.OPCODE_CLOSE
    assert int.from_bytes(frame[:2], "big") == 1000
    again.close()
    reply = commands.server.call("GET", f"{PATH}/{command}/socket")
    assert reply.status == 400
