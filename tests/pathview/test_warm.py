"""A server is ready for its first session before anybody asks for one."""

from __future__ import annotations

from pathlib import Path

from tests.pathview.client import Page
from tests.support.served import asked, serving
from tests.support.waiting import eventually


def test_the_first_session_is_a_fork_of_what_was_there(packages: Path) -> None:
    with serving("--api=pathview", f"--packages-dir={packages}") as server:
        (before,) = eventually(lambda: asked(server, "status")["zygotes"], 60, "it is warm")
        Page(server).init()
        (kernel,) = asked(server, "list")["kernels"]
        assert kernel["start"] == "fork"
        assert asked(server, "status")["zygotes"] == [before]
