"""Whether what the zygote imported and read is still what a fresh start would import and read.

Cheap enough for every fork (tens of microseconds): modification times of site directories, ``.pth``
files, IPython's configuration and start-up files, and, in other directories of ``sys.path``, the
names that would change what an import finds.
"""

from __future__ import annotations

import os
import site
import sys
from collections.abc import Iterable, Sequence
from typing import Any

Entry = tuple[str, Any]


class Fingerprint:
    """What the environment looked like when it was taken.

    ``config_dirs`` are IPython's configuration directories, ``modules`` those preloaded by name.
    """

    def __init__(self, config_dirs: Sequence[str], modules: Iterable[str] = ()) -> None:
        self._config_dirs = tuple(config_dirs)
        self._files = [
            file
            for module in modules
            if (file := getattr(sys.modules.get(module), "__file__", None))
        ]
        self._loaded = frozenset(name.partition(".")[0] for name in sys.modules)
        sites = {os.path.realpath(path) for path in _site_directories()}
        paths = [path for path in sys.path if path]
        self._sites = [path for path in paths if os.path.realpath(path) in sites]
        self._others = [path for path in paths if os.path.realpath(path) not in sites]
        self._taken = self._take()

    def changed(self) -> str | None:
        """The first path that changed since, or None."""
        now = self._take()
        if now == self._taken:
            return None
        for (path, value), (old_path, old_value) in zip(now, self._taken, strict=False):
            if (path, value) != (old_path, old_value):
                return path
        return "number of files"

    def _take(self) -> list[Entry]:
        entries: list[Entry] = [("sys.path", tuple(sys.path))]
        for path in self._sites:
            entries.append((path, _stamp(path)))
            entries += [(file, _stamp(file)) for file in _listed(path, (".pth",))]
        for path in self._others:
            entries.append((path, self._shadowing(path)))
        for path in self._config_dirs:
            for folder in (path, os.path.join(path, "startup")):
                files = _listed(folder, (".py", ".ipy", ".json"))
                entries += [(file, _stamp(file)) for file in files]
        entries += [(file, _stamp(file)) for file in self._files]
        return entries

    def _shadowing(self, path: str) -> tuple[str, ...]:
        """Names in ``path`` that are modules loaded here: more of them would be imported."""
        try:
            names = os.listdir(path)
        except OSError:
            return ()  # not there, or a zip file that nobody changes in place
        stems = {name.partition(".")[0] for name in names}
        return tuple(sorted(stems & self._loaded))


def _site_directories() -> list[str]:
    paths = site.getsitepackages()
    if site.ENABLE_USER_SITE:
        paths.append(site.getusersitepackages())
    return paths


def _stamp(path: str) -> tuple[int, int] | None:
    try:
        status = os.stat(path)
    except OSError:
        return None  # it was removed: a change too
    return (status.st_mtime_ns, status.st_size)


def _listed(path: str, suffixes: tuple[str, ...]) -> list[str]:
    try:
        names = sorted(os.listdir(path))
    except OSError:
        return []  # no such directory: nothing is configured there
    return [os.path.join(path, name) for name in names if name.endswith(suffixes)]


def config_directories(profile_dir: str) -> list[str]:
    """IPython's configuration directories for a profile, in the order it reads them."""
    from IPython.core.application import ENV_CONFIG_DIRS, SYSTEM_CONFIG_DIRS

    return [profile_dir, *ENV_CONFIG_DIRS, *SYSTEM_CONFIG_DIRS]
