"""What an option of `penstock serve` is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

PREFIX = "PENSTOCK_"

INT, HUGE, DAY = 2**31 - 1, 2**53, 24 * 3600


@dataclass(frozen=True)
class Option:
    """One option. `kind` is how its text is read; `others` are names of its variable with other
    servers; `least` and `most` are the bounds of a number; `aliases` are its own names there.
    """

    name: str
    kind: type
    default: Any
    help: str
    metavar: str | None = None
    others: tuple[str, ...] = ()
    most: int | None = None
    least: int = 0
    aliases: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """All its names in a file, the own one first."""
        return (self.name, *self.aliases)

    @property
    def flag(self) -> str:
        """As on the command line."""
        return self.flags[0]

    @property
    def flags(self) -> tuple[str, ...]:
        """All its names on the command line, the own one first."""
        return tuple("--" + name.replace("_", "-") for name in self.names)

    @property
    def variable(self) -> str:
        """Its environment variable."""
        return PREFIX + self.name.upper()
