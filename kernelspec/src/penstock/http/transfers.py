"""Bodies that are too large to hold: files here, read and written piece by piece."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

PIECE = 1 << 18

FilePath = str | os.PathLike[str]


class Upload:
    """What a file here, or an open one from where it stands, has for a call's body."""

    def __init__(self, source: FilePath | BinaryIO) -> None:
        self._source = source
        self._start: int | None = None
        if not isinstance(source, (str, os.PathLike)) and source.seekable():
            self._start = source.tell()

    @property
    def repeatable(self) -> bool:
        """Whether it can be read once more."""
        return isinstance(self._source, (str, os.PathLike)) or self._start is not None

    @contextmanager
    def opened(self) -> Iterator[BinaryIO]:
        """It, at its beginning. What is not ours stays open."""
        if isinstance(self._source, (str, os.PathLike)):
            with open(self._source, "rb") as file:
                yield file
            return
        if self._start is not None:
            self._source.seek(self._start)
        yield self._source

    def pieces(self) -> Iterator[bytes]:
        """All of it."""
        with self.opened() as file:
            while piece := file.read(PIECE):
                yield piece


class Download:
    """Where an answer's body goes: a file that is there when all of it is here, or an open one."""

    def __init__(self, sink: FilePath | BinaryIO) -> None:
        self._path = Path(sink) if isinstance(sink, (str, os.PathLike)) else None
        self._sink = None if isinstance(sink, (str, os.PathLike)) else sink
        seekable = self._sink is not None and self._sink.seekable()
        self._start = self._sink.tell() if self._sink is not None and seekable else None

    @property
    def repeatable(self) -> bool:
        """Whether it can be written anew, from its beginning."""
        return self._path is not None or self._start is not None

    @contextmanager
    def opened(self) -> Iterator[BinaryIO]:
        """It, for one attempt; if that fails nothing is left of it where it was to be."""
        if self._sink is not None:
            if self._start is not None:
                self._sink.seek(self._start)
                self._sink.truncate()
            yield self._sink
            return
        assert self._path is not None
        part = self._path.with_name(f".{self._path.name}.{uuid.uuid4().hex}")
        try:
            with part.open("wb") as file:
                yield file
            part.replace(self._path)
        finally:
            part.unlink(missing_ok=True)
