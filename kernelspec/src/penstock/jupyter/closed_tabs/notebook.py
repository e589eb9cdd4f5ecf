"""Writes a cell's outputs into its notebook."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import nbformat
from jupyter_server.services.contents.filemanager import (
    AsyncFileContentsManager,
    FileContentsManager,
)
from jupyter_server.services.contents.largefilemanager import (
    AsyncLargeFileManager,
    LargeFileManager,
)
from jupyter_server.utils import ApiPath, ensure_async, to_os_path
from tornado.web import HTTPError

from . import file
from .runs import Run

OF_FILES = (
    FileContentsManager,
    AsyncFileContentsManager,
    LargeFileManager,
    AsyncLargeFileManager,
)
"""Managers that keep a notebook as the file of its path, and nothing else. Their classes alone:
what others derive from them may keep more.
"""


class UnwrittenError(Exception):
    """The notebook stays as it is; the text says why."""


async def write(
    contents: Any, path: str, run: Run, end: dict[str, Any], held: Callable[[], bool]
) -> None:
    """Gives the run's cell its outputs, if its source is what ran and nobody has the notebook.

    contents: the server's ContentsManager. end: what `end_of` tells of a run that is over. held:
    whether a page has the notebook open now. Raises UnwrittenError.
    """
    try:
        model = await ensure_async(contents.get(path, type="notebook", content=True))
        notebook = model["content"]
        _fill(_cell(notebook, run), end)
        now = await ensure_async(contents.get(path, content=False))
        # From here on nothing else of this server comes between, if the manager keeps files.
        if now["last_modified"] != model["last_modified"]:
            raise UnwrittenError("the notebook is just being changed")
        if held():
            raise UnwrittenError("a page has the notebook open")
        wanted = {"type": "notebook", "format": "json", "content": notebook}
        place = to_os_path(ApiPath(path), contents.root_dir) if type(contents) in OF_FILES else None
        if place is not None and file.can_replace(place):
            _replace(contents, path, place, wanted)
        else:
            await ensure_async(contents.save(wanted, path))
    except HTTPError as error:
        reason = "is not there" if error.status_code == 404 else "cannot be read or written"
        raise UnwrittenError(f"the notebook {reason}") from error
    except OSError as error:
        raise UnwrittenError(f"the notebook cannot be written: {error.strerror}") from error


def _replace(contents: Any, path: str, place: str, wanted: dict[str, Any]) -> None:
    """As the manager's own save, but in one step."""
    contents.run_pre_save_hooks(model=wanted, path=path)
    notebook = nbformat.from_dict(wanted["content"])
    contents.check_and_sign(notebook, path)
    file.replace(place, notebook)
    contents.run_post_save_hooks(model=wanted, os_path=place)


def _cell(notebook: Any, run: Run) -> Any:
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code" and cell.get("id") == run.cell_id:
            if cell["source"] != run.code:
                raise UnwrittenError("the cell's source in the file is not what ran")
            return cell
    raise UnwrittenError("the notebook's file has no such cell")


def _fill(cell: Any, end: dict[str, Any]) -> None:
    cell["outputs"] = nbformat.from_dict(end["outputs"])
    cell["execution_count"] = end["execution_count"]
    # As a page marks a cell that it has executed; the contents manager signs by it.
    cell["metadata"]["trusted"] = True
