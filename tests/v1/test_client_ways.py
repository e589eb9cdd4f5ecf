"""Other ways to a server, and its end on the way: `penstock.client` over a socket, and over a
restart.
"""

from __future__ import annotations

from pathlib import Path

import httpx

from penstock.client import Client, Exit, Text
from tests.support.gates import Gate
from tests.support.ports import free_port
from tests.support.served import serving


def test_a_socket(jupyter: Path, short_folder: Path) -> None:
    path = str(short_folder / "v1.sock")
    with (
        serving(f"--socket={path}") as server,
        Client("http://localhost", server.token, transport=httpx.HTTPTransport(uds=path)) as client,
        client.start_session() as session,
    ):
        assert session.evaluate("6 * 7") == 42


def test_outputs_go_on_over_a_restart_of_the_server(jupyter: Path, gate: Gate) -> None:
    code = (
        f"for i in range(1000): print(i, flush=True)\n{gate.wait}"
        "for i in range(1000, 2000): print(i, flush=True)"
    )
    address = f"--port={free_port()}"
    with serving("--leave-sessions", address) as first:
        client = Client(first.url, first.token, patience=60)
        run = client.start_session().execute(code, mode="exec")
        outputs = run.outputs()
        said = ""
        while not said.endswith("999\n"):
            output = next(outputs)
            assert isinstance(output, Text)
            said += output.text
        ended = first.end()
        assert ended == (0, ""), ended
        gate.open()
        with serving(address, runtime=first.runtime), client:
            *rest, end = outputs
            said += "".join(output.text for output in rest if isinstance(output, Text))
            assert said == "".join(f"{i}\n" for i in range(2000))
            assert isinstance(end, Exit)
            assert end.state == "ok"
            assert run.wait().is_over
