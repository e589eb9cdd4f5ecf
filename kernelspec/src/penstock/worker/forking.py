"""Children that the user's code forks: the link stays the parent's; order is kept before each."""

from __future__ import annotations

import os
import sys

from . import sharing
from .app import IPKernelApp
from .children import Children
from .control import release_signals
from .link import Link
from .streams import Stream

#: Audit events of starting a process: what was printed before must come before its output.
_STARTS = frozenset(
    {"os.system", "subprocess.Popen", "os.posix_spawn", "os.exec", "os.fork", "os.forkpty"}
)


def install(app: IPKernelApp, link: Link) -> None:
    """Flush output before a process is started; detach a forked child from the link."""
    outbox = app.outbox
    children = Children(link, outbox, app.interrupts)

    def audit(event: str, _args: object) -> None:
        if event not in _STARTS:
            return
        if not outbox.child:
            outbox.flush()
            return
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, Stream):  # a line that is not whole: its child has it, too
                stream.flush()

    def child() -> None:
        outbox.forked()
        app.session.link = children.forked()
        app.kernel.shell_stream.link = None
        app.kernel.subshells.forked()
        app.kernel.forked()
        sharing.forked()
        link.forked()
        release_signals()
        app.interrupts.forked()

    sys.addaudithook(audit)
    os.register_at_fork(before=children.before_fork, after_in_child=child)
