"""The environment that the tests give to kernels."""

from __future__ import annotations

import os


def clean() -> dict[str, str]:
    """The current environment without pytest's mark: ipykernel reads it and then leaves file
    descriptors 1 and 2 alone.
    """
    return {name: value for name, value in os.environ.items() if name != "PYTEST_CURRENT_TEST"}
