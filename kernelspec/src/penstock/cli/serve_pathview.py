"""`penstock serve --api pathview`: its options, and the environment that packages go into."""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import ipaddress
import os
import subprocess
import sys
import tempfile
from typing import Any

from ..client.environment import wire_env
from ..client.errors import GatewayError
from .serve_pathview_options import PATHVIEW_OPTIONS

NAME = "pathview"

PIP_PREFIXES = ("PIP_",)
PIP_NAMES = (
    "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE",
)  # fmt: skip
"""Variables that tell pip where packages are; names in letters of any case."""

_LINK = "penstock-server.pth"
"""In the environment's site-packages, and written last: with it the environment is whole."""


def is_pathview(chosen: dict[str, Any]) -> bool:
    """Whether PathView's API is to be served."""
    return bool(chosen["api"] == NAME)


def pathview_settings(
    chosen: dict[str, Any], token: str, env: dict[str, str]
) -> dict[str, Any] | None:
    """The field `pathview` of the control socket's `serve`; None if it is not served. `env` is
    that of every kernel. Makes the environment if there is none yet.
    """
    if not is_pathview(chosen):
        for option in PATHVIEW_OPTIONS:  # left out, a time limit would be none
            if chosen[option.name] != option.default:
                raise GatewayError("option", f"{option.flag} is for --api={NAME} only")
        return None
    if chosen["leave_sessions"]:
        raise GatewayError("option", f"--leave-sessions is not for --api={NAME}")
    _check_promises(chosen)
    if not token:
        _check_open(chosen)
    site = os.path.abspath(os.path.expanduser(chosen["static"])) if chosen["static"] else ""
    if site and not os.path.isfile(os.path.join(site, "index.html")):
        raise GatewayError(
            "option", f"There is no {site}/index.html: --static names the folder of a built page"
        )
    folder = environment(chosen["packages_dir"])
    scripts = os.path.join(folder, "bin")
    path = os.pathsep.join([scripts, *filter(None, [env.get("PATH")])])
    return {
        "site": site,
        "python": os.path.join(scripts, "python"),
        "env": wire_env(
            {**_preload(folder), **env, **_for_pip(), "VIRTUAL_ENV": folder, "PATH": path}
        ),
        "exec_timeout": chosen["exec_timeout"],
        "init_timeout": chosen["init_timeout"],
        "session_ttl": chosen["session_ttl"],
        "alone": not token,
    }


def _preload(folder: str) -> dict[str, str]:
    """Every session imports numpy if it is there: the warm process has it already, unless the
    user says what that has.
    """
    there = importlib.util.find_spec("numpy") or os.path.isdir(_installed(folder, "numpy"))
    return {"PENSTOCK_PRELOAD": "numpy"} if there else {}


def _for_pip() -> dict[str, str]:
    return {
        name: value
        for name, value in os.environ.items()
        if name.startswith(PIP_PREFIXES) or name.upper() in PIP_NAMES
    }


def _check_promises(chosen: dict[str, Any]) -> None:
    """Its code runs by requests of the server's own, and its errors have tracebacks: neither can
    be kept from its clients.
    """
    if chosen["allowed_message_types"]:
        raise GatewayError(
            "option", f"--allowed-message-types is not for --api={NAME}: its calls run code"
        )
    if not chosen["allow_tracebacks"]:
        raise GatewayError(
            "option", f"--no-allow-tracebacks is not for --api={NAME}: its answers have them"
        )


def _check_open(chosen: dict[str, Any]) -> None:
    """Without a token whoever is let in runs code: so only this user's own pages and programs."""
    why = None
    if not chosen["socket"]:
        if not _is_loopback(chosen["ip"]):
            why = f"listen on a loopback address, not on {chosen['ip']}"
        elif not sys.platform.startswith("linux"):
            why = "know whose process calls: only Linux tells"
    if chosen["allow_remote_access"]:
        why = "have the names by which it is called checked: not --allow-remote-access"
    if chosen["allow_origin"] == "*":
        why = "name the pages that may call it: not --allow-origin='*'"
    if chosen["allow_origin_pat"]:
        why = "name the pages that may call it: --allow-origin, not --allow-origin-pat"
    if why:
        raise GatewayError(
            "option", f"--api={NAME} without a token has to {why}", "or give it a token"
        )


def _is_loopback(ip: str) -> bool:
    try:
        return ip == "localhost" or ipaddress.ip_address(ip).is_loopback
    except ValueError:
        return False  # a name: nobody knows where it leads tomorrow


def environment(wanted: str) -> str:
    """The folder of the virtual environment that sessions run in and install into: `wanted`, or
    one of this server's own below $XDG_DATA_HOME. It has all packages that this interpreter has.
    """
    folder = os.path.abspath(os.path.expanduser(wanted)) if wanted else _own()
    try:
        os.makedirs(folder, mode=0o700, exist_ok=True)
        with open(folder + ".lock", "a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # another server may be making it
            if not os.path.exists(_link(folder)):
                _make(folder)
    except OSError as error:
        raise GatewayError(
            "option", f"The environment {folder} cannot be made: {error}", "see --packages-dir"
        ) from error
    return folder


def _own() -> str:
    base = os.environ.get("XDG_DATA_HOME", "")
    if not os.path.isabs(base):
        base = os.path.join(os.path.expanduser("~"), ".local", "share")
    identity = hashlib.sha256(sys.prefix.encode("utf-8", "surrogateescape")).hexdigest()[:8]
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    return os.path.join(base, "penstock", f"{NAME}-{version}-{identity}")


def _link(folder: str) -> str:
    return _installed(folder, _LINK)


def _installed(folder: str, name: str) -> str:
    version = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    return os.path.join(folder, "lib", version, "site-packages", name)


def _make(folder: str) -> None:
    """An environment with pip, which sees the packages of this interpreter after its own."""
    foreign = set(os.listdir(folder)) - {"bin", "include", "lib", "lib64", "pyvenv.cfg"}
    if foreign:
        raise GatewayError(
            "option", f"{folder} is not empty: --packages-dir names a folder of its own"
        )
    print(f"making the environment for packages: {folder}", file=sys.stderr)
    made = subprocess.run(
        [sys.executable, "-m", "venv", "--clear", folder],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode:
        words = (made.stderr.strip() or made.stdout.strip()).splitlines()
        raise GatewayError(
            "option",
            f"No environment for packages can be made: {words[-1] if words else 'venv failed'}",
            "install the venv module of this Python, or see --packages-dir",
        )
    lines = [f"import site; site.addsitedir({path!r})\n" for path in _packages()]
    link = _link(folder)
    with tempfile.NamedTemporaryFile(
        "w", dir=os.path.dirname(link), delete=False, encoding="utf-8"
    ) as file:
        file.writelines(lines)
    os.replace(file.name, link)


def _packages() -> list[str]:
    """Where this interpreter has its packages."""
    return [
        path
        for path in sys.path
        if os.path.basename(path) in ("site-packages", "dist-packages") and os.path.isdir(path)
    ]
