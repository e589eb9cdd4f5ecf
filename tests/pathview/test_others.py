"""Sessions beside others: other doors to the same kernel, and calls beside the session's end."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.pathview.client import Page
from tests.support.served import Served, serving
from tests.support.v1 import Session
from tests.support.waiting import eventually, seconds

ENTRIES = 1000
"""Many more of a log's entries than are looked at together."""


def holding(page: Page, folder: Path) -> tuple[Session, str]:
    """Code of another door that runs until the file `go` is there."""
    other = Session(page.server, page.kernel())
    begun = folder / "begun"
    code = (
        "import pathlib, time\n"
        f"pathlib.Path({str(begun)!r}).touch()\n"
        f"while not pathlib.Path({str(folder / 'go')!r}).exists(): time.sleep(0.05)"
    )
    run = other.begin(code, "exec")
    eventually(begun.exists, 30, "it runs")
    return other, run


def left(page: Page) -> list[str]:
    """Kernels of its session."""
    kernels = page.server.call("GET", "api/kernels").json
    return [k["id"] for k in kernels if k["name"] == f"pathview:{page.session}"]


def its_time(page: Page) -> None:
    """Waits until the session is ended."""
    eventually(lambda: not left(page), 30, "its time")


def test_code_of_others_is_not_ended(page: Page, tmp_path: Path) -> None:
    page.exec("kept = 1")
    kernel = page.kernel()
    other, run = holding(page, tmp_path)
    assert page.fails("exec", {"id": "i", "code": "1"}, 504)["errorType"] == "timeout"
    assert page.kernel() == kernel
    (tmp_path / "go").touch()
    assert other.end(run)["state"] == "ok"
    assert page.eval("kept") == 1


def test_code_of_others_keeps_a_session(packages: Path, tmp_path: Path) -> None:
    options = ("--api=pathview", f"--packages-dir={packages}", "--session-ttl=6")
    with serving(*options) as server:
        page = Page(server)
        page.exec("kept = 1")
        other, run = holding(page, tmp_path)
        for _ in range(2):
            quiet = Page(server)
            quiet.exec("1")
            its_time(quiet)
        (tmp_path / "go").touch()
        assert other.end(run)["state"] == "ok"
        its_time(page)


def test_nothing_is_left_of_a_session_that_ends_beside_calls(
    server: Served, tmp_path: Path
) -> None:
    """Whatever comes first: calls are of the session that ends or of one after it."""
    page, mark = Page(server), tmp_path / "runs"
    code = f"import pathlib, time; pathlib.Path({str(mark)!r}).touch(); time.sleep(600)"
    with ThreadPoolExecutor(4) as pool:
        calls = [pool.submit(page.call, "exec", {"code": code}) for _ in range(3)]
        eventually(mark.exists, 30, "one runs")
        assert page.call("session", method="DELETE").status == 200
        for call in calls:
            assert call.result(timeout=seconds(60)).status in (400, 500)
    assert page.call("session", method="DELETE").status == 200
    assert left(page) == []


def test_nothing_is_left_of_a_session_that_ends_while_it_begins(server: Served) -> None:
    page = Page(server)
    with ThreadPoolExecutor(1) as pool:
        for _ in range(3):
            init = pool.submit(page.call, "init", {"packages": []})
            while not init.done():
                assert page.call("session", method="DELETE").status == 200
            assert init.result().status in (200, 500)
            assert page.call("session", method="DELETE").status == 200
            assert left(page) == []


def test_an_init_that_hangs_is_ended(packages: Path, tmp_path: Path) -> None:
    options = ("--api=pathview", f"--packages-dir={packages}", "--init-timeout=10")
    with serving(*options) as server:
        page = Page(server)
        (site,) = packages.glob("lib/python*/site-packages")
        module = site / "that_hangs.py"
        module.write_text("import time\ntime.sleep(600)\n")
        try:
            hangs = {"import": "that_hangs", "pip": "that_hangs", "required": True}
            reply = page.call("init", {"packages": [hangs]})
        finally:
            module.unlink()
        assert (reply.status, reply.json["error"]) == (500, "Worker unresponsive after 10s")
        eventually(lambda: not left(page), 30, "it is ended")
        assert page.eval("6 * 7") == 42


def test_what_others_say_does_not_hold_up_a_stream(page: Page) -> None:
    page.exec(
        "import time\nsaid = False\ndef step():\n    time.sleep(0.01)\n    return {'done': said}"
    )
    page.start()
    kernel = page.kernel()
    other = Session(page.server, kernel)
    told = other.run(
        f"from IPython.display import display\nfor n in range({ENTRIES}): display(n)\nsaid = True"
    )
    assert told["state"] == "ok"

    def idle() -> bool:
        state = page.server.call("GET", f"api/kernels/{kernel}").json["execution_state"]
        return bool(state == "idle")

    eventually(idle, 30, "the stream has ended")
    polls = 1
    while not page.poll()["done"]:
        polls += 1
    assert polls < 5, "each looks at all that is there"
