"""Code that waits in a kernel until a test lets it go on."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Gate:
    """A file that is there once the gate is open."""

    file: Path

    @property
    def wait(self) -> str:
        """Statements that end when it is open."""
        return (
            "import pathlib, time\n"
            f"while not pathlib.Path({str(self.file)!r}).exists(): time.sleep(0.01)\n"
        )

    def open(self) -> None:
        """Lets go on what waits, and all that comes."""
        self.file.touch()

    def close(self) -> None:
        """Holds up what comes from now on."""
        self.file.unlink(missing_ok=True)
