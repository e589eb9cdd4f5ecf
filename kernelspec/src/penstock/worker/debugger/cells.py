"""Cells as source files: a breakpoint needs a file, named by the hash of the cell's code.

ipykernel's compiler gives the code of a cell that very name, and clients compute it themselves from
what debugInfo tells.
"""

from __future__ import annotations

import os
import shutil
import stat
from typing import Any

from ipykernel.compiler import get_file_name, get_tmp_directory, get_tmp_hash_seed
from IPython.core.inputtransformer2 import leading_empty_lines

from .adapter import trace_this_thread


class FolderError(Exception):
    """The folder for cells is not this user's own."""


def description() -> dict[str, Any]:
    """The part of debugInfo's body that tells how cells are named."""
    return {
        "hashMethod": "Murmur2",
        "hashSeed": get_tmp_hash_seed(),
        "tmpFilePrefix": get_tmp_directory() + os.sep,
        "tmpFileSuffix": ".py",
    }


def make_folder() -> None:
    """Make the folder for cells, mode 0700.

    Raises :class:`FolderError` when somebody else made it: its name can be guessed.
    """
    folder = get_tmp_directory()
    try:
        os.mkdir(folder, 0o700)
    except FileExistsError:
        state = os.lstat(folder)
        if not stat.S_ISDIR(state.st_mode) or state.st_uid != os.getuid():
            raise FolderError(
                f"{folder} belongs to somebody else: remove it, or set TMPDIR"
            ) from None
        os.chmod(folder, 0o700)
    except OSError as error:
        raise FolderError(f"{folder} cannot be made: {error.strerror}; set TMPDIR") from error


def remove_folder() -> None:
    """Remove what :func:`make_folder` made, if it did."""
    shutil.rmtree(get_tmp_directory(), ignore_errors=True)


def dump(code: str) -> str:
    """Write a cell's code to its file; the path."""
    path = get_file_name(code)
    with open(path, "w", encoding="utf-8", errors="surrogatepass") as file:
        file.write(code)
    return path


def read(path: str) -> str | None:
    """The source of a file; None when there is none to read."""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except OSError:
        return None


def prepare(shell: Any) -> None:
    """Have cells run as a debugger needs it."""
    manager = shell.input_transformer_manager
    # Without a cell's leading empty lines breakpoints would be off by some lines.
    manager.cleanup_transforms = [
        step for step in manager.cleanup_transforms if step is not leading_empty_lines
    ]
    shell.events.register("pre_execute", trace_this_thread)


def release(shell: Any) -> None:
    """Undo :func:`prepare`."""
    manager = shell.input_transformer_manager
    if leading_empty_lines not in manager.cleanup_transforms:
        manager.cleanup_transforms = [leading_empty_lines, *manager.cleanup_transforms]
    if trace_this_thread in shell.events.callbacks["pre_execute"]:
        shell.events.unregister("pre_execute", trace_this_thread)
