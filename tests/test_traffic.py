"""A hundred thousand requests, with comms and completions between them: none missing, each in its
turn.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from tests.support.kernel import Kernel
from tests.support.subshells import create
from tests.support.traffic import Exchange, Traffic

REQUESTS = 100_000
COMM_EVERY = 20
COMPLETION_EVERY = 1000
SETUP = """
from comm import create_comm
seen, heard = [], []
echo = create_comm(target_name="echo")
def on_msg(message):
    heard.append(message["content"]["data"])
    echo.send(message["content"]["data"])
echo.on_msg(on_msg)
print(echo.comm_id)
"""


def requests(comm_id: str, widgets: str, second: str) -> Iterator[Exchange]:
    """Cells and cheap requests on two shells, comm messages on a third, completions between."""
    for i in range(REQUESTS):
        shell = None if i % 10 else second
        if i % 5 < 2:
            code = f"seen.append({i})" if shell is None else f"aside.append({i})"
            yield Exchange(shell, "execute_request", {"code": code, "silent": True})
        elif i % 5 == 2:
            yield Exchange(shell, "is_complete_request", {"code": f"for i in {i}:"})
        elif i % 5 == 3:
            yield Exchange(shell, "comm_info_request", {"target_name": "echo"})
        elif i % 100 == 4:
            yield Exchange(shell, "kernel_info_request", {})
        else:
            yield Exchange(shell, "comm_info_request", {})
        if not i % COMM_EVERY:
            yield Exchange(widgets, "comm_msg", {"comm_id": comm_id, "data": i})
        if not i % COMPLETION_EVERY:
            content = {"code": "see", "cursor_pos": 3}
            yield Exchange(None, "complete_request", content)


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.beyond_reference  # it is a matter of minutes there
def test_heavy_traffic_arrives_complete_and_in_order(kernel: Kernel, via: str) -> None:
    if via != "provisioner":
        pytest.skip("the way a kernel is started makes no difference to its traffic")
    comm_id = kernel.run(SETUP).text().strip()
    kernel.run("aside = []")
    widgets, second = create(kernel), create(kernel)
    kernel.client.stop_channels()  # it would have to read all of iopub
    with Traffic(dict(kernel.manager.get_connection_info())) as traffic:
        traffic.run(requests(comm_id, widgets, second))
    kernel.client = kernel.manager.blocking_client()
    kernel.client.start_channels()
    kernel.is_heard()
    sent = list(enumerate(traffic.exchanges))
    for shell in (None, widgets, second):
        expected = [n for n, e in sent if e.shell == shell and e.msg_type.endswith("_request")]
        assert [n for n in traffic.answered if traffic.exchanges[n].shell == shell] == expected
    comms = [e for _, e in sent if e.msg_type == "comm_msg"]
    assert [e.echo for e in comms] == [[e.content["data"]] for e in comms]
    for _, exchange in sent:
        if exchange.reply is not None:
            assert exchange.reply["status"] in ("ok", "incomplete"), exchange
    for name, shell in (("seen", None), ("aside", second)):
        codes = [e.content["code"] for _, e in sent if "code" in e.content and e.shell == shell]
        numbers = [int(c[len(name) + 8 : -1]) for c in codes if c.startswith(f"{name}.append(")]
        assert listed(kernel, name) == numbers
    assert listed(kernel, "heard") == [e.content["data"] for e in comms]


def listed(kernel: Kernel, name: str) -> list[int]:
    """A list of the kernel's; IPython would show its beginning only."""
    text = ast.literal_eval(kernel.value(f"repr({name})"))
    numbers: list[int] = ast.literal_eval(text)
    return numbers
