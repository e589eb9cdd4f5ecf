"""Run by a new build's interpreter: can a kernel run here? What is installed?

`python -I -m penstock.envs.check` prints `{"python": version, "packages": {name: version}}`. The
import also leaves the bytecode that the first kernel would otherwise have to make.
"""

from __future__ import annotations

import json
import platform
from importlib import import_module
from importlib.metadata import distributions

KERNEL = "penstock.worker.serve"


def main() -> None:
    """Prints it; an exception says what is missing."""
    import_module(KERNEL)
    packages = {found.metadata["Name"]: found.version for found in distributions()}
    print(json.dumps({"python": platform.python_version(), "packages": packages}))


if __name__ == "__main__":
    main()
