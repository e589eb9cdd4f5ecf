"""Execute requests: replies, outputs, errors, counts, payloads."""

from __future__ import annotations

from testing_gateway import Worker


def test_hello_tells_kernel_info(worker: Worker, mode: str) -> None:
    hello = worker.hello
    assert (hello["version"], hello["pid"], hello["start"]) == (1, worker.pid, mode)
    info = hello["kernel_info"]
    assert info["implementation"] == "ipython"
    assert info["language_info"]["name"] == "python"
    assert info["language_info"]["codemirror_mode"] == {"name": "ipython", "version": 3}
    assert info["banner"].startswith("Python ")
    assert info["supported_features"] == ["kernel subshells", "debugger"]
    assert info["debugger"] is True
    assert {"status", "protocol_version"}.isdisjoint(info)


def test_reply_of_a_good_cell(worker: Worker) -> None:
    result = worker.execute("print('hi', end=''); 6*7")
    assert result.type == "execute_reply"
    assert result.reply == {
        "status": "ok",
        "execution_count": 1,
        "user_expressions": {},
        "payload": [],
    }
    assert result.flags == 0
    assert [m.type for m in result.messages] == ["execute_input", "stream", "execute_result"]
    assert all(m.parent["msg_id"] == result.msg_id for m in result.messages)
    assert result.messages[0].content == {"code": "print('hi', end=''); 6*7", "execution_count": 1}
    assert result.messages[1].topic == b"stream.stdout"
    assert result.value == "42"
    assert result.messages[2].content["execution_count"] == 1
    metadata = result.metadata
    assert metadata["status"] == "ok"
    assert metadata["dependencies_met"] is True
    assert metadata["started"].endswith("Z")
    assert metadata["engine"]


def test_reply_of_a_failing_cell(worker: Worker) -> None:
    result = worker.execute("1/0")
    reply = result.reply
    assert (reply["status"], reply["ename"], reply["evalue"]) == (
        "error",
        "ZeroDivisionError",
        "division by zero",
    )
    assert reply["execution_count"] == 1
    assert reply["user_expressions"] == {}
    assert reply["engine_info"]["method"] == "execute"
    (error,) = result.of("error")
    assert set(error.content) == {"ename", "evalue", "traceback"}
    assert error.content["traceback"] == reply["traceback"]
    assert error.topic.endswith(b".error")
    assert result.flags == 1
    assert worker.execute("1/0", stop_on_error=False).flags == 0
    assert worker.execute("1/0", silent=True).flags == 0


def test_execution_counts(worker: Worker) -> None:
    counts = [
        worker.execute(code, **options).reply["execution_count"]
        for code, options in (
            ("1", {"store_history": False}),
            ("1", {}),
            ("2", {"silent": True}),
            ("3", {"store_history": False}),
            ("4", {}),
        )
    ]
    assert counts == [0, 1, 1, 1, 2]


def test_silent_publishes_no_input_and_no_result(forked: Worker) -> None:
    result = forked.execute("print('x'); 1", silent=True)
    assert [m.type for m in result.messages] == ["stream"]


def test_every_end_of_a_cell_gives_a_reply(forked: Worker) -> None:
    for code, ename in (
        ("def", "SyntaxError"),
        ("import asyncio; raise asyncio.CancelledError", "CancelledError"),
        ("await asyncio.sleep(0); raise KeyboardInterrupt", "KeyboardInterrupt"),
        ("raise SystemExit(3)", "SystemExit"),
        ("class E(Exception):\n  def __str__(self): raise ValueError\nraise E", "E"),
        ("x = '\x00'", "SyntaxError"),
    ):
        reply = forked.execute(code).reply
        assert reply["status"] == "error", code
        assert reply["ename"] in (ename, "ValueError"), code
    for code in ("", "   \n", "# nothing", "x = 1\n" * 20000):
        assert forked.execute(code).reply["status"] == "ok"


def test_error_while_showing_the_result_fails_the_cell(forked: Worker) -> None:
    code = "class R:\n  def __repr__(self): raise ValueError('no')\nR()"
    reply = forked.execute(code).reply
    assert (reply["status"], reply["ename"]) == ("error", "ValueError")
    code = "try: 1/0\nexcept Exception: get_ipython().showtraceback()"
    assert forked.execute(code).reply["status"] == "ok"


def test_user_expressions(forked: Worker) -> None:
    result = forked.execute("x = 3", user_expressions={"a": "x*2", "b": "nope"})
    values = result.reply["user_expressions"]
    assert values["a"]["data"]["text/plain"] == "6"
    assert values["a"]["status"] == "ok"
    assert values["b"]["ename"] == "NameError"
    assert forked.execute("1/0", user_expressions={"a": "1"}).reply["user_expressions"] == {}


def test_payloads(forked: Worker) -> None:
    reply = forked.execute("print?\nprint?").reply
    assert [p["source"] for p in reply["payload"]] == ["page"]
    reply = forked.execute("get_ipython().set_next_input('a')").reply
    assert reply["payload"] == [{"source": "set_next_input", "text": "a", "replace": False}]
    assert forked.execute("1").reply["payload"] == []


def test_exit_is_told_and_done(worker: Worker) -> None:
    result = worker.execute("exit()")
    assert result.reply["payload"][0]["source"] == "ask_exit"
    assert result.flags & 2
    assert worker.wait() == 0


def test_display_messages(forked: Worker) -> None:
    code = (
        "from IPython.display import *\n"
        "h = display(HTML('<b>'), display_id='d')\n"
        "h.update(HTML('<i>'))\nclear_output(wait=True)\n"
        "display({'image/png': b'abc', 'n': float('nan')}, raw=True)"
    )
    result = forked.execute(code)
    shown = [m for m in result.messages if m.type not in ("stream", "execute_input", "lane")]
    kinds = ["display_data", "update_display_data", "clear_output", "display_data"]
    assert [m.type for m in shown] == kinds
    assert shown[0].content["transient"] == {"display_id": "d"}
    assert shown[1].content["data"]["text/html"] == "<i>"
    assert shown[2].content == {"wait": True}
    assert shown[3].content["data"] == {"image/png": "YWJj", "n": "nan"}
    assert all(m.marker for m in shown)


def test_matplotlib_inline(worker: Worker) -> None:
    code = "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.get_backend()"
    result = worker.execute(code)
    assert result.reply["status"] == "ok", result.messages
    data = [m.content["data"] for m in result.of("display_data")]
    assert data
    assert data[-1]["image/png"].startswith("iVBORw0KG")
    assert "inline" in result.value
    assert worker.execute("%matplotlib inline").reply["status"] == "ok"


def test_cell_file_names(worker: Worker, base_env: dict[str, str]) -> None:
    traceback = "\n".join(worker.execute("1/0").reply["traceback"])
    assert "Cell" in traceback
    assert "In[1]" in traceback.replace(" ", "").replace("\x1b[32m", "")
    name = worker.execute("import inspect; inspect.currentframe().f_code.co_filename").value
    assert f"ipykernel_{worker.pid}" in name
    worker.execute("import os; os.environ['IPYKERNEL_CELL_NAME'] = '<cell>'")
    assert worker.execute("inspect.currentframe().f_code.co_filename").value == "'<cell>'"


def test_cell_id_reaches_ipython(forked: Worker) -> None:
    forked.execute(
        "get_ipython().events.register('pre_run_cell', lambda i: seen.append(i.cell_id))"
    )
    forked.execute("seen = []")
    forked.execute("1", metadata={"cellId": "abc"})
    assert forked.execute("seen[-2]").value == "'abc'"


def test_async_cells_tasks_and_context_variables(worker: Worker) -> None:
    worker.execute("import asyncio, contextvars; v = contextvars.ContextVar('v', default=0)")
    assert worker.execute("v.set(1); await asyncio.sleep(0); v.set(2); v.get()").value == "2"
    assert worker.execute("v.get()").value == "2"
    worker.execute("v.set(3)")
    assert worker.execute("v.get()").value == "3"
    worker.execute("done = asyncio.Event()\nasync def f():\n  done.set()\n  return 5")
    worker.execute("t = asyncio.create_task(f())")
    assert worker.execute("await done.wait(); await t").value == "5"
    failing = worker.execute("await asyncio.sleep(0); 1/0").reply
    assert failing["ename"] == "ZeroDivisionError"


def test_task_output_belongs_to_the_cell_that_made_it(forked: Worker) -> None:
    forked.execute("import asyncio\ngo = asyncio.Event()\nfin = asyncio.Event()")
    first = forked.execute(
        "async def f():\n  await go.wait()\n  print('task')\n  fin.set()\n"
        "t = asyncio.create_task(f())"
    )
    second = forked.execute("go.set(); await fin.wait(); print('cell')")
    streams = {m.content["text"]: m.parent["msg_id"] for m in second.of("stream")}
    assert streams == {"task\n": first.msg_id, "cell\n": second.msg_id}


def test_libraries_recognise_the_kernel(worker: Worker) -> None:
    worker.execute("ip = get_ipython(); import sys, zmq, ipykernel.kernelbase as kb")
    for code, value in (
        ("type(ip).__name__", "'ZMQInteractiveShell'"),
        ("'IPKernelApp' in ip.config", "True"),
        ("ip.kernel is kb.Kernel.instance()", "True"),
        ("ip.kernel.get_parent()['header']['msg_type']", "'execute_request'"),
        ("sys.modules['__main__'].__dict__ is ip.user_ns", "True"),
        ("len(zmq.Context._instance and [1] or [])", "0"),
        ("'debugpy' in sys.modules", "False"),
        ("sys.stdout.isatty(), sys.stdout.fileno(), sys.stderr.fileno()", "(False, 1, 2)"),
    ):
        assert worker.execute(code).value == value, code


def test_an_error_aborts_what_was_sent_before_its_reply_was_seen(worker: Worker) -> None:
    worker.start("1 / 0")
    worker.start("ran = True")
    worker.send("is_complete_request", {"code": "1"})
    replies = worker.take_replies(3)
    assert [m.content["content"]["status"] for m in replies] == ["error", "aborted", "complete"]
    assert replies[1].content["msg_type"] == "execute_reply"
    assert replies[1].metadata["status"] == "aborted"
    # This one was sent after the reply of the failed one was seen.
    assert worker.execute("'ran' in globals()").value == "False"


def test_without_stop_on_error_nothing_is_aborted(worker: Worker) -> None:
    worker.start("1 / 0", stop_on_error=False)
    worker.start("ran = True")
    replies = worker.take_replies(2)
    assert [m.content["content"]["status"] for m in replies] == ["error", "ok"]
