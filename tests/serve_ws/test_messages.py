"""Messages over both protocols: byte for byte, of any size, to whom they belong."""

from __future__ import annotations

import os

import pytest

from tests.serve_ws import frames
from tests.serve_ws.client import Tab, of_type, parent, reply, state, text
from tests.serve_ws.server import Server

LARGE = 50_000_000
TEXT = 5_000_000
idle = state("idle")

ECHO = """
from comm import create_comm
def answer(message):
    comm.send(data=message["content"]["data"], buffers=message["buffers"])
comm = create_comm("echo")
comm.on_msg(answer)
print(comm.comm_id)
"""


def test_a_cell_between_busy_and_idle(tab: Tab) -> None:
    found = tab.run("print('hello'); 6 * 7")
    kinds = [m["header"]["msg_type"] for m in found if m["channel"] == "iopub"]
    assert kinds == ["status", "execute_input", "stream", "execute_result", "status"]
    assert reply(found)["status"] == "ok"
    assert text(found) == "hello\n"


def test_buffers_come_back_byte_for_byte(tab: Tab) -> None:
    comm = text(tab.run(ECHO)).strip()
    buffers = [b"", os.urandom(1000), bytes(range(256)), b"\0" * 7]
    sent = tab.send("comm_msg", {"comm_id": comm, "data": {"n": 1}}, buffers=buffers)
    found = tab.until(lambda m: m["header"]["msg_type"] == "comm_msg")[-1]
    assert parent(found) == sent
    assert found["buffers"] == buffers
    assert found["content"]["data"] == {"n": 1}


def test_fifty_megabytes_each_way(tab: Tab) -> None:
    comm = text(tab.run(ECHO)).strip()
    blob = os.urandom(LARGE)
    tab.send("comm_msg", {"comm_id": comm, "data": {}}, buffers=[blob])
    found = tab.until(lambda m: m["header"]["msg_type"] == "comm_msg")[-1]
    assert found["buffers"] == [blob]


def test_a_long_text(tab: Tab) -> None:
    found = tab.run(f"x = 'é' * {TEXT}; print(x)")
    assert text(found) == "é" * TEXT + "\n"


@pytest.mark.parametrize(
    ("written", "value"),
    [("1e400", "inf"), ("1e5", "100000.0"), ("12345678901234567890123", "12345678901234567890123")],
)
def test_values_are_relayed_as_they_are_written(tab: Tab, written: str, value: str) -> None:
    tab.run(ECHO.replace("comm.send", "print(message['content']['data']['v']) #"))
    comm = tab.evaluate("comm.comm_id").strip("'")
    message = tab.message("comm_msg", {"comm_id": comm, "data": {"v": "VALUE"}})
    frame = frames.encode(tab.protocol, message)
    if isinstance(frame, str):
        tab.send_frame(frame.replace('"VALUE"', written))
    else:
        parts = frames.split_v1(frame)
        tab.send_frame(frames.join_v1([p.replace(b'"VALUE"', written.encode()) for p in parts]))
    found = tab.until(lambda m: parent(m) == message["header"]["msg_id"] and idle(m))
    assert text(found) == value + "\n"


def test_lone_surrogates_come_as_valid_json(tab: Tab) -> None:
    found = tab.run("print('a\\ud800b'); '\\udfff'")
    assert text(found).startswith("a")
    assert reply(found)["status"] == "ok"


def test_two_clients_share_outputs_and_keep_their_replies(server: Server, kernel: str) -> None:
    with Tab(server, kernel) as one, Tab(server, kernel, protocol=None) as two:
        first = one.execute("print('from one')")
        ones = one.results(first)
        second = two.execute("print('from two')")
        twos = two.results(second)
        ones += one.until(lambda m: parent(m) == second and idle(m))
    assert [parent(m) for m in ones if m["channel"] == "shell"] == [first]
    assert [parent(m) for m in twos if m["channel"] == "shell"] == [second]
    assert text(ones) == "from one\nfrom two\n"


def test_who_comes_while_a_cell_runs_is_told(
    server: Server, kernel: str, protocol: str | None
) -> None:
    with Tab(server, kernel) as one:
        cell = one.execute("input()", allow_stdin=True)
        question = one.until(lambda m: m["channel"] == "stdin")[-1]
        with Tab(server, kernel, protocol=protocol) as two:
            told = two.next()
            assert (parent(told), told["header"]["msg_type"]) == (cell, "status")
            assert told["content"] == {"execution_state": "busy"}
            header = question["header"]
            one.send("input_reply", {"value": ""}, channel="stdin", parent_header=header)
            kinds = [m["header"]["msg_type"] for m in two.until(lambda m: idle(m))]
            assert kinds == ["execute_result", "status"]
        with Tab(server, kernel) as three:
            assert three.evaluate("6 * 7") == "42"


@pytest.mark.parametrize(
    ("msg_type", "content", "channel"),
    [
        ("kernel_info_request", {}, "shell"),
        ("usage_request", {}, "control"),
        ("interrupt_request", {}, "control"),
        ("create_subshell_request", {}, "control"),
        ("list_subshell_request", {}, "control"),
    ],
)
def test_without_a_channel_the_type_tells(
    server: Server, kernel: str, msg_type: str, content: dict[str, str], channel: str
) -> None:
    with Tab(server, kernel, protocol=None) as tab:
        tab.run("pass")
        message = tab.message(msg_type, content)
        del message["channel"], message["buffers"]
        tab.send_frame(frames.encode(None, message))
        found = tab.results(message["header"]["msg_id"])
    answers = [m for m in found if m["channel"] != "iopub"]
    assert [m["channel"] for m in answers] == [channel]


def test_input_is_asked_for_and_answered(tab: Tab) -> None:
    sent = tab.execute("print(input('name: '))", allow_stdin=True)
    question = tab.until(lambda m: m["channel"] == "stdin")[-1]
    assert question["content"]["prompt"] == "name: "
    further = {"channel": "stdin", "parent_header": question["header"]}
    tab.send("input_reply", {"value": "ada"}, **further)
    found = tab.results(sent)
    assert text(found) == "ada\n"


def test_an_interrupt_passes_the_cell(tab: Tab) -> None:
    sent = tab.execute("print('in', flush=True)\nwhile True: pass")
    tab.until(lambda m: m["header"]["msg_type"] == "stream")
    asked = tab.send("interrupt_request", {}, channel="control")
    found = tab.until(lambda m: m["channel"] == "shell")
    assert [parent(m) for m in found if m["channel"] == "control"] == [asked]
    assert parent(found[-1]) == sent
    assert found[-1]["content"]["ename"] == "KeyboardInterrupt"


def test_the_debugger_answers_on_control(tab: Tab) -> None:
    tab.run("pass")
    ask = {"seq": 1, "type": "request", "command": "debugInfo"}
    sent = tab.send("debug_request", ask, channel="control")
    found = tab.results(sent)
    assert reply(found)["body"]["isStarted"] is False
    assert of_type(found, "debug_reply")[0]["channel"] == "control"
