"""Kernelspecs that start kernels of an environment, for JupyterLab's launcher and its kind."""

from __future__ import annotations

import json
import os
import shutil

from .. import kernelspec
from . import declared
from .folders import existing
from .locks import changing

PREFIX = "penstock-"


def install(
    name: str,
    *,
    user: bool = False,
    prefix: str | None = None,
    display_name: str | None = None,
) -> tuple[str, str]:
    """Installs a kernelspec for the environment, as `kernelspec.install` has it; its name and
    folder. It goes with the environment. Raises GatewayError.
    """
    folder = existing(name)
    with changing(folder):
        spec = PREFIX + name
        path = kernelspec.install(
            user=user,
            prefix=prefix,
            name=spec,
            display_name=display_name or f"Python 3 (Penstock, {name})",
            environment=folder,
        )
        settings = declared.read_settings(folder)
        if path not in settings["kernelspecs"]:
            settings["kernelspecs"].append(path)
            declared.write_settings(folder, settings)
    return spec, path


def uninstall(folder: str, paths: list[str]) -> list[str]:
    """Removes those of the kernelspecs that are still of the environment in `folder`; their
    paths.
    """
    removed = [path for path in paths if _starts(path, folder)]
    for path in removed:
        shutil.rmtree(path, ignore_errors=True)  # what stays tells its user that it is gone
    return removed


def _starts(path: str, folder: str) -> bool:
    try:
        with open(os.path.join(path, "kernel.json"), encoding="utf-8") as file:
            argv = json.load(file)["argv"]
    except (OSError, ValueError, KeyError, TypeError):
        return False  # removed, or somebody else's by now
    return kernelspec.environment_argument(folder) in argv
