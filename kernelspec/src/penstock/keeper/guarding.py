"""From a started process to a running guard."""

from __future__ import annotations

import os
import sys

from .detach import detach, read_config, where
from .guard import Guard
from .log import Log
from .loop import Loop
from .processes import set_subreaper
from .starter import Starter


def main() -> None:
    """Runs a guard. Its client gives it two pipes: 0 with the configuration (see
    `penstock.client.guard`), 1 for the one line of outcome.
    """
    starter = Starter(detach())
    try:
        config = read_config()
        log = Log(os.path.join(config["dir"], "keeper.log"))
        if not set_subreaper():
            log("warn", "no-subreaper")
        loop = Loop()
        Guard(loop, log, config, starter)
    except (OSError, ValueError, KeyError) as error:
        starter.failed(f"the guard cannot start: {error}", "")
        sys.exit(1)
    try:
        loop.run()
    except Exception as error:  # noqa: BLE001  (a mistake of ours: nobody else could tell it, all stderr is gone)
        log("error", "guard-failed", error=repr(error), where=where(error))
        sys.exit(1)
