"""Starts the keeper, which starts the gateway, and waits for its one line of outcome.

The keeper gets on descriptor 0 one JSON object: `dir` (directory of the gateway), `version`, `jvm`
(`argv`, `env`), `zygote` (a zygote request to begin with, or null) and `aot` (`cache`, `argv` with
`{output}`, or null); on descriptor 1 a pipe for `{"ok": true}` or `{"ok": false, "error",
"details"}`; and the start lock, whose number is its argument.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

from .. import __version__
from .environment import wire_env
from .errors import GatewayError
from .java import find_java
from .jvm import GatewayCommand, jvm_environment
from .runtime import check_space

KEEPER = os.path.join(
    os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "keeper", "__main__.py"
)
"""The keeper's program, run by its path: that is quicker than to look for a module."""

TIMEOUT = 90.0
"""Seconds until a keeper that says nothing is given up; its own limits are shorter."""


def start_keeper(
    directory: str,
    jar: str,
    lock_fd: int,
    zygote: dict[str, Any] | None,
    serves: bool = False,
) -> None:
    """Starts keeper and gateway in `directory` and returns when the gateway listens. Raises
    GatewayError.
    """
    check_space(directory)
    command = GatewayCommand(find_java(), jar, directory, serves)
    config = {
        "dir": directory,
        "version": __version__,
        "jvm": {"argv": command.argv(), "env": wire_env(jvm_environment())},
        "zygote": zygote,
        "aot": command.training(),
    }
    outcome = run_keeper(config, lock_fd)
    if not outcome.get("ok"):
        details = str(outcome.get("details", "")).strip().replace("\n", " | ")
        where = os.path.join(directory, "keeper.log")
        message = (
            f"The gateway could not be started: {outcome.get('error', 'the keeper ended at once')}"
        )
        raise GatewayError(
            "start", message, f"{details}; see {where}" if details else f"see {where}"
        )


def run_keeper(config: dict[str, Any], lock_fd: int) -> dict[str, Any]:
    """Starts a keeper and waits for its outcome, `{}` when it died without one. Raises
    GatewayError.
    """
    try:
        process = popen_keeper(str(lock_fd), [lock_fd])
    except OSError as error:
        raise GatewayError("start", f"The keeper could not be started: {error}") from error
    try:
        line, _ = process.communicate(json.dumps(config).encode("ascii"), timeout=TIMEOUT)
        return json.loads(line)
    except subprocess.TimeoutExpired:
        # The process waited for here has long ended; the keeper itself ends with its own limit.
        return {"error": f"the keeper said nothing in {TIMEOUT:.0f} s"}
    except ValueError:  # no line: it died before it could tell
        return {}
    finally:
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()
        process.wait()


def keeper_command(argument: str) -> list[str]:
    """How the keeper's program is run."""
    return [sys.executable, "-I", "-S", "-X", "utf8", KEEPER, argument]


def popen_keeper(argument: str, inherited: Sequence[int] = ()) -> subprocess.Popen[bytes]:
    """Runs the keeper's program with pipes at 0 and 1 and these descriptors; it is no part of this
    process's group or session. Raises OSError.
    """
    return subprocess.Popen(
        keeper_command(argument),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        pass_fds=inherited,
        start_new_session=True,
        cwd="/",
    )
