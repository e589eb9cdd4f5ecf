"""`penstock serve`: an HTTP server in a gateway of its own, in the foreground."""

from __future__ import annotations

import argparse
import os
import secrets
import select
import shutil
import signal
import sys
from types import FrameType
from typing import Any
from urllib.parse import quote

from .. import __version__
from ..client.control import Control
from ..client.environment import client_facts, lease, wire_env
from ..client.errors import GatewayError
from ..client.gateway import START_TIMEOUT
from ..client.jar import find_jar, jar_hash
from ..client.runtime import base_dir, check_length, ensure_private, gateway_dir
from ..client.starter import keeper_command, start_keeper
from .printing import print_json
from .serve_options import OPTIONS, read

STOP_TIMEOUT = 30.0

SECRETS = ("PENSTOCK_TOKEN", *(name for o in OPTIONS if o.name == "token" for name in o.others))
"""Variables that no kernel gets, whatever it inherits."""

INHERITED = (
    "PATH", "HOME", "USER", "LOGNAME", "SHELL", "TMPDIR", "TZ", "LANG", "LANGUAGE", "TERM",
    "LD_LIBRARY_PATH", "VIRTUAL_ENV", "MPLBACKEND", "DISPLAY", "WAYLAND_DISPLAY", "PWD",
)  # fmt: skip
INHERITED_PREFIXES = (
    "LC_", "XDG_", "CONDA_", "PYTHON", "JUPYTER_", "IPYTHON", "PENSTOCK_", "OMP_", "MKL_",
    "OPENBLAS_", "NUMEXPR_", "CUDA_", "NVIDIA_", "SSL_", "SLURM_",
)  # fmt: skip


def serve(options: argparse.Namespace) -> int:
    """Serves until it is told to end by SIGINT or SIGTERM."""
    chosen = read(options, os.environ)
    settings = _settings(chosen)
    for name in SECRETS:
        os.environ.pop(name, None)  # kernels can read the environment of keeper and gateway
    directory = _directory()
    lock = os.open(os.path.join(directory, "lock"), os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    try:
        start_keeper(directory, find_jar(), lock, None, serves=True)
        with Control(directory) as control:
            try:
                answer = control.request("serve", timeout=START_TIMEOUT, settings=settings)
            except GatewayError:
                control.request("leave")
                raise
            signals = _signals()  # before it is told that we serve: who reads that may end us
            _tell(settings, answer["port"], directory, options.json)
            _wait(control, signals)
    finally:
        os.close(lock)
    shutil.rmtree(directory, ignore_errors=True)  # kept after an error, with its logs
    return 0


def _directory() -> str:
    base = base_dir()
    jar = find_jar()
    ensure_private(base)
    path = gateway_dir(base, __version__, jar_hash(jar, base)) + f"-s{secrets.token_hex(3)}"
    check_length(path)
    return ensure_private(path)


def _settings(chosen: dict[str, Any]) -> dict[str, Any]:
    """The `settings` of the control socket's `serve` (docs/local-sockets.md)."""
    if chosen["personality"] not in ("jupyter", "kernel-gateway"):
        raise GatewayError(
            "option", f"--personality is jupyter or kernel-gateway, not {chosen['personality']}"
        )
    kernel_gateway = chosen["personality"] == "kernel-gateway"
    if chosen["keyfile"] and not chosen["certfile"]:
        raise GatewayError("option", "--keyfile is of no use without --certfile")
    root = os.path.abspath(os.path.expanduser(chosen["root_dir"] or os.getcwd()))
    if not os.path.isdir(root):
        raise GatewayError("option", f"There is no directory {root}")
    base = "/" + chosen["base_url"].strip("/")
    listed = chosen["list_kernels"]
    copied = (
        "ip",
        "port",
        "port_retries",
        "max_kernels",
        "cull_idle_timeout",
        "cull_interval",
        "cull_busy",
        "cull_connected",
        "default_kernel",
        "max_body_size",
        "allow_hidden",
    )
    return {
        **{name: chosen[name] for name in copied},
        **{name: _path(chosen[name]) for name in ("socket", "certfile", "keyfile")},
        "token": _token(chosen),
        "base_url": base if base.endswith("/") else base + "/",
        "root_dir": root,
        "state_dir": _state_dir(),
        "umask": client_facts()["umask"],
        "python": sys.executable,
        "prefix": sys.prefix,
        "tether": keeper_command("tether"),
        "kernel_gateway": kernel_gateway,
        "list_kernels": not kernel_gateway if listed is None else listed,
        "cors": _cors(chosen),
        "env": wire_env(_environment(_names(chosen["inherit_env"]))),
        "allow_env": _names(chosen["allow_env"]),
        "owner": lease(),
    }


def _state_dir() -> str:
    """`penstock` in $XDG_STATE_HOME, else in ~/.local/state."""
    base = os.environ.get("XDG_STATE_HOME", "")
    if not os.path.isabs(base):
        base = os.path.join(os.path.expanduser("~"), ".local", "state")
    return os.path.join(base, "penstock")


def _path(text: str) -> str:
    return os.path.abspath(os.path.expanduser(text)) if text else ""


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def _token(chosen: dict[str, Any]) -> str:
    if chosen["token_file"]:
        try:
            with open(os.path.expanduser(chosen["token_file"]), encoding="utf-8") as file:
                token = file.read().strip()
        except (OSError, UnicodeDecodeError) as error:
            raise GatewayError("option", f"The token file cannot be read: {error}") from error
        if not token:
            raise GatewayError(
                "option",
                f"The token file {chosen['token_file']} is empty",
                "to let everybody in, say so: --token=''",
            )
        return token
    token = chosen["token"]
    return secrets.token_hex(24) if token is None else str(token)


def _cors(chosen: dict[str, Any]) -> dict[str, Any]:
    headers = {
        "Access-Control-Allow-Credentials": chosen["allow_credentials"],
        "Access-Control-Allow-Headers": chosen["allow_headers"],
        "Access-Control-Allow-Methods": chosen["allow_methods"],
        "Access-Control-Expose-Headers": chosen["expose_headers"],
        "Access-Control-Max-Age": chosen["cors_max_age"],
    }
    return {
        "origin": chosen["allow_origin"],
        "origin_pattern": chosen["allow_origin_pat"],
        "headers": {name: value for name, value in headers.items() if value},
    }


def _environment(further: list[str]) -> dict[str, str]:
    """What every kernel gets: what programs commonly need, and what was asked for; no secrets of
    this server.
    """
    return {
        name: value
        for name, value in os.environ.items()
        if name not in SECRETS
        and (
            name in INHERITED
            or name.startswith(INHERITED_PREFIXES)
            or name in further
            or "*" in further
        )
    }


def _tell(settings: dict[str, Any], port: int, directory: str, as_json: bool) -> None:
    if settings["socket"]:
        url = "http+unix://" + quote(settings["socket"], safe="") + settings["base_url"]
    else:
        scheme = "https" if settings["certfile"] else "http"
        host = settings["ip"] if settings["ip"] not in ("0.0.0.0", "::", "*", "") else "127.0.0.1"
        host = f"[{host}]" if ":" in host else host
        url = f"{scheme}://{host}:{port}{settings['base_url']}"
    with_token = f"{url}?token={settings['token']}" if settings["token"] else url
    if as_json:
        print_json(
            {"url": url, "token": settings["token"], "pid": os.getpid(), "directory": directory}
        )
    else:
        print(f"Penstock serves {settings['root_dir']}")
        print(f"  open         {with_token}")
        print(f"  JupyterLab   jupyter lab --gateway-url={url}")
        print(f"  logs         {os.path.join(directory, 'gateway.log')}")
        print("Ctrl-C ends it and its kernels.")
    sys.stdout.flush()


def _signals() -> int:
    """A descriptor that can be read once a signal has asked for the end."""
    read_end, write_end = os.pipe()
    os.set_blocking(write_end, False)
    # Written where the signal arrives: a handler in Python would wait for the end of a `select`
    # that began a moment later.
    signal.set_wakeup_fd(write_end)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _noted)
    return read_end


def _noted(signum: int, frame: FrameType | None) -> None:
    """The wakeup descriptor has it."""
    del signum, frame


def _wait(control: Control, signals: int) -> None:
    """Waits for a signal, or for the gateway's own end."""
    with Control(control.directory) as watch:
        ready, _, _ = select.select([signals, watch.fileno()], [], [])
        if watch.fileno() in ready:
            raise GatewayError(
                "gateway-ended",
                "The gateway ended",
                f"see gateway.log and keeper.log in {control.directory}",
            )
    try:
        control.request("leave", timeout=STOP_TIMEOUT)
    except GatewayError as error:
        if error.code != "closed":
            raise
        return  # it was gone before it could answer: that was what was wanted
    # Its end closes the connection.
    select.select([control.fileno()], [], [], STOP_TIMEOUT)
