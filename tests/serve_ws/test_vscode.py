"""What VS Code's Jupyter extension calls on a remote server, in its order.

From its `JupyterPasswordConnect`, `JupyterConnection`, `JupyterKernelSessionFactory` and
`JupyterLabHelper` (microsoft/vscode-jupyter). The same through the library that it uses is in
tests/clients, for which Node is needed.
"""

from __future__ import annotations

import http.client
import json
import time
import urllib.error
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest

from tests.serve_ws import frames
from tests.serve_ws.client import Tab, of_type, parent, reply, state, text
from tests.serve_ws.server import TOKEN, Server
from tests.support.waiting import seconds

SILENT = {"silent": False, "store_history": False}
"""Of the code that it runs for itself when a kernel has started."""


def status(server: Server, path: str) -> int:
    """The status of a GET without the token that follows no redirection."""
    connection = http.client.HTTPConnection(server.host, timeout=seconds(30))
    with closing(connection):
        connection.request("GET", f"/{path}")
        return connection.getresponse().status


def stamped(path: str) -> str:
    """With the time that the library adds against caches."""
    return f"{path}?{time.time_ns() // 1_000_000}"


@contextmanager
def session(server: Server) -> Iterator[tuple[str, str]]:
    """A session as it asks for one; ids of the session and of its kernel."""
    specs = server.call("GET", stamped("api/kernelspecs"))
    mark = uuid.uuid4()
    model = server.call(
        "POST",
        stamped("api/sessions"),
        {
            "path": f"notes-jvsc-{mark}{uuid.uuid4()}.ipynb",
            "name": f"notes-{mark}.ipynb",
            "type": "notebook",
            "kernel": {"name": specs["default"]},
        },
    )
    yield model["id"], model["kernel"]["id"]
    server.call("DELETE", stamped(f"api/sessions/{model['id']}"))
    assert model["id"] not in [other["id"] for other in server.call("GET", "api/sessions")]
    with pytest.raises(urllib.error.HTTPError, match="404"):
        server.call("GET", f"api/kernels/{model['kernel']['id']}")


def opened(server: Server, kernel: str, client: str | None = None) -> Tab:
    """The WebSocket as it opens it: token in the query, the library's first questions."""
    tab = Tab(server, kernel, client, query=f"&token={TOKEN}")
    info = tab.results(tab.send("kernel_info_request", {}))
    assert reply(info)["protocol_version"]
    return tab


def test_a_server_is_added(server: Server) -> None:
    assert status(server, "hub/api") != 200, "no JupyterHub"
    assert status(server, "tree?") != 200, "not without token or password"
    assert status(server, "api") == 200
    assert isinstance(server.call("GET", stamped("api/kernels")), list)
    assert isinstance(server.call("GET", stamped("api/sessions")), list)
    specs = server.call("GET", stamped("api/kernelspecs"))
    spec = specs["kernelspecs"][specs["default"]]
    assert spec["spec"]["language"] == "python"
    assert set(spec) >= {"name", "spec", "resources"}


def test_a_notebook_from_its_session_to_its_end(server: Server) -> None:
    with session(server) as (model, kernel), opened(server, kernel) as tab:
        assert kernel in [each["id"] for each in server.call("GET", stamped("api/kernels"))]
        assert server.call("GET", stamped(f"api/sessions/{model}"))["kernel"]["id"] == kernel
        comms = tab.results(tab.send("comm_info_request", {"target_name": "jupyter.widget"}))
        assert reply(comms)["comms"] == {}
        hidden = tab.run("import os as _of_vscode; print(_of_vscode.getpid())", **SILENT)
        assert text(hidden).strip().isdigit()
        found = tab.run("print('seen')\n6 * 7")
        assert reply(found)["execution_count"] == 1
        assert text(found) == "seen\n"
        assert of_type(found, "execute_result")[0]["content"]["data"]["text/plain"] == "42"


def test_interrupt_then_restart(server: Server) -> None:
    with session(server) as (_, kernel):
        with opened(server, kernel) as tab:
            cell = tab.execute("kept = 1\nprint('runs', flush=True)\nwhile True: pass")
            before = tab.until(lambda m: text([m]) == "runs\n")
            server.call("POST", stamped(f"api/kernels/{kernel}/interrupt"))
            found = before + tab.until(lambda m: parent(m) == cell and m["channel"] == "shell")
            assert reply(found)["ename"] == "KeyboardInterrupt"
            model = server.call("POST", stamped(f"api/kernels/{kernel}/restart"))
            assert model["id"] == kernel
        # The library opens the WebSocket again after a restart, as the same client.
        with opened(server, kernel, tab.session) as again:
            assert again.evaluate("'kept' in globals()") == "False"


def test_input_is_asked_for_and_answered(server: Server) -> None:
    with session(server) as (_, kernel), opened(server, kernel) as tab:
        cell = tab.execute("print(input('who? ')[::-1])", allow_stdin=True)
        asked = tab.until(lambda m: m["channel"] == "stdin")[-1]
        assert asked["content"]["prompt"] == "who? "
        tab.send(
            "input_reply",
            {"status": "ok", "value": "aidA"},
            channel="stdin",
            parent_header=asked["header"],
        )
        assert text(tab.results(cell)) == "Adia\n"


def test_a_kernel_that_runs_already_is_joined(server: Server) -> None:
    with session(server) as (model, kernel), opened(server, kernel) as first:
        first.run("shared = 42")
        (found,) = (each for each in server.call("GET", "api/sessions") if each["id"] == model)
        assert found["kernel"]["connections"] == 1
        with opened(server, found["kernel"]["id"]) as second:
            assert second.evaluate("shared") == "42"
            first.until(lambda m: of_type([m], "execute_result") != [])


def test_the_library_before_subprotocols(server: Server) -> None:
    with session(server) as (_, kernel), Tab(server, kernel, protocol=None) as tab:
        frame = frames.encode(None, tab.message("kernel_info_request", {}))
        assert json.loads(frame)["channel"] == "shell"
        tab.send_frame(frame)
        tab.until(state("idle"))
