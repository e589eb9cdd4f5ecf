"""A Jupyter server whose kernels are ours: `jupyter server --gateway-url`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.pages.servers import Server, jupyter_server
from tests.serve.test_kernels_api import BUSY, PID
from tests.support import processes, tab
from tests.support.served import TOKEN, Served, serving
from tests.support.tab import Tab, rest
from tests.support.waiting import eventually


@pytest.fixture(scope="module", params=["jupyter", "kernel-gateway"])
def remote(request: pytest.FixtureRequest, root: Path) -> Iterator[Served]:
    """Where the kernels are, as each of the two servers that it can stand for."""
    with serving(
        f"--root-dir={root}",
        f"--personality={request.param}",
        "--list-kernels",
        "--base-url=/kernels/here",
    ) as running:
        yield running


@pytest.fixture(scope="module")
def notebook_server(remote: Served, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The server that its users see."""
    folder = tmp_path_factory.mktemp("notebooks")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JUPYTER_GATEWAY_AUTH_TOKEN", TOKEN)
        with jupyter_server(folder, folder / "log", f"--gateway-url={remote.url}") as running:
            yield running


@pytest.fixture
def page(notebook_server: Server) -> Iterator[Tab]:
    """A tab of that server with a kernel of its own."""
    with tab.opened(notebook_server, "provisioner") as opened:
        yield opened


def test_kernelspecs_and_their_logos(notebook_server: Server, remote: Served) -> None:
    there = remote.call("GET", "api/kernelspecs").json["kernelspecs"]
    here = rest(notebook_server, "GET", "kernelspecs")["kernelspecs"]
    assert set(here) == set(there)
    assert all(path.startswith("/kernelspecs/") for path in here["penstock"]["resources"].values())


def test_a_kernel_there_is_used_here(remote: Served, page: Tab) -> None:
    cell = page.run("print('hello'); 6 * 7")
    assert (cell.text(), cell.value) == ("hello\n", "42")
    asking = page.start("name = input('who? ')\nprint('hello', name)")
    page.answer(asking.question(), "Bhavani")
    assert asking.finish().text() == "hello Bhavani\n"
    assert page.kernel in [model["id"] for model in remote.call("GET", "api/kernels").json]
    assert page.model()["id"] == page.kernel


def test_interrupt(page: Tab) -> None:
    cell = page.start(BUSY).until_text("busy")
    page.act("interrupt")
    cell.finish()
    assert cell.reply
    assert cell.reply["ename"] == "KeyboardInterrupt"


def test_restart(page: Tab) -> None:
    before = int(page.value(PID))
    page.act("restart")
    assert not processes.alive(before)
    page.reconnect()
    assert page.run("6 * 7").value == "42"
    assert int(page.value(PID)) != before


def test_shutdown(remote: Served, notebook_server: Server, page: Tab) -> None:
    worker = int(page.value(PID))
    rest(notebook_server, "DELETE", f"kernels/{page.kernel}")
    assert not processes.alive(worker)
    assert remote.call("GET", f"api/kernels/{page.kernel}").status == 404


def test_a_session_of_a_notebook(remote: Served, notebook_server: Server) -> None:
    wanted = {"path": "x.ipynb", "name": "", "type": "notebook", "kernel": {"name": "penstock"}}
    session = rest(notebook_server, "POST", "sessions", wanted)
    kernel = session["kernel"]["id"]
    assert Tab(notebook_server, kernel).value("6 * 7") == "42"
    rest(notebook_server, "DELETE", f"sessions/{session['id']}")
    eventually(
        lambda: remote.call("GET", f"api/kernels/{kernel}").status == 404, 20, "the kernel is gone"
    )


def test_a_kernel_that_is_deleted_there_is_missed_here(
    remote: Served, notebook_server: Server
) -> None:
    kernel = rest(notebook_server, "POST", "kernels", {"name": "penstock"})["id"]
    assert remote.call("DELETE", f"api/kernels/{kernel}").status == 204
    eventually(
        lambda: kernel not in [one["id"] for one in rest(notebook_server, "GET", "kernels")],
        20,
        "it is not listed here either",
    )
