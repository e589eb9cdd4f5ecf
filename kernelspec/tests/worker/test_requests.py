"""The other requests: complete, inspect, history, is_complete, comms, nonsense."""

from __future__ import annotations

import json

from testing_gateway import Gateway, Worker

from penstock.worker.frames import Frame, FrameType, encode


def test_complete(worker: Worker) -> None:
    worker.execute("a_name = 1")
    reply = worker.request("complete_request", {"code": "a_na", "cursor_pos": 4}).reply
    assert reply["status"] == "ok"
    assert reply["matches"] == ["a_name"]
    assert (reply["cursor_start"], reply["cursor_end"]) == (0, 4)
    (detail,) = reply["metadata"]["_jupyter_types_experimental"]
    assert detail["text"] == "a_name"
    assert {"start", "end", "type", "signature"} <= set(detail)
    code = "𨭎 = 10; 𨭎.bit_len"
    reply = worker.request("complete_request", {"code": code}).reply
    assert reply["matches"] == [".bit_length"] or reply["matches"] == ["bit_length"]
    assert reply["cursor_end"] == len(code)


def test_inspect(worker: Worker) -> None:
    reply = worker.request("inspect_request", {"code": "print", "cursor_pos": 3}).reply
    assert reply["found"]
    assert "Prints the values" in reply["data"]["text/plain"]
    content = {"code": "print", "cursor_pos": 3, "detail_level": 0, "omit_sections": ["docstring"]}
    short = worker.request("inspect_request", content).reply["data"]["text/plain"]
    assert len(short) < len(reply["data"]["text/plain"])
    reply = worker.request("inspect_request", {"code": "nope", "cursor_pos": 3}).reply
    assert reply == {"status": "ok", "found": False, "data": {}, "metadata": {}}


def test_is_complete(forked: Worker) -> None:
    for code, status in (("1", "complete"), ("for i in x:", "incomplete"), ("1 +* 2", "invalid")):
        reply = forked.request("is_complete_request", {"code": code}).reply
        assert reply["status"] == status
        assert ("indent" in reply) == (status == "incomplete")


def test_history_of_this_session(worker: Worker) -> None:
    worker.execute("a = 1")
    worker.execute("a + 1")
    content = {"hist_access_type": "range", "session": 0, "start": 1, "output": True, "raw": True}
    history = worker.request("history_request", content).reply["history"]
    assert history[:2] == [[0, 1, ["a = 1", None]], [0, 2, ["a + 1", "2"]]]
    content = {"hist_access_type": "tail", "n": 1, "output": False, "raw": True}
    (line,) = worker.request("history_request", content).reply["history"]
    assert line[1:] == [2, "a + 1"]
    content = {"hist_access_type": "search", "pattern": "a = *", "output": False, "raw": True}
    assert worker.request("history_request", content).reply["history"]
    content["hist_access_type"] = "odd"
    assert worker.request("history_request", content).reply["history"] == []
    assert worker.execute("In[1], Out[2], _, _i2").value == "('a = 1', 2, 2, 'a + 1')"


def test_history_sessions_count_up(gateway: Gateway, mode: str) -> None:
    code = "get_ipython().history_manager.session_number"
    first = int(gateway.start(mode).execute(code).value)
    assert int(gateway.start(mode).execute(code).value) == first + 1


def test_history_in_memory(gateway: Gateway, mode: str) -> None:
    worker = gateway.start(mode, args=["--HistoryManager.hist_file=:memory:"])
    code = "h = get_ipython().history_manager; h.session_number, str(h.hist_file)"
    assert worker.execute(code).value == "(1, ':memory:')"
    assert worker.execute("%history").text().startswith("h = get")
    assert worker.shutdown() == 0


def test_comms_both_ways_with_buffers(worker: Worker) -> None:
    result = worker.execute(
        "from comm import create_comm\n"
        "c = create_comm(target_name='t', data={'a': 1}, buffers=[b'\\0\\1', memoryview(b'')])\n"
        "c.on_msg(lambda m: c.send({'got': m['content']['data']}, buffers=m['buffers']))\n"
        "c.comm_id"
    )
    (opened,) = result.of("comm_open")
    assert opened.content["target_name"] == "t"
    assert opened.content["data"] == {"a": 1}
    assert opened.buffers == [b"\0\1", b""]
    comm_id = result.value.strip("'")
    reply = worker.request("comm_info_request", {}).reply
    assert reply["comms"] == {comm_id: {"target_name": "t"}}
    assert worker.request("comm_info_request", {"target_name": "x"}).reply["comms"] == {}
    content = {"comm_id": comm_id, "data": {"b": 2}}
    result = worker.request("comm_msg", content, buffers=[b"xyz", b""])
    assert result.type == ""
    (message,) = result.of("comm_msg")
    assert message.content["data"] == {"got": {"b": 2}}
    assert message.buffers == [b"xyz", b""]
    assert message.parent["msg_id"] == result.msg_id
    assert worker.request("comm_close", content).type == ""
    assert worker.request("comm_info_request", {}).reply["comms"] == {}


def test_comm_open_to_an_unknown_target_is_closed(forked: Worker) -> None:
    result = forked.request("comm_open", {"comm_id": "1", "target_name": "no", "data": {}})
    assert [m.type for m in result.of("comm_close")] == ["comm_close"]


def test_a_comm_callback_that_prints_or_is_interrupted(forked: Worker) -> None:
    forked.execute(
        "from comm import create_comm\nc = create_comm(target_name='t')\n"
        "def f(m):\n  print('in', flush=True)\n  while True: pass\nc.on_msg(f)"
    )
    comm_id = forked.execute("c.comm_id").value.strip("'")
    msg_id = forked.send("comm_msg", {"comm_id": comm_id, "data": {}})
    forked.until_text("in")
    forked.interrupt()
    result = forked.result(msg_id)
    assert result.type == ""
    assert [m.content["ename"] for m in result.of("error")]
    assert forked.execute("1").value == "1"


def test_a_request_that_cannot_be_served_gets_an_answer(forked: Worker) -> None:
    assert forked.request("no_such_request", {}).type == ""
    for kind in ("execute_request", "complete_request", "inspect_request"):
        result = forked.request(kind, {})
        assert result.reply["status"] == "error"
        assert result.reply["ename"] == "KeyError"
    forked.number += 1
    parts = [b"{", b"{}", b"{}", b"{}"]
    forked.data.sendall(encode(Frame(FrameType.REQUEST, 0, forked.number, 0, parts)))
    assert forked.result("").type == ""
    assert forked.execute("1", header={"extra": 2**60}).value == "1"


def test_execute_on_control(forked: Worker) -> None:
    assert forked.request("execute_request", {"code": "5"}, control=True).value == "5"


def test_unusual_values_are_encoded(forked: Worker) -> None:
    code = (
        "import datetime, numbers\n"
        "display({'x': {1, 2}, 'd': datetime.date(2020, 1, 2), 's': '\\ud800|\\ud83d\\ude00'},"
        " raw=True)\nprint('\\udcff ok')"
    )
    result = forked.execute(code)
    (shown,) = result.of("display_data")
    data = {"x": [1, 2], "d": "2020-01-02", "s": "\ufffd|\U0001f600"}
    assert shown.content["data"] == data
    assert result.text() == "\ufffd ok\n"
    json.dumps(shown.content).encode()
