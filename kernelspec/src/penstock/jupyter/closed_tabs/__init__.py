"""A jupyter_server extension: outputs of cells that end while no page is there are written into
their notebooks (docs/closed-tabs.md). For local kernels of Penstock; behind `--gateway-url` the
gateway does it, which is told the notebook's name.
Switched on by `jupyter_server_config.d/penstock_closed_tabs.json`.
"""

from __future__ import annotations

from typing import Any


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": __name__}]


def _load_jupyter_server_extension(server: Any) -> None:
    """Has pages' connections tell who is there, unless the user has a class of their own for them;
    has a gateway told of which notebook a kernel is.

    server: the jupyter_server.serverapp.ServerApp.
    """
    from jupyter_server.gateway.gateway_client import GatewayClient

    from ..stacking import add_connection
    from .connection import SETTING, WatchedConnection
    from .watch import ClosedTabs

    gateway = GatewayClient.instance()
    if not gateway.gateway_enabled:
        server.web_app.settings[SETTING] = ClosedTabs(
            server.kernel_manager, server.session_manager, server.contents_manager, server.log
        )
        add_connection(server, WatchedConnection)
        return
    allowed = gateway.allowed_envs.split(",") if gateway.allowed_envs else []
    if "JPY_SESSION_NAME" not in allowed:
        gateway.allowed_envs = ",".join([*allowed, "JPY_SESSION_NAME"])
