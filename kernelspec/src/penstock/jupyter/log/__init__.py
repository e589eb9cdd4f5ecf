"""A jupyter_server extension: the output logs of Penstock's kernels, for pages that were loaded
while a cell ran (docs/output-log.md). Switched on by `jupyter_server_config.d/penstock_log.json`.
"""

from __future__ import annotations

from typing import Any


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": __name__}]


def _load_jupyter_server_extension(server: Any) -> None:
    """Adds the routes. Imported only now: jupyter_server also asks for extensions to list them."""
    from .handlers import add_to

    add_to(server.web_app)
