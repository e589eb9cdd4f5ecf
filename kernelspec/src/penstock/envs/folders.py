"""Where environments are, and which interpreter their next kernel gets. Imported by launchers of
kernels: it has to be quick.
"""

from __future__ import annotations

import os

from ..client.errors import GatewayError

LIST = "requirements.txt"
"""What the environment is made of: the one place where a person changes it."""

SETTINGS = "environment.json"
LOG = "install.log"
BUILDS = "builds"
CURRENT = "current"
"""Link to the build that the next kernel gets; changing it is the only step of a change that
kernels see.
"""

BUILD_FILE = "penstock-build.json"
"""In a build that is complete: what it was made of. Its lock says whether a kernel uses it."""

LINK = "penstock-link"
"""Folder in a build that holds nothing but a link to this package, so that a build's path of
modules has no other package of ours.
"""

LONGEST_NAME = 64
LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789")

PACKAGE = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))


def base() -> str:
    """`penstock/envs` in $XDG_DATA_HOME, else in ~/.local/share."""
    data = os.environ.get("XDG_DATA_HOME", "")
    if not os.path.isabs(data):
        data = os.path.join(os.path.expanduser("~"), ".local", "share")
    return os.path.join(data, "penstock", "envs")


def folder_of(name: str) -> str:
    """The folder of the environment `name`, which need not exist. Raises GatewayError for a name
    that no environment can have.
    """
    if not name or len(name) > LONGEST_NAME or not _is_name(name):
        raise GatewayError(
            "option",
            f"{name!r} is no name for an environment",
            f"use up to {LONGEST_NAME} of a-z, 0-9, '-', '.' and '_', a letter or digit first",
        )
    return os.path.join(base(), name)


def _is_name(name: str) -> bool:
    # In lower case, because names of kernelspecs are the same in letters of any case.
    return name[0] in LETTERS and all(c in LETTERS or c in "-._" for c in name)


def existing(name: str) -> str:
    """The folder of an environment that is there. Raises GatewayError."""
    folder = folder_of(name)
    if current_build(folder) is None:
        raise missing(folder)
    return folder


def missing(folder: str) -> GatewayError:
    """The error for an environment that is not there."""
    name = os.path.basename(folder)
    return GatewayError(
        "no-such-environment",
        f"There is no environment {name} in {os.path.dirname(folder)}",
        f"see: penstock env list; to make it: penstock env create {name}",
    )


def current_build(folder: str) -> str | None:
    """The build that the next kernel gets; None before the first one is complete."""
    try:
        return os.path.join(folder, os.readlink(os.path.join(folder, CURRENT)))
    except OSError:  # no such environment, or none yet
        return None


def python_in(build: str) -> str:
    """Path of a build's interpreter."""
    return os.path.join(build, "bin", "python")


def is_ours(build: str) -> bool:
    """Whether the build has this installation of Penstock in it, so that its workers speak our
    worker link.
    """
    return os.path.realpath(os.path.join(build, LINK, "penstock")) == PACKAGE


def python_of(folder: str) -> str:
    """The interpreter for a new kernel of the environment in `folder`: the one of the build itself,
    so that a later change does not reach a kernel that runs. Raises GatewayError.
    """
    build = current_build(folder)
    if build is None:
        raise missing(folder)
    name = os.path.basename(folder)
    mend = f"run: penstock env sync {name}"
    if not os.path.exists(python_in(build)):
        raise GatewayError("environment", f"The Python of environment {name} is gone", mend)
    if not is_ours(build):
        raise GatewayError(
            "environment",
            f"Environment {name} was made by another installation of Penstock than {PACKAGE}",
            mend,
        )
    return python_in(build)
