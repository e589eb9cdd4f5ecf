"""Does once, before the fork, what every worker would do first: imports and caches are then shared.

A page that a worker has to copy costs memory and microseconds, so the fewer first times the better.
Nothing here leaves a trace that user code can see.
"""

from __future__ import annotations

import asyncio
import faulthandler
import glob
import importlib
import linecache
import os
from typing import TYPE_CHECKING

from IPython.core.history import HistoryManager

if TYPE_CHECKING:
    from .app import IPKernelApp

#: Modules that IPython imports on first use in nearly every session.
_MODULES = (
    "sqlite3",
    "IPython.core.logger",
    "IPython.extensions.storemagic",
    "IPython.external.pickleshare",
)


def warm_up(app: IPKernelApp) -> None:
    """Import what the first cell needs and run an empty one, silently."""
    for name in _MODULES:
        try:
            importlib.import_module(name)
        except ImportError:
            # Another IPython keeps it elsewhere, or Python was built without it: later, then.
            continue
    known = set(linecache.cache)
    shell = app.kernel.shell
    shell.run_cell("pass", silent=True)
    for name in set(linecache.cache) - known:
        del linecache.cache[name]
    shell.last_execution_result = None
    shell.display_formatter.format(0)
    # Opened and closed here: only an open connection must not be carried over a fork.
    history = HistoryManager(shell=shell, hist_file=":memory:")
    history.end_session()
    history.db.close()
    for pattern in ("*.py", "*.ipy"):
        glob.glob(os.path.join(app.profile_dir.startup_dir, pattern))
    if "StoreMagics" not in app.config:
        # Without options of its own the extension only defines magics.
        for extension in app.default_extensions:
            shell.extension_manager.load_extension(extension)
    # Only the descriptor is to be changed in the worker.
    faulthandler.enable(file=2)
    loop = asyncio.new_event_loop()
    loop.run_until_complete(asyncio.sleep(0))
    loop.close()
    asyncio.set_event_loop(None)
