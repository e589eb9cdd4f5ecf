"""Tells a server how kernels of this interpreter are started: `{"argv", "env"}` of a kernelspec on
stdin, a `start` request (docs/local-sockets.md) without name, environment and directory on stdout.
"""

from __future__ import annotations

import json
import sys

from ..arguments import interpreter_flags, launcher_arguments, parse_arguments
from .errors import GatewayError
from .request import start_request


def main() -> int:
    """Answers one question; 1 with one line on stderr when it cannot be."""
    question = json.load(sys.stdin)
    command = question["argv"]
    try:
        arguments = parse_arguments(launcher_arguments(command))
        request = start_request(
            name="",
            via="rest",
            python=command[0],
            flags=interpreter_flags(command),
            args=arguments.rest,
            env=question["env"],
            cwd="",
            connection={},
            connection_file=None,
            independent=True,
            in_environment=arguments.environment,
        )
    except (GatewayError, ValueError) as error:  # a limit or an option that cannot be read
        print(error, file=sys.stderr)
        return 1
    for given_by_the_server in ("name", "env", "cwd"):
        del request[given_by_the_server]
    json.dump(request, sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
