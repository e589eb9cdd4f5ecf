"""Builds a `start` request."""

from __future__ import annotations

from ..platforms import can_fork
from .environment import client_facts, describe_environment, lease, memory_limit, wire_env

TYPE_CHECKING = False  # typing itself is not imported: it would cost more than all of this module
if TYPE_CHECKING:
    from typing import Any


def start_request(
    *,
    name: str,
    via: str,
    python: str,
    flags: list[str],
    args: list[str],
    env: dict[str, str],
    cwd: str,
    connection: dict[str, Any],
    connection_file: str | None,
    independent: bool = False,
    fresh: bool = False,
    echo: bool = False,
    in_environment: str | None = None,
) -> dict[str, Any]:
    """The fields of `start` (docs/local-sockets.md) for a kernel of the interpreter `python`, run
    with the options `flags` and the kernel arguments `args`. Unless `independent`, it ends with
    this process. `fresh` asks for a new process in place of a fork; where there are no forks it is
    always one. `echo`: an Echo will follow. `in_environment`: the folder of an environment
    (docs/environments.md), whose own interpreter takes the place of `python`. Raises GatewayError.
    """
    if in_environment is not None:
        from ..envs.folders import python_of

        python = python_of(in_environment)
    env = wire_env(env)
    return {
        "name": name,
        "via": via,
        "environment": describe_environment(python, flags, env),
        "env": env,
        "cwd": cwd,
        "args": args,
        "connection": connection,
        "connection_file": connection_file,
        "lease": None if independent else lease(),
        "fresh": fresh or not can_fork(),
        "echo": echo,
        **client_facts(),
        **memory_limit(env),
    }
