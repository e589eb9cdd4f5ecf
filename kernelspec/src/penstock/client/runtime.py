"""The runtime directory: where sockets, logs and session folders live (docs/local-sockets.md)."""

from __future__ import annotations

import os
import stat
import sys

from ..surroundings import namespace
from .digest import sha256
from .errors import GatewayError

LONGEST_NAME = "gateway.sock"
MAX_SOCKET_PATH = 107 if sys.platform == "linux" else 103
"""Longest path of a Unix socket in bytes, without the final NUL."""

HINT = "set PENSTOCK_RUNTIME_DIR to a directory that only you can use"


def base_dir() -> str:
    """The runtime directory of the user, absolute: $PENSTOCK_RUNTIME_DIR, else `penstock` in
    $XDG_RUNTIME_DIR when that is a directory of this user, else `penstock-<uid>` in the temporary
    directory.
    """
    chosen = os.environ.get("PENSTOCK_RUNTIME_DIR")
    if chosen:
        return os.path.abspath(chosen)
    session = os.environ.get("XDG_RUNTIME_DIR", "")
    # After `su` and in containers the variable often names the directory of somebody else, or none.
    if os.path.isabs(session) and _owner(session) == os.geteuid():
        return os.path.join(session, "penstock")
    return os.path.join(_temporary_dir(), f"penstock-{os.geteuid()}")


def gateway_dir(base: str, version: str, jar_hash: str) -> str:
    """Directory of one installed version's gateway below `base`; `jar_hash` is hexadecimal.

    Each network namespace has its own: nobody in another one can reach a kernel's TCP ports.
    """
    digest = sha256(f"{jar_hash} {namespace('net')}".encode("ascii")).hexdigest()
    return os.path.join(base, f"{version}-{digest[:8]}")


def ensure_private(path: str) -> str:
    """Makes a directory 0700 if it is missing, and checks it: a real directory, ours, closed to
    others, writable.

    Returns `path`; raises GatewayError.
    """
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        os.mkdir(path, 0o700)
    except FileExistsError:
        pass  # the usual case; checked below
    except OSError as error:
        raise _unusable(path, f"cannot be made: {error.strerror}") from error
    check_private(path)
    return path


def check_private(path: str) -> None:
    """Checks an existing directory as `ensure_private` does. Raises GatewayError."""
    try:
        info = os.lstat(path)
    except OSError as error:
        raise _unusable(path, f"cannot be read: {error.strerror}") from error
    if stat.S_ISLNK(info.st_mode):
        raise _unusable(path, "is a symbolic link")
    if not stat.S_ISDIR(info.st_mode):
        raise _unusable(path, "is not a directory")
    if info.st_uid != os.geteuid():
        raise _unusable(path, "belongs to another user")
    if stat.S_IMODE(info.st_mode) & 0o077:
        raise GatewayError(
            "runtime-dir",
            f"The runtime directory {path} is open to other users",
            f"run: chmod 700 {path}",
        )
    if not os.access(path, os.W_OK | os.X_OK):
        raise _unusable(path, "is not writable")


def check_length(path: str) -> None:
    """Raises GatewayError when sockets in the directory would have too long a path."""
    length = len(os.fsencode(os.path.join(path, LONGEST_NAME)))
    if length > MAX_SOCKET_PATH:
        raise GatewayError(
            "runtime-dir",
            "The path of the runtime directory is too long for Unix sockets"
            f" ({length} bytes of at most {MAX_SOCKET_PATH} with a socket's name): {path}",
            "set PENSTOCK_RUNTIME_DIR to a shorter path",
        )


def check_space(path: str) -> None:
    """Raises GatewayError when nothing can be written to the directory (disk full, quota,
    read-only).
    """
    probe = os.path.join(path, f".probe-{os.getpid()}")
    try:
        with open(probe, "wb") as file:
            file.write(b"\0" * 4096)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise _unusable(path, f"cannot be written to: {error.strerror}") from error
    finally:
        if os.path.exists(probe):
            os.unlink(probe)


def _unusable(path: str, why: str) -> GatewayError:
    return GatewayError("runtime-dir", f"The runtime directory {path} {why}", HINT)


def _owner(path: str) -> int:
    try:
        info = os.stat(path)
    except OSError:
        return -1  # not there, or not to be seen: nobody we know
    return info.st_uid if stat.S_ISDIR(info.st_mode) else -1


def _temporary_dir() -> str:
    # Not tempfile.gettempdir(): it writes a probe file, and raises instead of giving a path to
    # complain about.
    return os.environ.get("TMPDIR") or "/tmp"
