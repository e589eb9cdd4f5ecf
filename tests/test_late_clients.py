"""What a client that came late can read of a kernel that others talk to by ZeroMQ: its output log,
by the gateway's control socket (docs/local-sockets.md).
"""

from __future__ import annotations

from typing import Any

import pytest

from penstock.client.control import Control
from tests.support.gates import Gate
from tests.support.gateway import Gateway
from tests.support.kernel import Kernel

pytestmark = pytest.mark.beyond_reference


@pytest.fixture
def control(gateway: Gateway, kernel: Kernel) -> Any:
    """The control socket of the gateway that runs the kernel."""
    with gateway.control() as connected:
        yield connected


@pytest.fixture
def session(control: Control, kernel: Kernel) -> str:
    """The gateway's id of the kernel, of which a client knows the connection file."""
    file = kernel.manager.connection_file
    listed = control.request("list")["kernels"]
    return next(str(each["id"]) for each in listed if each["connection_file"] == file)


def test_a_late_client_finds_what_runs_and_what_it_said(
    control: Control, session: str, kernel: Kernel, gate: Gate
) -> None:
    cell = kernel.send(f"print('in \\ud800', flush=True)\n{gate.wait}print('out')")
    cell.until_text("in")
    (running,) = control.request("executions", id=session)["executions"]
    assert running["msg_id"] == cell.msg_id
    assert running["state"] == "running"
    assert running["cell_id"] is None
    first = control.request("output", id=session, **{"from": running["from"]})
    assert first["lost"] == 0
    gate.open()
    cell.finish()
    assert control.request("executions", id=session)["executions"] == []
    second = control.request("output", id=session, **{"from": first["next"]})
    iopub = [e for e in first["entries"] + second["entries"] if e["channel"] == "iopub"]
    assert [entry["header"]["msg_id"] for entry in iopub] == [
        message["header"]["msg_id"] for message in cell.messages
    ]
    assert [entry["content"] for entry in iopub] == [m["content"] for m in cell.messages]


def test_a_log_keeps_the_latest(control: Control, session: str, kernel: Kernel) -> None:
    """Some megabytes of it; what is gone is counted."""
    kernel.run("for n in range(90): display('x' * 100_000)")
    kept = control.request("output", id=session, **{"from": 0})
    assert kept["lost"] > 0
    assert kept["entries"][0]["seq"] == kept["lost"]
    shown = [entry for entry in kept["entries"] if entry["msg_type"] == "display_data"]
    assert 30 <= len(shown) < 90
