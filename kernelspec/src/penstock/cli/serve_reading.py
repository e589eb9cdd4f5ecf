"""The options of `penstock serve` as they were given: by option, by variable or in a file."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Mapping
from typing import Any

from ..client.errors import GatewayError
from .serve_option import HUGE, PREFIX, Option
from .serve_options import OPTIONS


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
                *option.flags, action=argparse.BooleanOptionalAction, default=None, help=text
            )
        else:
            parser.add_argument(*option.flags, metavar=option.metavar, default=None, help=text)


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
    for name in option.names:
        if name in config:
            return _parsed(option, config[name], f"{name} in the configuration file")
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
    if number < option.least or (option.most is not None and number > option.most):
        least = f" of at least {option.least}" if option.least else ""
        limit = least if option.most in (None, HUGE) else f"{least} up to {option.most}"
        raise GatewayError("option", f"{where} must be a whole number{limit}, not {value!r}")
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
    unknown = sorted(set(config) - {name for option in OPTIONS for name in option.names})
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
