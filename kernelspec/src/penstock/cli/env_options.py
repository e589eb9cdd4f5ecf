"""Options of `penstock env`."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

Add = Callable[[Any, str, str, str], argparse.ArgumentParser]


def add_env(commands: Any, add: Add) -> None:
    """Adds the group. `add(group, name, "module.function", help)` adds one command to it."""
    env = commands.add_parser("env", help="Python environments for kernels")
    group = env.add_subparsers(title="commands", metavar="COMMAND", required=True)
    create = add(group, "create", "envs.create", "make an environment from a list of packages")
    _name(create)
    _sources(create)
    sync = add(group, "sync", "envs.sync", "make an environment what its list of packages says")
    _name(sync)
    _sources(sync)
    sync.add_argument(
        "--rebuild", action="store_true", help="also when it is so already: for newer versions"
    )
    add(group, "list", "envs.list_environments", "list the environments")
    _name(add(group, "remove", "envs.remove", "remove an environment that no kernel uses"))
    spec = add(group, "kernelspec", "envs.kernelspec", "make its kernels known to Jupyter")
    _name(spec)
    where = spec.add_mutually_exclusive_group()
    where.add_argument(
        "--sys-prefix", action="store_true", help="for this Python environment's Jupyter"
    )
    where.add_argument("--prefix", metavar="DIR", help="below DIR/share/jupyter")
    spec.add_argument("--display-name", metavar="TEXT", help="what people see")


def _name(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", help="a-z, 0-9, '-', '.' and '_'")


def _sources(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--python", metavar="PYTHON", help="path or version, such as 3.12 (default: this Python)"
    )
    parser.add_argument(
        "--requirements", metavar="FILE", help="becomes the environment's list of packages"
    )
    parser.add_argument(
        "--installer", choices=("uv", "pip"), help="default: uv where it is found, else pip"
    )
