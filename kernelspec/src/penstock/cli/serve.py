"""`penstock serve`: an HTTP server in a gateway of its own, in the foreground."""

from __future__ import annotations

import argparse
import os
import secrets
import select
import shutil
import signal
import sys
from contextlib import suppress
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
from . import serve_left
from .printing import print_json
from .serve_commands import allowed_commands
from .serve_environments import environment_settings
from .serve_options import OPTIONS
from .serve_pathview import pathview_settings
from .serve_reading import read
from .serve_seed import fetch, keep, seed_settings

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
    fetched = fetch(chosen["seed_uri"])
    left = serve_left.take(settings)
    directory = left or _directory()
    if fetched is not None:
        settings["seed_file"] = keep(fetched, directory)
    if left:
        settings["port_retries"] = 0  # its logs and clients are this address's
    else:
        _start(directory)
    with Control(directory) as control:
        port = _begin(control, settings, left)
        signals = _signals()  # before it is told that we serve: who reads that may end us
        _tell(settings, port, directory, options.json, chosen["leave_sessions"])
        _wait(control, signals)
        if chosen["leave_sessions"] and control.request("unserve", timeout=STOP_TIMEOUT)["kernels"]:
            serve_left.leave(directory, port, settings["socket"])
            return 0
        _end(control)
    shutil.rmtree(directory, ignore_errors=True)  # kept after an error, with its logs
    return 0


def _start(directory: str) -> None:
    """Starts keeper and gateway."""
    lock = os.open(os.path.join(directory, "lock"), os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    try:
        start_keeper(directory, find_jar(), lock, None, serves=True)
    finally:
        os.close(lock)


def _begin(control: Control, settings: dict[str, Any], left: str | None) -> int:
    """Starts the server in the gateway; its port."""
    try:
        # Kernels that are there from the beginning take their time, a seed what it takes.
        limit = None if settings["prespawn_count"] else START_TIMEOUT
        return int(control.request("serve", timeout=limit, settings=settings)["port"])
    except GatewayError:
        if left:
            serve_left.leave(left, settings["port"], settings["socket"])
        else:
            with suppress(GatewayError):  # why it does not serve is what people are to read
                _end(control)
        raise


def _directory() -> str:
    base = base_dir()
    jar = find_jar()
    ensure_private(base)
    path = gateway_dir(base, __version__, jar_hash(jar, base)) + f"-s{secrets.token_hex(3)}"
    check_length(path)
    return ensure_private(path)


def _settings(chosen: dict[str, Any]) -> dict[str, Any]:
    """The `settings` of the control socket's `serve` (docs/local-sockets.md)."""
    if chosen["personality"] not in ("", "jupyter", "kernel-gateway"):
        raise GatewayError(
            "option", f"--personality is jupyter or kernel-gateway, not {chosen['personality']}"
        )
    seed = seed_settings(chosen)
    if seed["notebook_http"] and chosen["leave_sessions"]:
        raise GatewayError(
            "option", "--leave-sessions is not for --api=notebook-http, which has no sessions"
        )
    usual = "kernel-gateway" if seed["notebook_http"] else "jupyter"
    kernel_gateway = (chosen["personality"] or usual) == "kernel-gateway"
    if chosen["keyfile"] and not chosen["certfile"]:
        raise GatewayError("option", "--keyfile is of no use without --certfile")
    if chosen["client_ca"] and (chosen["socket"] or not chosen["certfile"]):
        raise GatewayError("option", "--client-ca needs TLS: a port and --certfile")
    root = os.path.abspath(os.path.expanduser(chosen["root_dir"] or os.getcwd()))
    if not os.path.isdir(root):
        raise GatewayError("option", f"There is no directory {root}")
    base = "/" + chosen["base_url"].strip("/")
    token = _token(chosen)
    env = _environment(_names(chosen["inherit_env"]))
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
        "force_kernel_name",
        "max_body_size",
        "max_message_size",
        "max_connections",
        "request_timeout",
        "websocket_ping_interval",
        "iopub_msg_rate_limit",
        "iopub_data_rate_limit",
        "rate_limit_window",
        "allow_tracebacks",
        "allow_hidden",
        "save_orphaned_outputs",
        "allow_remote_access",
        "json_rpc_examples",
    )
    return {
        **{name: chosen[name] for name in copied},
        **seed,
        **{name: _path(chosen[name]) for name in ("socket", "certfile", "keyfile", "client_ca")},
        "token": token,
        "local_hostnames": _names(chosen["local_hostnames"]),
        "allowed_message_types": _names(chosen["allowed_message_types"]),
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
        "env": wire_env(env),
        "pathview": pathview_settings(chosen, token, env),
        "allow_env": _names(chosen["allow_env"]),
        "allow_commands": allowed_commands(chosen["allow_commands"]),
        "environments": environment_settings(
            chosen["allow_environments"], _environment(_names(chosen["inherit_env"]))
        ),
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


def _tell(settings: dict[str, Any], port: int, directory: str, as_json: bool, leaves: bool) -> None:
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
        if settings["notebook_http"]:
            print(f"Penstock serves the cells of {settings['seed_uri']}")
            print(f"  API          {url}_api/spec/swagger.json")
            print(f"  token        {settings['token'] or 'none'}")
        elif settings["pathview"] and settings["pathview"]["alone"]:
            print("Penstock serves PathView's API to your own processes, without a token")
            print(f"  open         {url}")
        else:
            print(f"Penstock serves {settings['root_dir']}")
            print(f"  open         {with_token}")
            # The name tells us which notebook a kernel is of (docs/closed-tabs.md).
            lab = f"jupyter lab --gateway-url={url} --GatewayClient.allowed_envs=JPY_SESSION_NAME"
            print(f"  JupyterLab   {lab}")
        print(f"  logs         {os.path.join(directory, 'gateway.log')}")
        print("Ctrl-C ends it and its kernels." if not leaves else "Ctrl-C ends it.")
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
    """Waits for a signal. Raises GatewayError for the gateway's own end."""
    with Control(control.directory) as watch:
        ready, _, _ = select.select([signals, watch.fileno()], [], [])
        if watch.fileno() in ready:
            raise GatewayError(
                "gateway-ended",
                "The gateway ended",
                f"see gateway.log and keeper.log in {control.directory}",
            )


def _end(control: Control) -> None:
    """Ends the gateway with all its kernels; one that does not end by itself is killed. Raises
    GatewayError `stuck` then.
    """
    try:
        control.leave(STOP_TIMEOUT)
    except GatewayError as error:
        if error.code != "timeout":
            raise
    else:
        # Its end closes the connection.
        if select.select([control.fileno()], [], [], STOP_TIMEOUT)[0]:
            return
    pid = control.peer_pid()
    if pid is None:
        raise GatewayError("stuck", f"The gateway in {control.directory} does not end")
    os.kill(pid, signal.SIGKILL)
    raise GatewayError("stuck", f"The gateway (process {pid}) did not end, and was killed")
