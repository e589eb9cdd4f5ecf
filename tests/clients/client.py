"""What the table of checks asks of every client program."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

from tests.clients.outcome import Outcome

KERNEL = "penstock"
ALWAYS_ZERO = "0 when all went well, and also when a cell raised an exception"
NO_RESTART = "offers none"
NO_PARAMETERS = "takes none"


class AbsentError(Exception):
    """The client's program is not on this machine; the text says what to install."""


class Client:
    """One client program. Subclasses implement what the program offers and name the rest in
    ABSENT.
    """

    NAME: ClassVar[str]
    #: From the name of a check to the reason why this program does not offer it.
    ABSENT: ClassVar[Mapping[str, str]] = {}
    #: From the name of a check to what this program does otherwise there.
    OTHERWISE: ClassVar[Mapping[str, str]] = {}
    #: How many lines it shows at least, if not all: then `megabyte` is in OTHERWISE.
    LAST_LINES: ClassVar[int]
    #: Part of what the program says when the kernel has died.
    TOLD_OF_DEATH: ClassVar[str]

    def __init__(self, folder: Path) -> None:
        """`folder` is empty and this client's own."""
        self.folder = folder
        self._shown: dict[str, Outcome] = {}

    def close(self) -> None:
        """Ends the program and its kernel."""

    def shown(self, name: str) -> Outcome:
        """What the program shows of the cell of this name in `checks.CELLS`."""
        if not self._shown:
            from tests.clients.checks import CELLS  # the table needs this class

            self._shown = self.run(CELLS)
        return self._shown[name]

    def run(self, cells: Mapping[str, str]) -> dict[str, Outcome]:
        """Runs cells in one kernel, also after an error, and tells what was shown of each."""
        raise NotImplementedError

    def kept_picture(self, png: bytes) -> bytes:
        """What the program makes of the bytes of a PNG file."""
        return png

    def answer(self, code: str, line: str) -> Outcome:
        """Runs code that asks one question, and answers it."""
        raise NotImplementedError

    def interrupt(self, code: str, runs: str, after: str) -> tuple[Outcome, Outcome]:
        """Runs code, interrupts it once the text `runs` was shown, runs `after`."""
        raise NotImplementedError

    def death(self, code: str) -> str:
        """Runs code that ends the kernel, and returns what the program says then."""
        raise NotImplementedError

    def restart(self, code: str, after: str) -> Outcome:
        """Runs code, restarts the kernel, runs `after`."""
        raise NotImplementedError

    def complete(self, text: str) -> str:
        """What the program offers or fills in at the end of the text."""
        raise NotImplementedError

    def inspect(self, name: str) -> str:
        """What the program shows about a name."""
        raise NotImplementedError

    def parametrised(self, defaults: str, given: Mapping[str, int], code: str) -> Outcome:
        """Runs a cell of defaults and a cell of code, with other values given from outside."""
        raise NotImplementedError

    def exit_code(self, code: str) -> int:
        """Runs the program with this cell to its end."""
        raise NotImplementedError
