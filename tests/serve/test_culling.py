"""Kernels that nobody uses (REST-39)."""

from __future__ import annotations

import json
from pathlib import Path

from tests.serve.test_kernels_api import BUSY
from tests.support import specs
from tests.support.served import Served, serving
from tests.support.tab import Tab
from tests.support.waiting import eventually


def kernels(server: Served) -> set[str]:
    """Ids of all kernels."""
    return {kernel["id"] for kernel in server.call("GET", "api/kernels").json}


def test_idle_kernels_are_culled_and_no_others() -> None:
    with serving("--cull-idle-timeout=1", "--cull-interval=1") as server:
        idle = server.kernel()
        eventually(lambda: idle not in kernels(server), 30, "the end of the idle kernel")
        assert server.call("GET", f"api/kernels/{idle}").status == 404


def test_what_is_busy_or_has_a_client_stays() -> None:
    with serving("--cull-idle-timeout=3", "--cull-interval=1") as server:
        busy = server.kernel()
        tab = Tab(server.as_server(), busy)
        tab.start(BUSY).until_text("busy")
        tab.close()
        watched = server.kernel()
        page = Tab(server.as_server(), watched)
        idle = server.kernel()
        eventually(lambda: idle not in kernels(server), 30, "the end of the idle kernel")
        assert kernels(server) == {busy, watched}
        page.close()
        eventually(lambda: kernels(server) == {busy}, 30, "the end of the one without clients")


def test_what_is_busy_or_has_a_client_ends_if_wanted() -> None:
    with serving(
        "--cull-idle-timeout=3", "--cull-interval=1", "--cull-busy", "--cull-connected"
    ) as server:
        tab = Tab(server.as_server(), server.kernel())
        tab.start(BUSY)
        eventually(lambda: not kernels(server), 30, "the end of a busy kernel with a client")


def test_a_kernelspec_with_a_limit_of_its_own(tmp_path: Path) -> None:
    spec = json.loads((specs.installed() / "kernel.json").read_text(encoding="utf-8"))
    spec["metadata"]["cull_idle_timeout"] = 1
    specs.write(tmp_path / "kernels", "short-lived", spec)
    with serving("--cull-interval=1", JUPYTER_PATH=str(tmp_path)) as server:
        other = server.kernel(name="penstock")
        short = server.kernel(name="short-lived")
        eventually(lambda: short not in kernels(server), 30, "the end of the short-lived kernel")
        assert kernels(server) == {other}


def test_without_a_limit_none_is_culled() -> None:
    with serving("--cull-interval=1") as server:
        quiet, other = server.kernel(), server.kernel()
        assert server.call("DELETE", f"api/kernels/{other}").status == 204
        assert kernels(server) == {quiet}
