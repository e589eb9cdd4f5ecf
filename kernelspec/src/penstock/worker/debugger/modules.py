"""The modules of the worker: those that a debugger lists, and those that it steps over."""

from __future__ import annotations

import os
import sys
from typing import Any

from .dap import Message, response


def modules(request: Message) -> Message:
    """The response to `modules`: Python files of the modules that are loaded."""
    loaded = list(sys.modules.copy().values())
    arguments = request.get("arguments") or {}
    start = arguments.get("startModule", 0)
    count = arguments.get("moduleCount") or len(loaded)
    found = []
    for number, module in enumerate(loaded[start : start + count], start):
        path = getattr(getattr(module, "__spec__", None), "origin", None)
        if isinstance(path, str) and path.endswith(".py"):
            found.append({"id": number, "name": module.__name__, "path": path})
    return response(request, {"modules": found, "totalModules": len(loaded)})


def internal_rules(kernel: Any) -> list[Message]:
    """Debugpy's rules that leave out what ipykernel leaves out: what a kernel is made of.

    Modules that the user had preloaded (PENSTOCK_PRELOAD) are not part of that.
    """
    names = os.environ.get("PENSTOCK_PRELOAD", "").split(",")
    preloaded = {name.strip().partition(".")[0] for name in names}
    theirs = {
        getattr(module, "__file__", None)
        for name, module in sys.modules.copy().items()
        if name.partition(".")[0] in preloaded
    }
    ours = set(getattr(kernel, "_kernel_modules", ())) - theirs
    # Imported only after the kernel had looked what it is made of.
    ours.update(
        module.__file__
        for name, module in sys.modules.copy().items()
        if name.startswith("penstock.") and getattr(module, "__file__", None)
    )
    return [{"path": path, "include": False} for path in sorted(ours)]
