"""The routes that penstock.jupyter.log adds to a Jupyter server: kernels of its own, and those of a
`penstock serve` behind it.
"""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest

from tests.pages.servers import Server, jupyter_server
from tests.support import tab
from tests.support.gateway import Gateway
from tests.support.served import TOKEN, serving
from tests.support.tab import Tab, rest
from tests.support.waiting import eventually, seconds

WAITS = "print('in', flush=True)\ninput('? ')\nprint('out')"


@pytest.fixture(scope="module", params=["local", "remote"])
def server(
    request: pytest.FixtureRequest, gateway: Gateway, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """A Jupyter server with kernels of either kind."""
    folder = tmp_path_factory.mktemp("server")
    if request.param == "local":
        with jupyter_server(folder, folder / "log") as running:
            yield running
        return
    with serving(f"--root-dir={folder}") as remote, pytest.MonkeyPatch.context() as patch:
        patch.setenv("JUPYTER_GATEWAY_AUTH_TOKEN", TOKEN)
        options = (f"--gateway-url={remote.url}",)
        with jupyter_server(folder, folder / "log", *options) as running:
            yield running


@pytest.fixture
def page(server: Server) -> Iterator[Tab]:
    """A tab with a kernel of its own."""
    with tab.opened(server, "provisioner") as opened:
        yield opened


def ask(page: Tab, path: str, *, kernel: str | None = None, token: bool = True) -> Any:
    """The answer of one of the routes."""
    headers = {"Authorization": f"token {page.server.token}"} if token else {}
    url = f"{page.server.url}penstock/api/kernels/{kernel or page.kernel}/{path}"
    request = urllib.request.Request(url, headers=headers)
    with urllib.request.urlopen(request, timeout=seconds(30)) as answer:
        return json.load(answer)


def refusal(*arguments: Any, **options: Any) -> int:
    """The status of an answer that is an error."""
    with pytest.raises(urllib.error.HTTPError) as refused:
        ask(*arguments, **options)
    refused.value.close()
    return refused.value.code


def ended(page: Tab) -> list[dict[str, Any]]:
    """The last execution of each cell, without its time."""
    told = ask(page, "executions")["ended"]
    assert all(one.pop("at").endswith("Z") for one in told)
    return list(told)


def in_flight(page: Tab) -> list[dict[str, Any]]:
    """The executions in flight."""
    return list(ask(page, "executions")["executions"])


def test_cells_in_flight_and_what_they_said(page: Tab) -> None:
    page.run("print('before')")
    assert in_flight(page) == []
    cell = page.start(WAITS, {"cellId": "first"})
    question = cell.until_text("in").question()
    behind = page.start("6 * 7", {"cellId": "second"})
    eventually(lambda: len(in_flight(page)) == 2, 10, "both are known")
    running, waiting = in_flight(page)
    session = question["parent_header"]["session"]
    assert running == {
        "msg_id": cell.msg_id,
        "cell_id": "first",
        "session": session,
        "state": "running",
        "from": running["from"],
    }
    assert (waiting["msg_id"], waiting["cell_id"]) == (behind.msg_id, "second")
    assert waiting["state"] == "waiting"
    assert ended(page) == []
    log = ask(page, f"log?from={running['from']}")
    assert {entry["parent_id"] for entry in log["entries"]} == {cell.msg_id}
    assert [entry["msg_type"] for entry in log["entries"]] == ["status", "execute_input", "stream"]
    assert log["lost"] == 0
    page.answer(question, "go on")
    behind.finish()
    eventually(lambda: not in_flight(page), 10, "both are done")
    first, second = ended(page)
    del running["state"]
    assert first == running
    assert (second["msg_id"], second["cell_id"]) == (behind.msg_id, "second")
    rest_of_it = ask(page, f"log?from={log['next']}")["entries"]
    said = [entry for entry in log["entries"] + rest_of_it if entry["msg_type"] == "stream"]
    assert "".join(entry["content"]["text"] for entry in said) == "in\nout\n"
    shown = [m for m in page.messages if m["channel"] == "iopub"]
    told = {entry["msg_id"]: entry["content"] for entry in ask(page, "log")["entries"]}
    assert all(told[m["header"]["msg_id"]] == m["content"] for m in shown if m["parent_header"])
    assert not any(entry["msg_type"] == "execute_reply" for entry in rest_of_it)
    assert not any(entry["msg_type"] == "input_request" for entry in rest_of_it)


def test_a_restart_leaves_nothing_in_flight(page: Tab) -> None:
    page.start(WAITS, {"cellId": "first"}).until_text("in")
    page.act("restart")
    page.reconnect()
    assert in_flight(page) == []
    page.start("6 * 7", {"cellId": "second"}).finish()
    assert ended(page)[-1]["cell_id"] == "second"


def test_who_may_not_read_is_refused(page: Tab) -> None:
    assert refusal(page, "log", token=False) == 403
    assert refusal(page, "executions", token=False) == 403
    assert refusal(page, "log", kernel="0" * 8) == 404
    assert refusal(page, "executions", kernel="0" * 8) == 404
    assert refusal(page, "log?from=-1") == 400


def test_a_kernel_of_another_kind_has_none_here(server: Server, page: Tab) -> None:
    kernel = rest(server, "POST", "kernels", {"name": "python3"})["id"]
    try:
        assert ask(page, "executions", kernel=kernel)["executions"] == []
    finally:
        rest(server, "DELETE", f"kernels/{kernel}")
