"""Children that the user's code forks: they leave the link alone; order is kept before each."""

from __future__ import annotations

import os
import signal
import sys

from . import sharing
from .app import IPKernelApp
from .control import release_signals
from .link import Link

#: Audit events of starting a process: what was printed before must come before its output.
_STARTS = frozenset(
    {"os.system", "subprocess.Popen", "os.posix_spawn", "os.exec", "os.fork", "os.forkpty"}
)


def install(app: IPKernelApp, link: Link) -> None:
    """Flush output before a process is started; detach a forked child from the link."""
    outbox = app.outbox

    def audit(event: str, _args: object) -> None:
        if event in _STARTS and not outbox.child:
            outbox.flush()

    def child() -> None:
        outbox.forked()
        app.session.link = None
        app.kernel.shell_stream.link = None
        app.kernel.subshells.forked()
        app.kernel.forked()
        sharing.forked()
        link.forked()
        release_signals()
        signal.signal(signal.SIGINT, signal.default_int_handler)

    sys.addaudithook(audit)
    os.register_at_fork(after_in_child=child)
