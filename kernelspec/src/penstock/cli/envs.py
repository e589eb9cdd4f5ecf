"""`penstock env create|sync|list|remove|kernelspec`.

With --json `create` and `sync` print a JSON object on each line: the events (docs/environments.md),
then `{"event": "done", "environment": {...}}` or `{"event": "error", "error": {...}}`.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from typing import Any

from ..client.errors import GatewayError
from ..envs import declared, kernelspecs, store
from ..envs.events import Report
from .env_progress import Progress
from .printing import print_json, print_table


def create(options: argparse.Namespace) -> int:
    """Makes an environment."""

    def work(report: Report) -> dict[str, Any]:
        return store.create(options.name, report, **_sources(options))

    return _change(options, work)


def sync(options: argparse.Namespace) -> int:
    """Makes an environment what its list says."""

    def work(report: Report) -> dict[str, Any]:
        return store.sync(options.name, report, rebuild=options.rebuild, **_sources(options))

    return _change(options, work)


def list_environments(options: argparse.Namespace) -> int:
    """Prints all environments."""
    found = store.environments()
    if options.json:
        print_json(found)
    elif not found:
        print("no environments")
    else:
        rows = [
            [
                env["name"],
                env["python"],
                str(env["packages"]),
                "ready" if env["state"] == "ready" else "to sync",
                "yes" if env["in_use"] else "no",
                env["list"],
            ]
            for env in found
        ]
        print_table(["NAME", "PYTHON", "PACKAGES", "STATE", "IN USE", "LIST"], rows)
    return 0


def remove(options: argparse.Namespace) -> int:
    """Removes an environment."""
    removed = store.remove(options.name)
    if options.json:
        print_json(removed)
    else:
        print(f"removed environment {removed['name']}")
        for path in removed["kernelspecs"]:
            print(f"removed kernelspec {path}")
    return 0


def kernelspec(options: argparse.Namespace) -> int:
    """Installs the environment's kernelspec."""
    prefix = sys.prefix if options.sys_prefix else options.prefix
    name, folder = kernelspecs.install(
        options.name,
        user=prefix is None,
        prefix=prefix,
        display_name=options.display_name,
    )
    if options.json:
        print_json({"name": name, "directory": folder})
    else:
        print(f"installed kernelspec {name} in {folder}")
    return 0


def _sources(options: argparse.Namespace) -> dict[str, Any]:
    return {
        "python": options.python,
        "listed": declared.read_list(options.requirements) if options.requirements else None,
        "installer": options.installer,
    }


def _change(options: argparse.Namespace, work: Callable[[Report], dict[str, Any]]) -> int:
    if options.json:
        return _as_lines(work)
    try:
        with Progress(sys.stderr) as progress:
            done = work(progress.told)
    except KeyboardInterrupt:
        print(f"penstock: interrupted; environment {options.name} is as before", file=sys.stderr)
        raise
    if not done.get("changed", True):
        print(f"environment {done['name']} is what {done['list']} says")
        return 0
    print(f"environment {done['name']}: Python {done['python']}, {done['packages']} packages")
    print(f"list of packages: {done['list']}")
    print(f"to use it: penstock kernel start --environment {done['name']}")
    return 0


def _as_lines(work: Callable[[Report], dict[str, Any]]) -> int:
    try:
        done = work(_line)
    except GatewayError as error:
        said = {"code": error.code, "message": error.message, "hint": error.hint}
        _line({"event": "error", "error": said})
        return 1
    _line({"event": "done", "environment": done})
    return 0


def _line(event: dict[str, Any]) -> None:
    print(json.dumps(event), flush=True)
