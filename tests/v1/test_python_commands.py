"""`penstock.client`: commands, blocking and asynchronous."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from penstock.client import Data, Exited, RefusedError, Text
from tests.support.cutting import cutting
from tests.support.served import Served, serving
from tests.v1.test_python_client import Make, make, portal

__all__ = ["make", "portal"]  # fixtures
COUNT = "import sys\nfor n in range(20000): print(n)\nprint('over', file=sys.stderr); sys.exit(3)"


@pytest.fixture(scope="module")
def commands(jupyter: Path, root: Path) -> Iterator[Served]:
    """A server that runs any command."""
    with serving(f"--root-dir={root}", "--allow-commands=any") as running:
        yield running


@pytest.fixture
def client(commands: Served, make: Make) -> Iterator[Any]:
    with make(commands.url, commands.token) as made:
        yield made


def test_a_command_and_what_it_writes(client: Any) -> None:
    with client.start_command([sys.executable, "-c", COUNT], env={"PLAIN": "é"}) as command:
        *said, end = command.outputs()
        assert "".join(o.text for o in said if o.stream == "stdout").split() == [
            str(n) for n in range(20000)
        ]
        assert "".join(o.text for o in said if o.stream == "stderr") == "over\n"
        assert isinstance(end, Exited)
        assert (end.code, end.signal, end.reason) == (3, None, None)
        assert command.wait() == end
        assert list(command.outputs(end.seq)) == [end]
        assert list(command.outputs(end.seq + 1)) == []
        assert command.info()["state"] == "exited"
        assert command.id in [told["id"] for told in client.commands()]
        assert client.command(command.id).wait() == end
    with pytest.raises(RefusedError) as gone:
        command.info()
    assert gone.value.status == 404
    command.delete()


def test_input_signals_and_terminals(client: Any) -> None:
    with client.start_command(["cat"], stdin=True, encoding="base64") as cat:
        cat.send_input("ä\n")
        cat.send_input(b"\xff\x00", end=True)
        *said, end = cat.outputs()
        assert all(isinstance(each, Data) for each in said)
        assert b"".join(each.data for each in said) == "ä\n".encode() + b"\xff\x00"
        assert end.code == 0
        with pytest.raises(RefusedError) as ended:
            cat.send_signal("SIGTERM")
        assert ended.value.status == 409
    asks = "read x; stty size"
    with client.start_command(["sh", "-c", asks], pty=True, stdin=True) as terminal:
        terminal.resize(33, 77)
        terminal.send_input("go\n")
        assert "33 77" in "".join(o.text for o in terminal.outputs() if isinstance(o, Text))
    with client.start_command(["sleep", "600"]) as sleeps:
        sleeps.send_signal("SIGINT")
        end = sleeps.wait()
        assert (end.code, end.signal) == (None, "SIGINT")
    with client.start_command(["sleep", "600"], time_limit=0.2) as limited:
        assert limited.wait().reason == "time_limit"


def test_it_is_started_once_and_read_over_cuts(
    commands: Served, make: Make, tmp_path: Path
) -> None:
    trace = tmp_path / "trace"
    code = f"open({str(trace)!r}, 'a').write('x')\n{COUNT}"
    name = tmp_path.name
    with cutting(commands.port, lambda number: 9000 if number < 12 else None) as way:
        with make(way.url, commands.token, patience=60) as made:
            made.sessions()
            lost = [b"502 Bad Gateway", b"503 Service Unavailable"]
            way.instead = lambda: lost.pop() if lost else None
            order = {"id": name, "cwd": "."}
            command = made.start_command([sys.executable, "-c", code], **order)
            assert made.start_command([sys.executable, "-c", code], **order).id == command.id
            texts = [o for o in command.outputs() if isinstance(o, Text)]
            lines = "".join(text.text for text in texts if text.stream == "stdout").split()
            assert lines == [str(n) for n in range(20000)]
            assert "".join(text.text for text in texts if text.stream == "stderr") == "over\n"
            with pytest.raises(RefusedError) as other:
                made.start_command(["true"], id=name)
            assert other.value.status == 409
            command.delete()
        assert way.connections > 5
    assert trace.read_text() == "x"


def test_what_is_not_allowed(server: Served, make: Make) -> None:
    with make(server.url, server.token) as made:
        with pytest.raises(RefusedError) as refused:
            made.start_command(["true"])
        assert refused.value.status == 403
