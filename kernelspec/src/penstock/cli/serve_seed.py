"""The seed notebook of `penstock serve`, and the API that is made of it."""

from __future__ import annotations

import os
import urllib.parse
from typing import Any

from ..client.errors import GatewayError

APIS = {
    "jupyter-websocket": False,
    "kernel_gateway.jupyter_websocket": False,
    "notebook-http": True,
    "kernel_gateway.notebook_http": True,
    "pathview": False,
}
"""Whether cells answer calls, by the names of the API here and with kernel_gateway."""

PARSERS = {
    "path": False,
    "kernel_gateway.notebook_http.cell.parser": False,
    "swagger": True,
    "kernel_gateway.notebook_http.swagger.parser": True,
}

DOWNLOAD_TIMEOUT = 200.0
"""In seconds, as with kernel_gateway."""

MOST = 256 << 20
"""Bytes of a notebook."""


def seed_settings(chosen: dict[str, Any]) -> dict[str, Any]:
    """What the control socket's `serve` is told of it, but the file of a fetched one."""
    notebook_http = _one_of("api", chosen, APIS)
    if notebook_http and not chosen["seed_uri"]:
        raise GatewayError("option", "--api=notebook-http needs the notebook: --seed-uri")
    count, most = chosen["prespawn_count"], chosen["max_kernels"]
    if notebook_http:
        count = max(count, 1)
    if 0 < most < count:
        raise GatewayError(
            "option", f"--prespawn-count is {count}, more than --max-kernels allows: {most}"
        )
    static = os.path.expanduser(chosen["static_path"])
    if static and not os.path.isdir(static):
        raise GatewayError("option", f"There is no directory {static}")
    return {
        "prespawn_count": count,
        "seed_uri": chosen["seed_uri"],
        "seed_file": local_file(chosen["seed_uri"]),
        "notebook_http": notebook_http,
        "swagger_cells": _one_of("cell_parser", chosen, PARSERS),
        "allow_notebook_download": chosen["allow_notebook_download"],
        "static_path": os.path.realpath(static) if static else "",
    }


def _one_of(name: str, chosen: dict[str, Any], known: dict[str, bool]) -> bool:
    if chosen[name] not in known:
        own = [word for word in known if "." not in word]
        flag = "--" + name.replace("_", "-")
        raise GatewayError("option", f"{flag} is {' or '.join(own)}, not {chosen[name]}")
    return known[chosen[name]]


def local_file(uri: str) -> str:
    """The path of a notebook on this machine; "" for one that has to be fetched, or none."""
    if not uri or _is_remote(uri):
        return ""
    parts = urllib.parse.urlsplit(uri)
    path = urllib.parse.unquote(parts.path) if parts.scheme == "file" else uri
    path = os.path.abspath(os.path.expanduser(path))
    if not os.path.isfile(path):
        raise GatewayError("option", f"There is no notebook {path}")
    return path


def fetch(uri: str) -> bytes | None:
    """A notebook from another machine; None if it is not there."""
    if not _is_remote(uri):
        return None
    # Late: a server waits for its end with what it has imported.
    import http.client
    import urllib.error
    import urllib.request

    try:
        with urllib.request.urlopen(uri, timeout=DOWNLOAD_TIMEOUT) as answer:
            notebook: bytes = answer.read(MOST + 1)
    except (OSError, ValueError, http.client.HTTPException) as error:
        reason = error.reason if isinstance(error, urllib.error.URLError) else error
        raise GatewayError("option", f"The seed notebook cannot be fetched: {reason}") from error
    if len(notebook) > MOST:
        raise GatewayError("option", f"The seed notebook is larger than {MOST >> 20} MiB")
    return notebook


def keep(notebook: bytes, directory: str) -> str:
    """Writes what was fetched where only we read it; the path."""
    path = os.path.join(directory, "seed.ipynb")
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(notebook)
    return path


def _is_remote(uri: str) -> bool:
    return urllib.parse.urlsplit(uri).scheme in ("http", "https")
