"""Commands that see another file system than the rest of the machine (Linux, root only)."""

from __future__ import annotations

import shutil
import subprocess
from functools import cache

UNMOUNTABLE = "needs the right to mount file systems (root, unshare)"
"""Why a test is skipped where `mountable` says no."""


FILL = f'{shutil.which("dd")} if=/dev/zero of="$1/fill" bs=4k 2>/dev/null'
"""Shell command for `before`: fills the file system."""


def masked(
    folder: str, command: list[str], options: str = "size=1m", before: str = ":"
) -> list[str]:
    """The command, in a mount namespace of its own where `folder` is an empty tmpfs.

    `options` are the tmpfs's mount options, `before` is a shell command that runs after the mount.
    Programs are named by their full paths: the command may be given any PATH.
    """
    mount = f'{shutil.which("mount")} -t tmpfs -o {options} tmpfs "$1"'
    script = f'{mount} && {{ {before}; }}; shift; exec "$@"'
    return [
        str(shutil.which("unshare")),
        "--mount",
        "/bin/sh",
        "-c",
        script,
        "sh",
        folder,
        *command,
    ]


@cache
def mountable() -> bool:
    """Whether this user may do that here."""
    if shutil.which("unshare") is None:
        return False
    done = subprocess.run(masked("/mnt", ["true"]), capture_output=True, timeout=10, check=False)
    return done.returncode == 0
