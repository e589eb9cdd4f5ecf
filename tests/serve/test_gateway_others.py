"""Kernels that others have started, in the pages of `jupyter server --gateway-url`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.pages.servers import Server, jupyter_server
from tests.support.served import TOKEN, Served, serving
from tests.support.tab import Tab, rest
from tests.support.waiting import eventually

STEP = "n = 0\ndef step():\n    global n\n    n += 1\n    return n"


def listed(server: Server) -> set[str]:
    """Ids of the kernels that a server's pages show."""
    return {model["id"] for model in rest(server, "GET", "kernels")}


def there(remote: Served) -> set[str]:
    """Ids of the kernels that run."""
    return {model["id"] for model in remote.call("GET", "api/kernels").json}


@pytest.fixture
def remote(monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    """The server that has the kernels."""
    monkeypatch.setenv("JUPYTER_GATEWAY_AUTH_TOKEN", TOKEN)
    with serving() as running:
        yield running


@pytest.fixture
def session(remote: Served) -> str:
    """What a program has started there."""
    return str(remote.call("POST", "api/v1/sessions", {}).json["id"])


def test_a_session_made_over_http_is_used_and_outlives_the_server(
    tmp_path: Path, remote: Served, session: str
) -> None:
    path = f"api/v1/sessions/{session}"
    body = {"code": STEP, "mode": "exec", "wait_s": 30}
    assert remote.call("POST", f"{path}/executions", body).json["state"] == "ok"
    stream = remote.call("POST", f"{path}/streams", {"expr": "step()"}).json["id"]
    with jupyter_server(tmp_path, tmp_path / "log", f"--gateway-url={remote.url}") as server:
        own = rest(server, "POST", "kernels", {"name": "penstock"})["id"]
        assert listed(server) == {own, session} == there(remote)
        with closing(Tab(server, session)) as page:
            assert page.run("print(n > 0)").text() == "True\n"
        gone = remote.call("POST", "api/v1/sessions", {}).json["id"]
        assert listed(server) == {own, session, gone}
        assert remote.call("DELETE", f"api/v1/sessions/{gone}").status == 204
        assert listed(server) == {own, session}
        model = remote.call("GET", f"{path}/streams/{stream}").json
        assert model["state"] == "running"
    eventually(lambda: there(remote) == {session}, 30, "the server's own kernel has ended")
    model = remote.call("POST", f"{path}/streams/{stream}/stop?wait_s=30", {}).json
    assert model["state"] == "ok"


def test_a_page_may_end_what_others_have_started(
    tmp_path: Path, remote: Served, session: str
) -> None:
    with jupyter_server(tmp_path, tmp_path / "log", f"--gateway-url={remote.url}") as server:
        assert listed(server) == {session}
        rest(server, "DELETE", f"kernels/{session}")
        assert listed(server) == set() == there(remote)


def test_what_others_have_started_is_not_culled_here(
    tmp_path: Path, remote: Served, session: str
) -> None:
    culling = (
        "--MappingKernelManager.cull_idle_timeout=1",
        "--MappingKernelManager.cull_interval=1",
    )
    with jupyter_server(
        tmp_path, tmp_path / "log", f"--gateway-url={remote.url}", *culling
    ) as server:
        assert listed(server) == {session}
        rest(server, "POST", "kernels", {"name": "penstock"})
        eventually(lambda: there(remote) == {session}, 60, "the server's own is culled")
        assert listed(server) == {session}
