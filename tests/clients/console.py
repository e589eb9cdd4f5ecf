"""`jupyter console` on a terminal of its own."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

import pexpect

from tests.clients.client import ALWAYS_ZERO, KERNEL, NO_PARAMETERS, NO_RESTART, Client
from tests.clients.outcome import Outcome
from tests.support.environment import clean
from tests.support.gates import Gate
from tests.support.waiting import seconds

INTERRUPT = "\x03"
#: Runs what is typed: without the kernel's word a cell is complete when an empty line ends it.
#: Meta-Enter is one key, but what is typed right behind a prompt may come as another one: on a dumb
#: terminal the prompt is shown before the program has the keys.
ENTER = "\r\r\r"


class Console:
    """One run of the program, at its prompt, with a kernel of its own or an `--existing=` one."""

    def __init__(self, picture: Path, kernel: str = f"--kernel={KERNEL}") -> None:
        self.picture = picture
        copy = ["cp", "{file}", str(picture)]
        self.terminal = pexpect.spawn(
            str(Path(sys.executable).with_name("jupyter")),
            [
                "console",
                kernel,
                # The program takes the idle of these small requests for its cell's.
                "--ZMQTerminalInteractiveShell.use_kernel_is_complete=False",
                f"--ZMQCompleter.timeout={seconds(60)}",
                "--ZMQTerminalInteractiveShell.image_handler=tempfile",
                f"--ZMQTerminalInteractiveShell.tempfile_image_handler={copy}",
            ],
            # With a dumb terminal the program draws no lines twice.
            env={**clean(), "TERM": "dumb", "PAGER": "cat", "PROMPT_TOOLKIT_NO_CPR": "1"},
            encoding="utf-8",
            dimensions=(50, 400),
            timeout=seconds(60),
        )
        self.prompt()

    def prompt(self) -> str:
        """Waits for the next prompt; what was on the screen before it."""
        self.terminal.expect(r"In \[(\d+)\]: ")
        return str(self.terminal.before)

    def enter(self, line: str) -> str:
        """Types a line; what comes until the next prompt."""
        self.terminal.send(line + ENTER)
        return self.prompt()

    def settle(self, gate: Gate) -> None:
        """Runs cells until one of them is listened to while it runs.

        The program takes the idle of any earlier request of its own for the end of its cell, when
        that one's busy is late; then it shows and asks nothing until the reply. A cell that was
        read to its own idle leaves no other behind.
        """
        for _ in range(5):
            gate.close()
            self.terminal.send(f"print('heard', 6 * 7, flush=True); exec({gate.wait!r})" + ENTER)
            found = self.terminal.expect_exact(["heard 42", pexpect.TIMEOUT], seconds(5))
            gate.open()
            self.prompt()
            if found == 0:
                return
        raise AssertionError("it does not look at what its cells say")

    def detach(self) -> None:
        """Leaves the kernel alive, by the command for that."""
        try:
            self.terminal.send("exit(keep_kernel=True)" + ENTER)
            self.terminal.expect_exact("keeping kernel alive")
            self.terminal.expect(pexpect.EOF)
        finally:
            self.terminal.close(force=True)

    def quit(self) -> int:
        """Leaves as a user does; the exit code."""
        try:
            self.terminal.send("quit()" + ENTER)
            self.terminal.expect(pexpect.EOF)
            self.terminal.wait()
        finally:
            self.terminal.close(force=True)
        return int(self.terminal.exitstatus)


class JupyterConsole(Client):
    """jupyter_console."""

    NAME = "jupyter console"
    OTHERWISE: ClassVar[Mapping[str, str]] = {"exit_code": ALWAYS_ZERO}
    ABSENT: ClassVar[Mapping[str, str]] = {
        "death": "says nothing: its prompt comes back and runs no more",
        "restart": NO_RESTART,
        "parameters": NO_PARAMETERS,
    }

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.picture = folder / "picture.png"
        self.console = Console(self.picture)
        self.console.settle(Gate(folder / "gate"))

    def close(self) -> None:
        """As its user does."""
        self.console.quit()

    def run(self, cells: Mapping[str, str]) -> dict[str, Outcome]:
        """One after the other."""
        return {name: self._run(code) for name, code in cells.items()}

    def _run(self, code: str) -> Outcome:
        self.picture.unlink(missing_ok=True)
        text = self.console.enter(code)
        images = [self.picture.read_bytes()] if self.picture.exists() else []
        return Outcome.of_screen(text, images)

    def answer(self, code: str, line: str) -> Outcome:
        """Typed."""
        terminal = self.console.terminal
        terminal.send(code + ENTER)
        terminal.expect(r"[\r\n]who\? ")  # not the code itself, of which a part may be all there is
        terminal.send(line + "\r")
        return Outcome.of_screen(self.console.prompt(), [])

    def interrupt(self, code: str, runs: str, after: str) -> tuple[Outcome, Outcome]:
        """By Ctrl-C."""
        terminal = self.console.terminal
        terminal.send(code + ENTER)
        terminal.expect_exact(runs)
        terminal.send(INTERRUPT)
        return Outcome.of_screen(self.console.prompt(), []), self._run(after)

    def complete(self, text: str) -> str:
        """By the tab key: with one name that fits, it is filled in."""
        terminal = self.console.terminal
        terminal.send(text + "\t")
        terminal.expect(rf"{text}\w+")
        filled = str(terminal.after)
        terminal.send(ENTER)
        self.console.prompt()
        return filled

    def inspect(self, name: str) -> str:
        """By a question mark."""
        return Outcome.of_screen(self.console.enter(f"{name}?"), []).stdout

    def exit_code(self, code: str) -> int:
        """Of a console that runs the cell, then quit()."""
        console = Console(self.picture)
        console.enter(code)
        return console.quit()
