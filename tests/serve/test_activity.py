"""What counts as the use of a kernel (WS-38)."""

from __future__ import annotations

from tests.support.served import Served
from tests.support.tab import Message, Tab
from tests.support.waiting import eventually


def activity(server: Served, kernel: str) -> str:
    """When the kernel was last used."""
    return str(server.call("GET", f"api/kernels/{kernel}").json["last_activity"])


def ask(tab: Tab, channel: str, msg_type: str, content: Message) -> None:
    """Sends a request and reads to its reply and its idle."""
    reply = msg_type.replace("_request", "_reply")
    tab.send(msg_type, channel, content).until(lambda it: it.of(reply) and it.idle, reply)


def test_only_use_counts_as_use(server: Served, kernel: str) -> None:
    """Pages ask for these by themselves: a kernel of nobody must not look used for that."""
    tab = Tab(server.as_server(), kernel)
    tab.run("pass")
    before = activity(server, kernel)
    for channel, msg_type in [
        ("shell", "kernel_info_request"),
        ("shell", "comm_info_request"),
        ("control", "usage_request"),
    ]:
        ask(tab, channel, msg_type, {})
    tab.close()
    Tab(server.as_server(), kernel).close()
    eventually(
        lambda: server.call("GET", f"api/kernels/{kernel}").json["connections"] == 0,
        20,
        "both are gone",
    )
    assert activity(server, kernel) == before


def test_cells_questions_and_restarts_count(server: Served, kernel: str) -> None:
    tab = Tab(server.as_server(), kernel)
    seen = [activity(server, kernel)]
    tab.run("pass")
    seen.append(activity(server, kernel))
    ask(tab, "shell", "complete_request", {"code": "pri", "cursor_pos": 3})
    seen.append(activity(server, kernel))
    assert server.call("POST", f"api/kernels/{kernel}/restart").status == 200
    seen.append(activity(server, kernel))
    assert sorted(set(seen)) == seen
