"""A stream of values on a server: the kernel counts as busy, and whoever comes back reads on."""

from __future__ import annotations

import json

from tests.serve.test_culling import kernels
from tests.serve.test_kernels_api import idle
from tests.support.served import Served, serving
from tests.support.tab import Tab, TabCell
from tests.support.waiting import eventually

COUNTING = "import itertools, time\nnumbers = itertools.count(1)\n"
STEP = "{'result': (time.sleep(0.01), next(numbers))[1]}"


def streaming(tab: Tab) -> TabCell:
    """A stream that counts and has sent some values."""
    tab.run(COUNTING)
    stream = tab.send("penstock_stream_request", "shell", {"expr": STEP})
    return stream.until(lambda it: len(it.of("penstock_stream_data")) > 2, "values")


def counted(stream: TabCell) -> list[int]:
    """The values that have come."""
    return [json.loads(part["value"])["result"] for part in stream.of("penstock_stream_data")]


def test_a_kernel_with_a_stream_is_busy(server: Served, kernel: str) -> None:
    tab = Tab(server.as_server(), kernel)
    stream = streaming(tab)
    assert server.call("GET", f"api/kernels/{kernel}").json["execution_state"] == "busy"
    other = Tab(server.as_server(), kernel)
    seen = TabCell(other, stream.msg_id).until(lambda it: it.of("status"), "what runs")
    assert seen.of("status")[0] == {"execution_state": "busy"}
    rows = server.call("GET", "api/penstock/status").json["kernels"]
    (row,) = [row for row in rows if row["id"] == kernel]
    assert row["running"]["line"] == STEP
    taken = int(other.run("next(numbers)").value)
    stream.until(lambda it: counted(it)[-1] > taken, "values after the cell's")
    assert server.call("POST", f"api/kernels/{kernel}/interrupt", b"").status == 204
    stream.until(lambda it: it.idle, "its end")
    assert stream.of("penstock_stream_done") == [{"reason": "interrupted"}]
    numbers = counted(stream)
    assert numbers == [n for n in range(1, numbers[-1] + 1) if n != taken]
    idle(server, kernel)
    other.close()
    tab.close()


def test_a_stream_with_a_pace_waits_to_be_read(server: Served, kernel: str) -> None:
    tab = Tab(server.as_server(), kernel)
    tab.run(COUNTING)
    stream = tab.send("penstock_stream_request", "shell", {"expr": "next(numbers)", "pace": 3})
    stream.until(lambda it: len(it.of("penstock_stream_data")) == 3, "all that may be unread")
    assert tab.run("next(numbers)").value == "4"
    read = tab.send("penstock_stream_read", "control", {"stream": stream.msg_id, "number": 2})
    stream.until(lambda it: len(it.of("penstock_stream_data")) == 5, "two more")
    assert tab.run("next(numbers)").value == "7"
    stop = tab.send("penstock_stream_stop_request", "control", {})
    stream.until(lambda it: it.idle, "its end")
    stop.until(lambda it: it.idle, "the answer")
    assert not read.messages, "nothing is said of it"
    numbers = [int(part["value"]) for part in stream.of("penstock_stream_data")]
    assert numbers == [1, 2, 3, 5, 6]
    assert stream.of("penstock_stream_done") == [{"reason": "stopped"}]
    tab.close()


def test_a_restart_on_the_server_ends_the_stream(server: Served, kernel: str) -> None:
    tab = Tab(server.as_server(), kernel)
    stream = streaming(tab)
    assert server.call("POST", f"api/kernels/{kernel}/restart").status == 200
    stream.until(lambda it: it.idle, "its end")
    assert stream.of("penstock_stream_done") == [{"reason": "stopped"}]
    assert tab.run("6 * 7").value == "42"
    tab.close()


def test_a_kernel_with_a_stream_is_not_culled() -> None:
    with serving("--cull-idle-timeout=5", "--cull-interval=1") as server:
        streams = server.kernel()
        tab = Tab(server.as_server(), streams)
        tab.run("import time")
        content = {"expr": "time.sleep(600)"}
        tab.send("penstock_stream_request", "shell", content).until(
            lambda it: it.of("penstock_stream_reply"), "its start"
        )
        tab.close()
        quiet = server.kernel()
        eventually(lambda: quiet not in kernels(server), 30, "the end of the idle kernel")
        assert kernels(server) == {streams}
