"""What jupyter_client's kernel manager asks of a kernel's connection."""

from __future__ import annotations

from typing import Any

from jupyter_client.localinterfaces import is_local_ip

PORTS = ("shell_port", "iopub_port", "stdin_port", "hb_port", "control_port")
CURVE_KEYS = ("curve_publickey", "curve_secretkey")


def check_manager(manager: Any) -> None:
    """Raises RuntimeError for a transport or address that the gateway cannot offer."""
    if manager.transport != "tcp":
        raise RuntimeError(
            f"transport {manager.transport!r} is not supported, because JeroMQ cannot bind Unix"
            " sockets (use 'tcp', with transport_encryption 'auto' if others on this machine"
            " must not read along)"
        )
    if not is_local_ip(manager.ip):
        raise RuntimeError(
            f"A kernel can be started on a local address only, and {manager.ip} is none"
        )


def wanted_connection(manager: Any) -> dict[str, Any]:
    """The `connection` of a `start` request (docs/local-sockets.md)."""
    info = manager.get_connection_info()
    return {
        "transport": info["transport"],
        "ip": info["ip"],
        **{port: max(0, info[port]) for port in PORTS},  # jupyter_client also means "any" by -1
        "key": info["key"].decode(),
        "signature_scheme": info["signature_scheme"],
        "kernel_name": manager.kernel_name,
        **{key: info[key] for key in CURVE_KEYS if key in info},
    }
