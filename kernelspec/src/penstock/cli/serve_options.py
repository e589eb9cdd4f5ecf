"""Options of `penstock serve`: each by option, by variable, or in a configuration file, in this
order. Names and meaning are those of jupyter_server and jupyter_kernel_gateway, where they exist.
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..client.errors import GatewayError

PREFIX = "PENSTOCK_"


@dataclass(frozen=True)
class Option:
    """One option. `kind` is how its text is read; `others` are names of its variable with other
    servers; `most` is the largest number.
    """

    name: str
    kind: type
    default: Any
    help: str
    metavar: str | None = None
    others: tuple[str, ...] = ()
    most: int | None = None

    @property
    def flag(self) -> str:
        """As on the command line."""
        return "--" + self.name.replace("_", "-")

    @property
    def variable(self) -> str:
        """Its environment variable."""
        return PREFIX + self.name.upper()


OPTIONS = (
    Option("ip", str, "127.0.0.1", "address to listen on", "ADDRESS", ("KG_IP",)),
    Option("port", int, 8888, "port to listen on; 0 chooses one", "N", ("KG_PORT",), 65535),
    Option(
        "port_retries", int, 50, "ports after it to try when it is taken", "N", ("KG_PORT_RETRIES",)
    ),
    Option("socket", str, "", "listen on this Unix-domain socket instead of a port", "PATH"),
    Option(
        "token",
        str,
        None,
        "what clients have to show; '' lets everybody in (default: a new one, printed at the start;"
        " better in a file or in $PENSTOCK_TOKEN: others can read command lines)",
        "TEXT",
        ("KG_AUTH_TOKEN", "JUPYTER_TOKEN"),
    ),
    Option("token_file", str, "", "read the token from this file", "FILE"),
    Option("base_url", str, "/", "path before all others", "PATH", ("KG_BASE_URL",)),
    Option(
        "root_dir", str, "", "directory of the contents and of kernels (default: this one)", "DIR"
    ),
    Option("allow_hidden", bool, False, "show files whose names begin with a dot"),
    Option("certfile", str, "", "certificate for TLS, in PEM format", "FILE", ("KG_CERTFILE",)),
    Option("keyfile", str, "", "its private key, PKCS #8 in PEM format", "FILE", ("KG_KEYFILE",)),
    Option(
        "allow_origin",
        str,
        "",
        "origin of pages that may use it; * for all",
        "ORIGIN",
        ("KG_ALLOW_ORIGIN",),
    ),
    Option("allow_origin_pat", str, "", "or a regular expression for the whole origin", "REGEX"),
    Option(
        "allow_credentials",
        str,
        "",
        "Access-Control-Allow-Credentials",
        "TEXT",
        ("KG_ALLOW_CREDENTIALS",),
    ),
    Option("allow_headers", str, "", "Access-Control-Allow-Headers", "TEXT", ("KG_ALLOW_HEADERS",)),
    Option("allow_methods", str, "", "Access-Control-Allow-Methods", "TEXT", ("KG_ALLOW_METHODS",)),
    Option(
        "expose_headers", str, "", "Access-Control-Expose-Headers", "TEXT", ("KG_EXPOSE_HEADERS",)
    ),
    Option("cors_max_age", str, "", "Access-Control-Max-Age, in seconds", "N", ("KG_MAX_AGE",)),
    Option(
        "max_kernels", int, 0, "most kernels at a time; 0 for any number", "N", ("KG_MAX_KERNELS",)
    ),
    Option(
        "cull_idle_timeout",
        int,
        0,
        "end kernels that nobody used for so many seconds; 0 for never",
        "SECONDS",
    ),
    Option("cull_interval", int, 300, "how often to look for them", "SECONDS"),
    Option("cull_busy", bool, False, "end those that run something, too"),
    Option("cull_connected", bool, False, "end those that have clients, too"),
    Option(
        "default_kernel",
        str,
        "",
        "kernelspec for those who name none",
        "NAME",
        ("KG_DEFAULT_KERNEL_NAME",),
    ),
    Option("max_body_size", int, 512 << 20, "longest body of a request, in bytes", "N"),
    Option(
        "inherit_env",
        str,
        "",
        "names of further variables that kernels get from here, with commas; * for all",
        "NAMES",
        ("KG_INHERITED_ENVS", "KG_ENV_PROCESS_WHITELIST"),
    ),
    Option(
        "allow_env",
        str,
        "",
        "names of variables that clients may set besides KERNEL_*, with commas; * for all",
        "NAMES",
        ("KG_ALLOWED_ENVS", "KG_ENV_WHITELIST"),
    ),
    Option(
        "personality",
        str,
        "jupyter",
        "jupyter, or kernel-gateway: where the two differ, answer as that one",
        "NAME",
    ),
    Option(
        "list_kernels",
        bool,
        None,
        "let clients list kernels (default: yes; as kernel-gateway: no)",
        None,
        ("KG_LIST_KERNELS",),
    ),
)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Adds all options; those that are not given are None."""
    parser.add_argument(
        "--config", metavar="FILE", help="JSON or TOML file with options, names with underscores"
    )
    for option in OPTIONS:
        shown = "" if option.default in (None, "") else f" (default: {option.default})"
        variables = ", ".join(f"${name}" for name in (option.variable, *option.others))
        text = f"{option.help}{shown} [{variables}]".replace("%", "%%")
        if option.kind is bool:
            parser.add_argument(
                option.flag, action=argparse.BooleanOptionalAction, default=None, help=text
            )
        else:
            parser.add_argument(option.flag, metavar=option.metavar, default=None, help=text)


def read(given: argparse.Namespace, env: Mapping[str, str]) -> dict[str, Any]:
    """All options with their values. Raises GatewayError for one that cannot be read."""
    config = _config(given.config or env.get(PREFIX + "CONFIG"))
    return {option.name: _value(option, given, env, config) for option in OPTIONS}


def _value(
    option: Option, given: argparse.Namespace, env: Mapping[str, str], config: dict[str, Any]
) -> Any:
    value = getattr(given, option.name)
    if value is not None:
        return _parsed(option, value, option.flag)
    for name in (option.variable, *option.others):
        if name in env:
            return _parsed(option, env[name], f"${name}")
    if option.name in config:
        return _parsed(option, config[option.name], f"{option.name} in the configuration file")
    return option.default


def _parsed(option: Option, value: Any, where: str) -> Any:
    if option.kind is int:
        return _number(option, value, where)
    if isinstance(value, option.kind):
        return value
    if option.kind is bool and isinstance(value, str):
        word = value.strip().lower()
        if word in ("1", "true", "yes", "on", "0", "false", "no", "off"):
            return word in ("1", "true", "yes", "on")
    wanted = {bool: "true or false", str: "a text"}[option.kind]
    raise GatewayError("option", f"{where} must be {wanted}, not {value!r}")


def _number(option: Option, value: Any, where: str) -> int:
    text = str(value).strip()
    number = int(text) if text.isascii() and text.isdecimal() else -1
    if number < 0 or (option.most is not None and number > option.most):
        limit = "" if option.most is None else f" up to {option.most}"
        raise GatewayError("option", f"{where} must be a number{limit}, not {value!r}")
    return number


def _config(path: str | None) -> dict[str, Any]:
    if not path:
        return {}
    try:
        with open(path, "rb") as file:
            config = _load(path, file)
    except OSError as error:
        raise GatewayError("option", f"{path} cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise GatewayError("option", f"{path} cannot be read: {error}") from error
    unknown = sorted(set(config) - {option.name for option in OPTIONS})
    if unknown:
        raise GatewayError(
            "option",
            f"{path}: there is no option {', '.join(unknown)}",
            "see: penstock serve --help",
        )
    return config


def _load(path: str, file: Any) -> dict[str, Any]:
    if os.path.splitext(path)[1].lower() == ".toml":
        try:
            import tomllib  # type: ignore[import-not-found,unused-ignore]
        except ImportError as error:
            raise ValueError("TOML needs Python 3.11 or newer; write it as JSON") from error
        return tomllib.load(file)
    config = json.load(file)
    if not isinstance(config, dict):
        raise ValueError("it is not a JSON object")
    return config
