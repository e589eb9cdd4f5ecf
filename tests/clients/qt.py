"""Jupyter's Qt console, driven by programs/window.py."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from tests.clients.client import ALWAYS_ZERO, KERNEL, NO_PARAMETERS, AbsentError
from tests.clients.driven import PROGRAMS, Driven, Program
from tests.clients.outcome import Outcome


class QtConsole(Driven):
    """qtconsole, in a window that Qt draws into memory. It starts its kernel itself."""

    NAME = "qtconsole"
    ABSENT: ClassVar[Mapping[str, str]] = {"parameters": NO_PARAMETERS}
    OTHERWISE: ClassVar[Mapping[str, str]] = {
        "megabyte": "keeps the last 500 lines of its window",
        "image": "keeps the pixels, not the bytes",
        "exit_code": ALWAYS_ZERO,
    }
    LAST_LINES = 490  # the prompts are lines, too
    TOLD_OF_DEATH = "Kernel died, restarting"

    def command(self) -> Sequence[Any]:
        """With the options of `jupyter qtconsole`."""
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
        imports = "import qtconsole.qtconsoleapp, qtpy.QtTest, qtpy.QtWidgets"
        if subprocess.run(
            [sys.executable, "-c", imports], capture_output=True, check=False
        ).returncode:
            raise AbsentError(
                "Qt cannot be loaded: run `make clients`, and install Debian's libegl1, libgl1,"
                " libxkbcommon0, libdbus-1-3, libfontconfig1 or what they are called elsewhere"
            )
        return (sys.executable, PROGRAMS / "window.py", f"--kernel={KERNEL}")

    def open(self) -> Program:
        """The program alone."""
        return Program(self.command(), self.folder)

    def kept_picture(self, png: bytes) -> bytes:
        """As Qt writes what it reads."""
        answer = self.program.ask("picture", base64.b64encode(png).decode())
        return base64.b64decode(answer["text"])

    def restart(self, code: str, after: str) -> Outcome:
        """By its key."""
        self._run(code)
        self.program.ask("restart")
        return self._run(after)

    def exit_code(self, code: str) -> int:
        """Of a window that runs the cell, then quit()."""
        program = self.open()
        try:
            program.ask("run", code)
        finally:
            code_of_exit = program.close()
        return code_of_exit
