"""What Penstock adds to a Jupyter server: an extension with classes for its pages' WebSockets.

jupyter_server imports this package; nothing else of Penstock does, for which jupyter_server is
optional.
"""

from __future__ import annotations

from typing import Any


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    """Where jupyter_server finds `_load_jupyter_server_extension`."""
    return [{"module": "penstock.jupyter"}]


def _load_jupyter_server_extension(server: Any) -> None:
    """Where the kernels are behind a gateway: lets binary messages through, and shows kernels that
    others have started there. Where they are local: tells Penstock's gateway which pages are there.

    server: the jupyter_server.serverapp.ServerApp. A `kernel_websocket_connection_class` of the
    user's own stays.
    """
    from jupyter_server.gateway.connections import GatewayWebSocketConnection

    from ..platforms import unsupported
    from .stacking import SETTING, add_connection

    settings = server.web_app.settings
    if settings.get(SETTING) is GatewayWebSocketConnection:
        if SETTING not in server.config.ServerApp:
            from .gateway_connection import BinaryGatewayConnection

            settings[SETTING] = BinaryGatewayConnection
        from .gateway_kernels import SharedKernels

        SharedKernels.take_over(server.kernel_manager)
    elif not unsupported():
        from .zmq_connection import AttachedConnection

        add_connection(server, AttachedConnection)
