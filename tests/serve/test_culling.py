"""Kernels that nobody uses (REST-39)."""

from __future__ import annotations

from tests.support.served import Served, serving
from tests.support.waiting import eventually


def kernels(server: Served) -> set[str]:
    """Ids of all kernels."""
    return {kernel["id"] for kernel in server.call("GET", "api/kernels").json}


def test_idle_kernels_are_culled_and_no_others() -> None:
    with serving("--cull-idle-timeout=1", "--cull-interval=1") as server:
        idle = server.kernel()
        eventually(lambda: idle not in kernels(server), 30, "the end of the idle kernel")
        assert server.call("GET", f"api/kernels/{idle}").status == 404


def test_without_a_limit_none_is_culled() -> None:
    with serving("--cull-interval=1") as server:
        quiet, other = server.kernel(), server.kernel()
        assert server.call("DELETE", f"api/kernels/{other}").status == 204
        assert kernels(server) == {quiet}
