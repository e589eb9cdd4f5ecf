"""Comm messages beside a running cell: through a subshell they do not wait for it."""

from __future__ import annotations

import pytest

from tests.support.kernel import Kernel
from tests.support.subshells import create, execute, gather, send

SETUP = """
import asyncio, threading
from comm import create_comm
events = []
arrived = threading.Event()
def on_msg(message):
    name = message["content"]["data"]
    events.append(name)
    print("got", name)
    arrived.set()
widget = create_comm(target_name="t")
widget.on_msg(on_msg)
print(widget.comm_id)
"""


@pytest.fixture
def comm_id(kernel: Kernel) -> str:
    """A comm that the main shell has opened."""
    return kernel.run(SETUP).text().strip()


@pytest.mark.beyond_reference  # since 7.4 ipykernel brings it to the shell that last used the comm
def test_a_comm_message_through_a_subshell_does_not_wait(kernel: Kernel, comm_id: str) -> None:
    subshell = create(kernel)
    cell = execute(kernel, None, "print('on', flush=True)\nheard = arrived.wait(60)\nheard")
    cell.until_text("on")
    asked = send(kernel, "comm_info_request", subshell)
    message = send(kernel, "comm_msg", subshell, comm_id=comm_id, data="a")
    gather(message, replies=False)
    assert message.text() == "got a\n"
    gather(cell, asked)
    assert cell.result() == "True"
    assert asked.reply is not None
    assert asked.reply["content"]["comms"] == {comm_id: {"target_name": "t"}}


def test_a_comm_message_to_the_main_shell_waits_for_a_computing_cell(
    kernel: Kernel, comm_id: str
) -> None:
    cell = execute(
        kernel, None, "print('on', flush=True)\narrived.wait(0.5)\nevents.append('cell')"
    )
    cell.until_text("on")
    message = send(kernel, "comm_msg", None, comm_id=comm_id, data="a")
    gather(cell)
    gather(message, replies=False)
    assert kernel.value("events") == "['cell', 'a']"


AWAIT = """
answer = asyncio.get_running_loop().create_future()
def on_msg(message):
    answer.set_result((message["content"]["data"], threading.current_thread().name))
    print("in the callback")
widget.on_msg(on_msg)
widget.send("?")
asyncio.get_running_loop().call_soon(lambda: print("on", flush=True))  # when it awaits
await asyncio.wait_for(answer, 60)
"""


@pytest.mark.parametrize("way", ["main shell", "subshell"])
def test_an_awaiting_cell_gets_the_comm_message_it_waits_for(
    kernel: Kernel, comm_id: str, way: str
) -> None:
    subshell = create(kernel) if way == "subshell" else None
    cell = execute(kernel, None, AWAIT)
    cell.until_text("on")
    send(kernel, "comm_msg", subshell, comm_id=comm_id, data="yes")
    gather(cell)
    assert cell.result() == "('yes', 'MainThread')"
    assert cell.text() == "on\n", "what the callback prints is the message's"


@pytest.mark.beyond_reference
def test_a_comm_message_that_an_awaiting_cell_took_is_done_in_its_turn(
    kernel: Kernel, comm_id: str
) -> None:
    cell = execute(kernel, None, AWAIT)
    cell.until_text("on")
    behind = execute(kernel, None, "'behind'")
    message = send(kernel, "comm_msg", None, comm_id=comm_id, data="yes")
    last = execute(kernel, None, "'last'")
    gather(cell, behind, last)
    gather(message, replies=False)
    assert [c.result() for c in (behind, last)] == ["'behind'", "'last'"]
    assert [m["execution_state"] for m in message.of("status")] == ["busy", "idle"]
    kernel.assert_healthy()


@pytest.mark.beyond_reference
def test_threads_print_into_their_cell_while_widgets_talk(kernel: Kernel, comm_id: str) -> None:
    subshell = create(kernel)
    cell = execute(
        kernel,
        None,
        "def late():\n    arrived.wait(60)\n    print('from the thread')\n"
        "thread = threading.Thread(target=late)\nthread.start()\n"
        "print('on', flush=True)\nthread.join()",
    )
    cell.until_text("on")
    message = send(kernel, "comm_msg", subshell, comm_id=comm_id, data="a")
    gather(message, replies=False)
    gather(cell)
    assert cell.text() == "on\nfrom the thread\n"
    assert message.text() == "got a\n"
