"""The environments of this user: make one, bring one up to date, list and remove them.

A change makes a new build beside the others and then points a link at it. Until that step the
environment is as it was, whatever fails or is killed; after it new kernels get the new build, and
those that run keep theirs, which is removed by a later `sync` when no kernel uses it any more.
"""

from __future__ import annotations

import os
import secrets
import time
from typing import Any

from ..client.errors import GatewayError
from . import building, declared, kernelspecs, leftovers
from .building import Job, Wanted, facts_of
from .events import Report, begin, step
from .folders import (
    BUILDS,
    CURRENT,
    LIST,
    base,
    current_build,
    existing,
    folder_of,
    is_ours,
    python_in,
)
from .installers import choose
from .locks import changing, in_use


def create(
    name: str,
    report: Report,
    *,
    python: str | None = None,
    listed: str | None = None,
    installer: str | None = None,
) -> dict[str, Any]:
    """Makes a new environment of what `listed` lists, the text of a `declared.read_list`;
    `describe` of it. When that fails there is none, only the installer's log. Raises GatewayError.
    """
    folder = folder_of(name)
    text = declared.empty_list(name) if listed is None else listed
    _make_folder(folder)
    with changing(folder) as lock:
        if current_build(folder) is not None:
            raise GatewayError(
                "exists", f"Environment {name} is there already", f"penstock env sync {name}"
            )
        leftovers.sweep(folder)
        settings = {**declared.NOTHING, "python": _path(python), "installer": installer}
        _build(folder, text, settings, "create", report, lock)
    return describe(folder)


def sync(
    name: str,
    report: Report,
    *,
    python: str | None = None,
    listed: str | None = None,
    installer: str | None = None,
    rebuild: bool = False,
) -> dict[str, Any]:
    """Makes the environment what its list says, or what `listed` says, which then becomes its
    list; `describe` of it, with `changed`. Nothing is done when it is so already, unless `rebuild`.
    Raises GatewayError; the environment and its list are as before then.
    """
    folder = existing(name)
    with changing(folder) as lock:
        leftovers.sweep(folder)
        text = declared.read_list(os.path.join(folder, LIST)) if listed is None else listed
        settings = declared.read_settings(folder)
        settings["python"] = _path(python) or settings["python"]
        settings["installer"] = installer or settings["installer"]
        changed = rebuild or not _is_current(folder, _wanted(text, settings))
        if changed:
            _build(folder, text, settings, "sync", report, lock)
    return {**describe(folder), "changed": changed}


def remove(name: str) -> dict[str, Any]:
    """Removes an environment with its kernelspecs: `{"name", "kernelspecs"}`. Raises GatewayError
    while a kernel uses it. What a failed `create` left goes, too.
    """
    folder = folder_of(name)
    with changing(folder):
        with leftovers.all_unused(folder) as free:
            if not free:
                raise GatewayError(
                    "in-use",
                    f"A kernel runs in environment {name}",
                    "end it first, see: penstock kernel list",
                )
            specs = kernelspecs.uninstall(folder, declared.read_settings(folder)["kernelspecs"])
            gone = leftovers.put_aside(folder)
        leftovers.delete(gone)
    return {"name": name, "kernelspecs": specs}


def environments() -> list[dict[str, Any]]:
    """`describe` of all environments, by name."""
    try:
        names = sorted(os.listdir(base()))
    except OSError:
        return []  # none was ever made
    folders = [os.path.join(base(), name) for name in names if not name.startswith(".")]
    return [describe(folder) for folder in folders if current_build(folder) is not None]


def describe(folder: str) -> dict[str, Any]:
    """`{"name", "directory", "list" (path), "python" (version), "packages" (number), "state",
    "in_use", "kernelspecs"}`; `state` is `ready`, or `changed` when the list or the settings are
    not what the current build was made of, or it cannot be used.
    """
    build = current_build(folder) or ""
    settings = declared.read_settings(folder)
    facts = facts_of(build)
    listed = os.path.join(folder, LIST)
    try:
        ready = _is_current(folder, _wanted(declared.read_list(listed), settings))
    except GatewayError:
        ready = False  # the list is gone, or a line of it cannot stand there: `sync` tells
    return {
        "name": os.path.basename(folder),
        "directory": folder,
        "list": listed,
        "python": facts.get("python", ""),
        "packages": len(facts.get("packages", {})),
        "state": "ready" if ready else "changed",
        "in_use": any(in_use(other) for other in leftovers.builds(folder)),
        "kernelspecs": settings["kernelspecs"],
    }


def _build(
    folder: str,
    text: str,
    settings: dict[str, Any],
    action: str,
    report: Report,
    lock: int,
) -> None:
    installer = choose(settings["installer"])
    report(begin(action, os.path.basename(folder), installer.name))
    builds = os.path.join(folder, BUILDS)
    os.makedirs(builds, 0o700, exist_ok=True)
    # Never a name that was there before: interpreters are known to the gateway by their paths.
    build = os.path.join(builds, f"{int(time.time())}-{secrets.token_hex(3)}")
    done = False
    try:
        building.make(Job(folder, build, _wanted(text, settings), installer, report, lock))
        report(step("switch"))
        declared.write_settings(folder, settings)
        declared.write_list(folder, text)
        _switch(folder, build)
        done = True
    finally:
        if not done:
            leftovers.discard(build)


def _switch(folder: str, build: str) -> None:
    link = os.path.join(folder, CURRENT)
    new = link + ".new"
    if os.path.lexists(new):
        os.unlink(new)  # of a command that was killed here
    os.symlink(os.path.join(BUILDS, os.path.basename(build)), new)
    os.replace(new, link)


def _is_current(folder: str, wanted: Wanted) -> bool:
    build = current_build(folder)
    return (
        build is not None
        and facts_of(build).get("wanted") == wanted._asdict()
        and os.path.exists(python_in(build))
        and is_ours(build)
    )


def _wanted(text: str, settings: dict[str, Any]) -> Wanted:
    return Wanted(text, settings["python"], settings["installer"])


def _path(python: str | None) -> str | None:
    """A path that stays right in other directories; versions and names as they are."""
    return os.path.abspath(python) if python and os.sep in python else python


def _make_folder(folder: str) -> None:
    try:
        os.makedirs(os.path.dirname(folder), exist_ok=True)
        os.makedirs(folder, 0o700, exist_ok=True)
    except OSError as error:
        raise GatewayError("environment", f"{folder} cannot be made: {error.strerror}") from error
