"""A notebook's file, replaced in one step. jupyter_server writes in place: a page that is opened
just then would find an empty file.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from pathlib import Path
from tempfile import mkstemp
from typing import Any

import nbformat


def can_replace(place: str) -> bool:
    """Whether a new file can stand for this one: it is this user's, and has no other names."""
    there = Path(place).stat()
    return there.st_uid == os.geteuid() and there.st_nlink == 1


def replace(place: str, notebook: Any) -> None:
    """Writes a notebook (nbformat.NotebookNode) over the file, where a link leads to. After an
    error (OSError) the file is as it was.
    """
    real = Path(place).resolve()
    descriptor, name = mkstemp(prefix=".~", suffix=".ipynb", dir=real.parent)
    new = Path(name)
    try:
        with open(descriptor, "w", encoding="utf-8") as out:
            nbformat.write(notebook, out)
            out.flush()
            os.fsync(out.fileno())
        shutil.copystat(real, new)
        os.utime(new)
        new.replace(real)
    except BaseException:
        with contextlib.suppress(OSError):  # the first error is what counts
            new.unlink()
        raise
