"""Compiles code and keeps its source for tracebacks, as much as is likely to be asked for."""

from __future__ import annotations

import linecache
import threading
import zlib
from collections import OrderedDict
from types import CodeType

#: How many texts are kept, and how many characters of all of them.
_MOST = 256
_MOST_SIZE = 1 << 22


class Sources:
    """The latest texts, each with the code that it is; the same text is compiled once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: OrderedDict[tuple[str, str], CodeType] = OrderedDict()
        self._size = 0

    def compile(self, text: str, mode: str) -> CodeType:
        """The code of ``text``; ``mode`` is ``exec`` or ``eval``.

        Raises ``SyntaxError``, and ``ValueError`` or ``RecursionError`` for what no parser takes.
        """
        key = (mode, text)
        with self._lock:
            code = self._known.get(key)
            if code is not None:
                self._known.move_to_end(key)
                return code
        name = f"<{mode} {zlib.crc32(text.encode('utf-8', 'replace')):08x}>"
        code = compile(text, name, mode, dont_inherit=True)
        with self._lock:
            self._known[key] = code
            self._size += len(text)
            lines = [line + "\n" for line in text.splitlines()]
            # Without a time: linecache does not look for a file.
            linecache.cache[name] = (len(text), None, lines, name)
            while len(self._known) > _MOST or (self._size > _MOST_SIZE and len(self._known) > 1):
                (_, old), dropped = self._known.popitem(last=False)
                self._size -= len(old)
                linecache.cache.pop(dropped.co_filename, None)
        return code
