"""Adds to what a jupyter_server has for the WebSockets of its pages at local kernels."""

from __future__ import annotations

from typing import Any

from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection
from tornado.ioloop import IOLoop

SETTING = "kernel_websocket_connection_class"


def add_connection(server: Any, addition: type[ZMQChannelsWebsocketConnection]) -> None:
    """Has connections do what `addition` does, too, but behind a gateway, where there are none of
    its kind. A `kernel_websocket_connection_class` of the user's own stays as it is. Once all
    extensions are loaded: a class that another one brings is added to, not replaced.

    server: the jupyter_server.serverapp.ServerApp.
    """
    if SETTING not in server.config.ServerApp:
        IOLoop.current().add_callback(_add, server.web_app.settings, addition)


def _add(settings: dict[str, Any], addition: type[ZMQChannelsWebsocketConnection]) -> None:
    chosen = settings.get(SETTING)
    if isinstance(chosen, type) and issubclass(chosen, ZMQChannelsWebsocketConnection):
        settings[SETTING] = type(addition.__name__, (addition, chosen), {})
