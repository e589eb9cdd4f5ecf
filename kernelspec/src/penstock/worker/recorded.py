"""What cells put out, as IPython (9.0 and later) records it for ``%notebook``, and within bounds.

IPython keeps every character that a kernel ever prints, and every picture. Here the first part of
each cell's output is kept, and the latest cells.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

#: Size of what is kept of one cell.
CELL = 1 << 20
#: Size of what is kept of all cells.
ALL = 8 << 20
#: What an output of its own costs besides its text.
_OVERHEAD = 300
_SIZED = (str, bytes, list, dict)


class RecordedOutputs(defaultdict[int, Any]):
    """``HistoryManager.outputs``: lists of ``HistoryOutput`` by execution count."""

    def __init__(self) -> None:
        super().__init__()
        self.size = 0

    def __missing__(self, count: int) -> CellOutputs:
        cell = self[count] = CellOutputs(self)
        return cell

    def setdefault(self, count: int, default: Any = None) -> Any:
        """The cell's list; ipykernel names a plain one, which has no bounds."""
        del default
        return self[count]

    def make_room(self) -> None:
        """Forget the oldest cells, but never the latest."""
        for count in sorted(self):
            if self.size <= ALL or len(self) == 1:
                return
            self.size -= self.pop(count).size


class CellOutputs(list[Any]):
    """The outputs of one cell; what comes when it is full is not kept."""

    def __init__(self, owner: RecordedOutputs) -> None:
        super().__init__()
        self.size = 0
        self._owner = owner

    def append(self, output: Any) -> None:
        """Take a ``HistoryOutput``; its stream, if it has one, keeps to the bounds from now on."""
        if not self:
            self._owner.make_room()
        size = _OVERHEAD
        if "stream" in output.bundle:
            output.bundle = {"stream": CellText(self)}
        else:
            size += sum(len(data) for data in output.bundle.values() if isinstance(data, _SIZED))
        if self.takes(size):
            super().append(output)
        elif not self:
            super().append(type(output)(output.output_type, {}))  # IPython looks at the last one

    def takes(self, size: int) -> bool:
        """Whether there is room for this much more, which then counts."""
        if self.size + size > CELL:
            return False
        self.size += size
        self._owner.size += size
        return True


class CellText(list[str]):
    """The text of one stream: what was written in one call after the other."""

    def __init__(self, owner: CellOutputs) -> None:
        super().__init__()
        self._owner = owner

    def append(self, text: str) -> None:
        """Take ``text`` while there is room."""
        if self._owner.takes(len(text)):
            super().append(text)
