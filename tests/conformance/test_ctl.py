"""Group CTL: the control channel never waits for a cell."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support import processes, wire
from tests.support.gateway import Gateway
from tests.support.kernel import Kernel, started
from tests.support.waiting import eventually
from tests.support.wire import Client

pytestmark = pytest.mark.beyond_reference

BUSY = "print('busy', flush=True)\nwhile True: pass"
RUNNING = {
    "nothing": "print('busy', flush=True)",
    "a loop": BUSY,
    "input()": "print('busy', flush=True)\ninput()",
    "await": "print('busy', flush=True)\nimport asyncio; await asyncio.sleep(600)",
    "a child": "print('busy', flush=True)\nimport subprocess; subprocess.run(['sleep', '600'])",
}


@pytest.fixture
def own(way: str, gateway: Gateway) -> Iterator[tuple[Kernel, Client]]:
    """A kernel that the test may end, and a client of it."""
    with started(way) as kernel, wire.client(kernel.manager.get_connection_info()) as client:
        yield kernel, client


def test_control_answers_in_order_while_a_cell_runs(client: Client) -> None:
    cell = client.start(BUSY)
    cell.until_text("busy")
    asked = [client.send("kernel_info_request", channel="control") for _ in range(50)]
    asked.append(client.send("usage_request", channel="control"))
    for exchange in asked:
        exchange.finish()
        assert exchange.types == ["busy", "idle"]
    replied = [m.parent["msg_id"] for m in client.messages if m.channel == "control"]
    assert replied == [exchange.msg_id for exchange in asked]
    assert not cell.replies
    client.request("interrupt_request", channel="control")
    assert cell.finish().content["ename"] == "KeyboardInterrupt"


@pytest.mark.parametrize(
    ("msg_type", "content"),
    [
        ("execute_request", {"code": "1"}),
        ("inspect_request", {"code": "len", "cursor_pos": 1}),
        ("complete_request", {"code": "le", "cursor_pos": 2}),
        ("history_request", {"hist_access_type": "tail", "n": 1}),
        ("comm_info_request", {}),
        ("connect_request", {}),
        ("kernel_info_request", {}),
    ],
)
def test_control_takes_what_shell_takes(
    client: Client, msg_type: str, content: dict[str, object]
) -> None:
    asked = client.request(msg_type, content, channel="control")
    assert asked.content["status"] == "ok"
    assert asked.replies[0].channel == "control"


def test_control_takes_comm_messages(client: Client) -> None:
    comm_id = client.execute(
        "from comm import create_comm\nc = create_comm(target_name='t')\n"
        "c.on_msg(lambda m: print('heard', flush=True))\nc.comm_id"
    ).value.strip("'")
    content = {"comm_id": comm_id, "data": {}}
    sent = client.send("comm_msg", content, channel="control").finish(replied=False)
    assert sent.text() == "heard\n"


@pytest.mark.parametrize("running", RUNNING)
def test_shutdown_is_over_when_it_is_answered(own: tuple[Kernel, Client], running: str) -> None:
    kernel, client = own
    worker = kernel.worker_pid
    cell = client.start(RUNNING[running], allow_stdin=True)
    cell.until_text("busy")
    if running == "input()":
        cell.until(lambda e: e.asked, "question")
    asked = client.send("shutdown_request", {"restart": True}, channel="control")
    asked.until(lambda e: e.replies, "shutdown_reply")
    assert not processes.alive(worker)
    assert asked.content == {"status": "ok", "restart": True}
    eventually(lambda: not kernel.manager.is_alive(), 10, "the manager sees the end")
    assert kernel.exit_code() == 0


def test_interrupts_are_answered(client: Client) -> None:
    cell = client.start(BUSY)
    cell.until_text("busy")
    asked = client.request("interrupt_request", channel="control")
    assert asked.content == {"status": "ok"}
    assert asked.types == ["busy", "idle"]
    assert cell.finish().content["ename"] == "KeyboardInterrupt"
    assert client.request("interrupt_request", channel="control").content == {"status": "ok"}
    assert client.execute("import time; time.sleep(0.2); 1").value == "1"


def test_an_interrupt_ends_the_debugger_of_the_shell(client: Client) -> None:
    cell = client.start("import pdb; pdb.set_trace()", allow_stdin=True)
    behind = client.start("'next'", stop_on_error=False)
    cell.until(lambda e: e.asked, "pdb asks")
    client.request("interrupt_request", channel="control")
    cell.finish()
    behind.until(lambda e: e.idle, "the next cell is done")
    assert client.execute("'alive'").value == "'alive'"


def test_usage(client: Client, shared: Kernel) -> None:
    client.execute("import subprocess; child = subprocess.Popen(['sleep', '600'])")
    content = client.request("usage_request", channel="control").content
    assert content["pid"] == shared.worker_pid
    assert content["hostname"] == client.execute("import socket; socket.gethostname()").value.strip(
        "'"
    )
    assert content["cpu_count"] == int(client.execute("import psutil; psutil.cpu_count()").value)
    assert content["kernel_memory"] > 1_000_000
    before = content["kernel_memory"]
    client.execute("hoard = b'1' * 100_000_000")
    cell = client.start(BUSY)
    cell.until_text("busy")

    def memory_now() -> int:
        return int(client.request("usage_request", channel="control").content["kernel_memory"])

    # A look is at most a second old.
    eventually(lambda: memory_now() > before + 90_000_000, 10, "the memory of what is hoarded")
    eventually(
        lambda: client.request("usage_request", channel="control").content["kernel_cpu"] > 0,
        10,
        "processor time",
    )
    memory = client.request("usage_request", channel="control").content["host_virtual_memory"]
    assert memory["total"] > memory["available"] > 0
    client.request("interrupt_request", channel="control")
    cell.finish()
    client.execute("child.kill(); child.wait(); del hoard")


def test_unknown_control_requests_have_no_reply(client: Client) -> None:
    asked = client.send("odd_request", channel="control").finish(replied=False)
    client.settle()
    assert asked.types == ["busy", "idle"]
    assert asked.replies == []
