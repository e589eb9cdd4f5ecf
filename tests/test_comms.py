"""Comms carry data and bytes both ways, unchanged (spec: "Custom Messages")."""

from __future__ import annotations

import random

import pytest

from tests.support import comms
from tests.support.kernel import Kernel

#: A page's comm whose kernel side sends back what it gets, with the sizes that it saw.
ECHO = """
from comm import get_comm_manager

def opened(comm, message):
    def back(message):
        data, buffers = message["content"]["data"], message["buffers"]
        comm.send({"sizes": [len(b) for b in buffers], "said": data}, buffers=buffers)
    comm.on_msg(back)
    comm.send({"opened": message["content"]["data"]}, buffers=message["buffers"])

get_comm_manager().register_target("echo", opened)
"""
BYTES = (
    b"",
    bytes(range(256)),
    b"\x00",
    b"\xff\xfe\x00PSK" * 1000,
    random.Random(7).randbytes(3_000_001),
)


def test_buffers_come_back_byte_for_byte(kernel: Kernel) -> None:
    kernel.run(ECHO)
    opening = {"comm_id": "of-the-page", "target_name": "echo", "data": {"n": 1}}
    cell = comms.send(kernel, "comm_open", opening, BYTES)
    cell.until(lambda cell: cell.idle, "idle")
    (answer,) = [m for m in cell.messages if m["msg_type"] == "comm_msg"]
    assert answer["content"]["data"] == {"opened": {"n": 1}}
    assert comms.buffers(answer) == list(BYTES)
    cell = comms.tell(kernel, "of-the-page", {"text": "ρ水🌊", "none": None}, BYTES[::-1])
    (answer,) = [m for m in cell.messages if m["msg_type"] == "comm_msg"]
    assert answer["content"]["data"] == {
        "sizes": [len(b) for b in BYTES[::-1]],
        "said": {"text": "ρ水🌊", "none": None},
    }
    assert comms.buffers(answer) == list(BYTES[::-1])


def test_a_comm_of_the_kernel_is_listed_until_it_is_closed(kernel: Kernel) -> None:
    cell = kernel.run(
        "import array\nfrom comm import create_comm\n"
        "buffers = [b'abc', array.array('d', [1.5])]\n"
        "comm = create_comm('t', data={'a': 1}, metadata={'m': 2}, buffers=buffers)"
    )
    (opening,) = [m for m in cell.messages if m["msg_type"] == "comm_open"]
    assert opening["metadata"] == {"m": 2}
    assert comms.buffers(opening) == [b"abc", b"\x00\x00\x00\x00\x00\x00\xf8?"]
    comm_id = opening["content"]["comm_id"]
    assert listed(kernel, "t") == {comm_id: {"target_name": "t"}}
    assert listed(kernel, "u") == {}
    (closing,) = kernel.run("comm.close({'bye': 1})").of("comm_close")
    assert (closing["comm_id"], closing["data"]) == (comm_id, {"bye": 1})
    assert listed(kernel, None) == {}


def listed(kernel: Kernel, target: str | None) -> dict[str, dict[str, str]]:
    """The answer to comm_info_request."""
    reply = kernel.client.comm_info(target, reply=True, timeout=30)
    comms: dict[str, dict[str, str]] = reply["content"]["comms"]
    return comms


def test_an_unknown_target_is_closed_at_once(kernel: Kernel) -> None:
    opening = {"comm_id": "nobody's", "target_name": "unknown", "data": {}}
    cell = comms.send(kernel, "comm_open", opening).until(lambda cell: cell.idle, "idle")
    assert [content["comm_id"] for content in cell.of("comm_close")] == ["nobody's"]


def test_an_error_in_a_callback_is_shown_and_harms_nothing(kernel: Kernel) -> None:
    kernel.run(
        "from comm import create_comm\ncomm = create_comm('t', comm_id='mine')\n"
        "comm.on_msg(lambda message: print('heard') or 1 / 0)"
    )
    cell = comms.tell(kernel, "mine", {})
    assert cell.text() == "heard\n"
    assert "ZeroDivisionError" in cell.text("stderr") + str(cell.of("error"))
    kernel.assert_healthy()


def test_a_callback_runs_between_cells_in_order(kernel: Kernel) -> None:
    kernel.run(
        "from comm import create_comm\nheard = []\ncomm = create_comm('t', comm_id='mine')\n"
        "comm.on_msg(lambda message: heard.append(message['content']['data']['n']))"
    )
    for n in range(100):
        comms.send(kernel, "comm_msg", {"comm_id": "mine", "data": {"n": n}})
        if n % 10 == 0:
            kernel.send(f"heard.append('cell {n}')")
    expected = [part for n in range(100) for part in ([n, f"cell {n}"] if n % 10 == 0 else [n])]
    assert kernel.run("heard").result() == kernel.run(repr(expected)).result()


@pytest.mark.parametrize("module", ["ipykernel.comm", "comm"])
def test_both_modules_make_comms(kernel: Kernel, module: str) -> None:
    make = (
        "Comm(target_name='t', data={'a': 1})" if "." in module else "create_comm(target_name='t')"
    )
    cell = kernel.run(
        f"import {module} as module\ncomm = module.{make}\ncomm.on_msg(print)\n"
        "comm.send({'x': 1}, buffers=[b'12'])\n"
        "get_ipython().kernel.comm_manager.comms[comm.comm_id] is comm"
    )
    assert cell.status == "ok", cell.reply
    assert cell.result() == "True"
    assert [m["buffers"] for m in cell.messages if m["msg_type"] == "comm_msg"] == [[b"12"]]
    answer = comms.tell(kernel, cell.of("comm_open")[0]["comm_id"], {"from": "page"})
    assert "'data': {'from': 'page'}" in answer.text()
