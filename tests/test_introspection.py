"""Completions and inspections that hang are given up, and the next cell runs."""

from __future__ import annotations

import pytest

from tests.support.kernel import Kernel
from tests.support.subshells import gather, send

pytestmark = pytest.mark.beyond_reference

HANGS = {
    "loop": "while True: pass",
    "sleep": "import time; time.sleep(600)",
    "lock": "import threading; lock = threading.Lock(); lock.acquire(); lock.acquire()",
    "stubborn": """
        import time
        try:
            time.sleep(600)
        except KeyboardInterrupt:
            time.sleep(600)""",
}
CLASS = """
class Hangs:
    def __dir__(self):
        {body}
    def __repr__(self):
        {body}
thing = Hangs()
"""


@pytest.mark.parametrize("hang", HANGS)
def test_a_completion_that_hangs_is_given_up(kernel: Kernel, hang: str) -> None:
    kernel.run(CLASS.format(body=HANGS[hang]))
    cells = [send(kernel, "complete_request", None, code="thing.", cursor_pos=6)]
    cells.append(kernel.send("'next'"))
    gather(*cells)
    assert cells[0].reply is not None
    content = cells[0].reply["content"]
    assert content["status"] == "ok"
    assert content["cursor_start"] == content["cursor_end"] == 6
    assert content["matches"] == []
    assert cells[1].result() == "'next'"
    kernel.assert_healthy()


def test_an_inspection_that_hangs_is_given_up(kernel: Kernel) -> None:
    kernel.run(CLASS.format(body=HANGS["sleep"]))
    cells = [send(kernel, "inspect_request", None, code="thing", cursor_pos=5)]
    cells.append(kernel.send("'next'"))
    gather(*cells)
    assert cells[0].reply is not None
    content = cells[0].reply["content"]
    assert (content["status"], content["found"], content["data"]) == ("ok", False, {})
    assert content["metadata"] == {"given_up": True}
    assert cells[1].result() == "'next'"
    kernel.run("class Quick:\n    answer = 42\nquick = Quick()")
    cell = send(kernel, "complete_request", None, code="quick.ans", cursor_pos=9)
    gather(cell)
    assert cell.reply is not None
    assert [match.rpartition(".")[2] for match in cell.reply["content"]["matches"]] == ["answer"]
