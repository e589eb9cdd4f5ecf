"""Execute and evaluate beside Jupyter's cells."""

from __future__ import annotations

from typing import Any

import pytest
from testing_gateway import Worker
from testing_verbs import evaluate, execute


def test_execute(worker: Worker) -> None:
    result = execute(worker, "import sys\nx = 6\nprint('a')\nprint('b', file=sys.stderr)\nx * 7")
    assert result.type == "penstock_exec_reply"
    assert result.reply == {"status": "ok"}
    assert (result.text(), result.text("stderr")) == ("a\n", "b\n")
    assert {m.type for m in result.messages} == {"stream"}, "no execute_input, no result"
    assert all(m.parent["msg_id"] == result.msg_id for m in result.messages)
    assert evaluate(worker, "x * 7") == 42


def test_the_namespace_is_the_notebooks(worker: Worker) -> None:
    worker.execute("a = 1")
    execute(worker, "b = a + 1\ndef f(): return a + b\nclass C: pass")
    cell = worker.execute("f(), C.__module__, f.__globals__ is globals()")
    assert cell.value == "(3, '__main__', True)"


def test_nothing_of_ipythons_cells(forked: Worker) -> None:
    count = forked.execute("1").reply["execution_count"]
    execute(forked, "unseen = 1")
    assert evaluate(forked, "unseen") == 1
    assert execute(forked, "%pwd").reply["ename"] == "SyntaxError"
    assert execute(forked, "get_ipython().set_next_input('x')").reply == {"status": "ok"}
    after = forked.execute("In[-1], _")
    assert after.reply["execution_count"] == count + 1
    assert after.reply["payload"] == []
    assert after.value == "('In[-1], _', 1)"


def test_what_commands_and_c_code_write_is_in_order(worker: Worker) -> None:
    result = execute(worker, "import os\nprint('a', flush=True)\nos.system('echo b')\nprint('c')")
    assert result.all_text() == "a\nb\nc\n"


def test_logging_and_warnings(forked: Worker) -> None:
    code = "import logging, warnings\nlogging.warning('beware')\nwarnings.warn('old')"
    text = execute(forked, code).text("stderr")
    assert "beware" in text
    assert "UserWarning: old" in text


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("1 + 1", 2),
        ("  1 +  1\n", 2),
        ("(1,\n 2)", [1, 2]),
        ("'\\ud800 é'", "\ud800 é"),
        ("{'a': None, 2: True}", {"a": None, "2": True}),
        ("float('nan'), [float('inf'), {'x': -float('inf')}]", [None, [None, {"x": None}]]),
        ("['NaN', 'Infinity', 1e308, 2**70]", ["NaN", "Infinity", 1e308, 2**70]),
        ("range(3)", "range(0, 3)"),
    ],
)
def test_evaluate(forked: Worker, expression: str, value: Any) -> None:
    assert evaluate(forked, expression) == value


def test_values_without_a_form_in_json(forked: Worker) -> None:
    execute(forked, "class P:\n  x = float('nan')\n  def __str__(self): return 'P!'")
    assert evaluate(forked, "[P()]") == ["P!"]
    execute(forked, "def _to_json(o):\n  return {'x': o.x, 'is': o}")
    assert evaluate(forked, "_to_json and 1") == 1
    reply = forked.request("penstock_eval_request", {"expr": "P()"}).reply
    assert reply["ename"] == "ValueError", "it contains itself"
    execute(forked, "def _to_json(o): return {'x': o.x}")
    assert evaluate(forked, "[P(), P()]") == [{"x": None}] * 2
    reply = forked.request("penstock_eval_request", {"expr": "{(1, 2): 3}"}).reply
    assert reply["ename"] == "TypeError"


@pytest.mark.parametrize("expression", ["x = 1", "1 +", "", "import os", "a\0"])
def test_what_is_no_expression(forked: Worker, expression: str) -> None:
    reply = forked.request("penstock_eval_request", {"expr": expression}).reply
    assert reply["status"] == "error"
    assert reply["ename"] in ("SyntaxError", "ValueError")
    assert "penstock/worker" not in "\n".join(reply["traceback"])


def test_errors_show_the_users_lines(worker: Worker) -> None:
    reply = execute(worker, "def f():\n    return 1 / 0\nf()").reply
    assert (reply["status"], reply["ename"]) == ("error", "ZeroDivisionError")
    trace = "\n".join(reply["traceback"])
    assert "return 1 / 0" in trace
    assert "line 2, in f" in trace
    assert "penstock" not in trace
    # Another verb later: the function is still there, with its source.
    reply = worker.request("penstock_eval_request", {"expr": "f()"}).reply
    assert "return 1 / 0" in "\n".join(reply["traceback"])


@pytest.mark.parametrize("code", ["raise SystemExit(3)", "import sys; sys.exit()", "exit()"])
def test_the_end_is_an_error(worker: Worker, code: str) -> None:
    result = execute(worker, "kept = 1\n" + code)
    assert (result.reply["status"], result.reply["ename"]) == ("error", "SystemExit")
    assert result.flags == 0
    after = worker.execute("kept")
    assert (after.value, after.reply["payload"]) == ("1", [])


def test_other_ends(forked: Worker) -> None:
    for raised in ("KeyboardInterrupt", "GeneratorExit", "BaseException"):
        assert execute(forked, f"raise {raised}").reply["ename"] == raised
    assert evaluate(forked, "1") == 1


def test_input_without_stdin(forked: Worker) -> None:
    for code in ("input('? ')", "import getpass; getpass.getpass()"):
        reply = execute(forked, code).reply
        assert reply["ename"] == "StdinNotImplementedError"
        assert "does not support input" in reply["evalue"]
    assert evaluate(forked, "1") == 1


def test_input_with_stdin(forked: Worker) -> None:
    content = {"code": "name = input('? ')", "allow_stdin": True}
    msg_id = forked.send("penstock_exec_request", content)
    assert forked.result(msg_id, stdin=lambda _: "Ada").reply == {"status": "ok"}
    assert evaluate(forked, "name") == "Ada"


@pytest.mark.parametrize("code", ["while True: pass", "import time; time.sleep(600)"])
def test_a_time_limit(worker: Worker, code: str) -> None:
    result = execute(worker, "kept = 1\nprint('said')\n" + code, timeout_s=2)
    assert result.reply["ename"] == "TimeoutError"
    assert result.reply["evalue"] == "Execution timed out after 2s"
    assert result.text() == "said\n"
    assert "penstock/worker" not in "\n".join(result.reply["traceback"])
    assert evaluate(worker, "kept", timeout_s=30) == 1
    assert worker.execute("6 * 7").value == "42"


def test_code_that_holds_out_is_still_too_late(forked: Worker) -> None:
    code = (
        "import time\ntry:\n    time.sleep(600)\nexcept KeyboardInterrupt:\n"
        "    time.sleep(0.3)\n    print('cleaned up')"
    )
    result = execute(forked, code, timeout_s=2)
    assert result.reply["ename"] == "TimeoutError"
    assert result.text() == "cleaned up\n", "what ends it does not come again at once"
    stubborn = "for _ in range(2):\n  try:\n    time.sleep(600)\n  except BaseException: pass"
    assert execute(forked, stubborn, timeout_s=2).reply["ename"] == "TimeoutError"
    assert execute(forked, "x = 1", timeout_s=1e300).reply == {"status": "ok"}


def test_a_completion_does_not_wait_for_a_longer_limit(forked: Worker) -> None:
    """One thread watches both: it must wake up for the earlier end."""
    assert evaluate(forked, "1", timeout_s=600) == 1
    forked.execute(
        "class Slow:\n  def __dir__(self):\n    print('in', flush=True)\n    while True: pass\n"
        "  def _ipython_key_completions_(self): return dir(self)\ns = Slow()"
    )
    msg_id = forked.send("complete_request", {"code": "s['", "cursor_pos": 3})
    forked.until_text("in")
    number = forked.number
    forked.start("1")
    first, second = forked.take_replies(2)
    assert (first.content["number"], second.content["number"]) == (number, number + 1)
    assert first.content["content"]["status"] == "ok", msg_id


def test_an_interrupt(worker: Worker) -> None:
    msg_id = worker.send(
        "penstock_exec_request", {"code": "import time; print('go', flush=True); time.sleep(600)"}
    )
    worker.until_text("go")
    worker.interrupt()
    assert worker.result(msg_id).reply["ename"] == "KeyboardInterrupt"
    assert evaluate(worker, "1") == 1


@pytest.mark.parametrize(
    ("verb", "content"),
    [
        ("exec", {}),
        ("exec", {"code": 1}),
        ("eval", {"code": "1"}),
        ("eval", {"expr": "1", "timeout_s": 0}),
        ("eval", {"expr": "1", "timeout_s": "5"}),
        ("eval", {"expr": "1", "timeout_s": True}),
        ("stream", {"expr": None}),
        ("stream", {"expr": "1", "step_timeout_s": -1}),
    ],
)
def test_a_clients_mistake_is_told(forked: Worker, verb: str, content: dict[str, Any]) -> None:
    result = forked.request(f"penstock_{verb}_request", content)
    assert result.type == f"penstock_{verb}_reply"
    assert (result.reply["status"], result.reply["ename"]) == ("error", "ValueError")
    assert "must be" in result.reply["evalue"]
    assert (result.flags, forked.execute("1").value) == (0, "1")


def test_a_forked_child_does_not_answer(forked: Worker) -> None:
    assert execute(forked, "import os\npid = os.fork()").reply == {"status": "ok"}
    assert evaluate(forked, "os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])") == 0
