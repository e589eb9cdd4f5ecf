"""What systems Penstock runs on. Imports nothing that is missing somewhere."""

import sys


def unsupported() -> str:
    """One line that says why Penstock does not run on this system, "" where it does."""
    if sys.platform == "win32":
        return "Penstock does not run on Windows: use it inside WSL 2"
    return ""


def can_fork() -> bool:
    """True where the keeper can become the parent of what a zygote forks (Linux's
    PR_SET_CHILD_SUBREAPER); elsewhere every worker is started fresh.
    """
    return sys.platform == "linux"
