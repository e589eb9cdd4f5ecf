"""Penstock: a Jupyter kernel and kernel gateway. Kept tiny: the keeper imports it, too."""

import sys

__version__ = "0.1.0"

if sys.version_info < (3, 10):  # noqa: UP036  (every entry point comes through here, pip or not)
    found = f"{sys.executable} is {sys.version_info[0]}.{sys.version_info[1]}"
    sys.exit(f"Penstock needs Python 3.10 or newer; {found}")
