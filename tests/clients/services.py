"""JupyterLab's client library `@jupyterlab/services` in Node, with a kernel of `penstock serve`.

VS Code's Jupyter extension talks to its remote kernels through the same library; the program does
what the extension does until a kernel is ready. Its orders are those of the other programs, and
`open`, with the server's address as `code`, the token as `answer`, the protocol as `interrupt_at`.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import ClassVar

from tests.clients.client import AbsentError
from tests.clients.driven import A_LIBRARY, PROGRAMS, ROOT, Driven, Program
from tests.clients.outcome import Outcome
from tests.serve_ws import frames
from tests.support.served import serving


class LabServices(Driven):
    """With the protocol that the library offers."""

    NAME = "@jupyterlab/services (Node)"
    ABSENT: ClassVar[Mapping[str, str]] = {"parameters": A_LIBRARY, "exit_code": A_LIBRARY}
    TOLD_OF_DEATH = "autorestarting"
    PROTOCOL = frames.V1

    def __init__(self, folder: Path) -> None:
        self.command()  # before there is a server to end
        with ExitStack() as opened:
            self._served = opened.enter_context(serving(f"--root-dir={folder}"))
            super().__init__(folder)
            self._opened = opened.pop_all()

    def open(self) -> Program:
        """Starts one more of the programs, with a kernel of its own."""
        program = Program(self.command(), self.folder)
        told = program.ask("open", self._served.url, self._served.token, self.PROTOCOL)
        assert told["text"] == self.PROTOCOL, told
        return program

    def command(self) -> tuple[str, Path, Path]:
        """With the packages that `make clients` put into build/node."""
        node = shutil.which("node")
        modules = ROOT / "build" / "node"
        if node is None or not (modules / "node_modules" / "@jupyterlab" / "services").is_dir():
            raise AbsentError("install Node 20 or newer with npm, then run `make clients`")
        return (node, PROGRAMS / "services.cjs", modules)

    def close(self) -> None:
        """Also ends the kernel and its server."""
        with self._opened:
            assert self.program.close() == 0

    def restart(self, code: str, after: str) -> Outcome:
        """By its user."""
        self._run(code)
        self.program.ask("restart")
        return self._run(after)


class LabServicesDefault(LabServices):
    """With a WebSocket that offers no protocol."""

    NAME = "the same, default protocol"
    PROTOCOL = "default"
