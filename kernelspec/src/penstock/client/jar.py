"""The gateway's jar: where it is and which one it is."""

from __future__ import annotations

import json
import os

from .errors import GatewayError

TYPE_CHECKING = False  # typing itself is not imported: it would cost more than all of this module
if TYPE_CHECKING:
    from typing import Any

CACHE_NAME = "jars.json"


def find_jar() -> str:
    """Path of penstock.jar: $PENSTOCK_JAR (for a source checkout), else the one in this package.

    Raises GatewayError when it is missing.
    """
    chosen = os.environ.get("PENSTOCK_JAR")
    path = os.path.abspath(chosen) if chosen else _packaged()
    if not os.path.isfile(path):
        hint = (
            "PENSTOCK_JAR names it"
            if chosen
            else "reinstall penstock, or set PENSTOCK_JAR to a built jar"
        )
        raise GatewayError("jar", f"The gateway's jar {path} is missing", hint)
    return path


def jar_hash(path: str, base: str) -> str:
    """SHA-256 of the jar, hexadecimal. It is remembered in `base` by path, size and time of change,
    because hashing 15 MB would cost more than the whole start of a kernel.
    """
    info = os.stat(path)
    identity = [os.path.realpath(path), info.st_size, info.st_mtime_ns]
    cache = os.path.join(base, CACHE_NAME)
    known = _read(cache)
    for entry in known:
        if entry[:3] == identity:
            return entry[3]
    digest = _sha256(path)
    others = [entry for entry in known if entry[0] != identity[0]]
    _write(cache, [*others, [*identity, digest]][-16:])
    return digest


def _packaged() -> str:
    return os.path.join(
        os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "jar", "penstock.jar"
    )


def _sha256(path: str) -> str:
    import hashlib

    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def _read(cache: str) -> list[list[Any]]:
    try:
        with open(cache, encoding="utf-8") as file:
            entries = json.load(file)
    except (OSError, ValueError):
        return []  # the first time, or half a file after a crash: it is made anew
    well_formed = isinstance(entries, list) and all(
        isinstance(e, list) and len(e) == 4 for e in entries
    )
    return entries if well_formed else []


def _write(cache: str, entries: list[list[Any]]) -> None:
    temporary = f"{cache}.{os.getpid()}"
    try:
        with open(temporary, "w", encoding="utf-8") as file:
            json.dump(entries, file)
        os.replace(temporary, cache)
    except OSError:
        pass  # then it is hashed again next time; a directory that cannot be used is told by others
