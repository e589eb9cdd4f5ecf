"""A server is ready for its first kernel before anybody asks for one."""

from __future__ import annotations

from tests.support.served import asked, serving
from tests.support.waiting import eventually


def test_the_first_kernel_is_a_fork_of_what_was_there() -> None:
    with serving() as server:
        (before,) = eventually(lambda: asked(server, "status")["zygotes"], 40, "it is warm")
        assert server.call("GET", "api/kernels").json == []
        server.kernel()
        (kernel,) = asked(server, "list")["kernels"]
        assert kernel["start"] == "fork"
        assert asked(server, "status")["zygotes"] == [before]


def test_a_server_without_a_kernelspec_is_a_server() -> None:
    with serving("--default-kernel=none-such") as server:
        assert server.call("GET", "api/kernelspecs").status == 200
