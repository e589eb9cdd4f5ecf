"""Does what a server was asked for with environments: `python -m penstock.envs.job`.

It gets an order (`penstock.envs.orders`) on stdin, one line of JSON: not in its argv, because a
list of packages may hold an index's password. It writes the lines of `penstock env create --json`
to stdout, the last one `done` or `error`. When stdin ends before, because nobody wants it any more
or the server is gone, what was begun is undone, and the last line is the error `cancelled`.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from typing import Any

from ..client.errors import GatewayError
from .orders import perform


def main() -> int:
    """Does one thing; 0 if it was done."""
    order = json.loads(sys.stdin.buffer.readline())
    _watch()
    last = GatewayError("cancelled", "The change was cancelled")
    done: dict[str, Any] | None = None
    try:
        done = perform(order, _tell)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    except KeyboardInterrupt:
        pass  # by `_watch`, once; too late if it is done
    except GatewayError as error:
        last = error
    if done is None:
        said = {"code": last.code, "message": last.message, "hint": last.hint}
        _tell({"event": "error", "error": said})
        return 1
    _tell({"event": "done", **done})
    return 0


def _watch() -> None:
    """Interrupts this thread when stdin ends."""
    signal.signal(signal.SIGINT, signal.default_int_handler)  # also where it was ignored
    waiting = threading.get_ident()

    def watch() -> None:
        while os.read(0, 4096):
            pass  # there is one order
        signal.pthread_kill(waiting, signal.SIGINT)

    threading.Thread(target=watch, daemon=True).start()


def _tell(event: dict[str, Any]) -> None:
    print(json.dumps(event), flush=True)


if __name__ == "__main__":
    sys.exit(main())
