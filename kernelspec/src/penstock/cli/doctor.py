"""`penstock doctor`: checks what a kernel needs and says how to mend it. It changes nothing and
starts nothing.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from typing import NamedTuple

from ..client import runtime
from ..client.control import Control
from ..client.errors import GatewayError
from ..client.gateway import connect_gateway
from ..client.jar import find_jar
from ..client.java import find_java
from ..kernelspec import NAME
from .printing import print_json

OLDEST_PYTHON = (3, 10)


class Check(NamedTuple):
    """One finding: `detail` says what is there or what is wrong, `hint` how to mend it ("" when
    `ok`).
    """

    name: str
    ok: bool
    detail: str
    hint: str = ""


def doctor(options: argparse.Namespace) -> int:
    """Runs all checks; 1 if one found a problem."""
    findings = [run(check) for check in CHECKS]
    ok = all(finding.ok for finding in findings)
    if options.json:
        print_json({"ok": ok, "checks": [finding._asdict() for finding in findings]})
    else:
        for finding in findings:
            print(f"{'ok' if finding.ok else 'PROBLEM':<8} {finding.name:<18} {finding.detail}")
            if finding.hint:
                print(f"{'':<27} -> {finding.hint}")
    return 0 if ok else 1


def run(check: Callable[[], Check]) -> Check:
    """Runs one check; an error of the client library is its finding."""
    try:
        return check()
    except GatewayError as error:
        return Check(check.__name__.lstrip("_").replace("_", " "), False, error.message, error.hint)


def _python() -> Check:
    text = f"{sys.version.split()[0]} ({sys.executable})"
    if sys.version_info >= OLDEST_PYTHON:
        return Check("python", True, text)
    return Check("python", False, f"{text} is too old", "use Python 3.10 or later")


def _ipykernel() -> Check:
    return _package("ipykernel", 7)


def _ipython() -> Check:
    return _package("ipython", 8)


def _jupyter_client() -> Check:
    return _package("jupyter_client", 8)


def _package(name: str, oldest: int) -> Check:
    try:
        found = version(name)
    except PackageNotFoundError:
        return Check(
            name, False, "is not installed", f"run: {sys.executable} -m pip install {name}"
        )
    if int(found.split(".")[0]) < oldest:
        return Check(
            name, False, f"{found} is too old", f"run: {sys.executable} -m pip install -U {name}"
        )
    return Check(name, True, found)


def _java() -> Check:
    java = find_java()
    return Check("java", True, f"{java.version} ({java.home})")


def _jar() -> Check:
    return Check("jar", True, find_jar())


def _runtime_directory() -> Check:
    base = runtime.base_dir()
    runtime.check_length(os.path.join(base, "0.0.0-00000000"))
    if not os.path.lexists(base):
        existing = os.path.dirname(base)
        while not os.path.exists(existing):
            existing = os.path.dirname(existing)
        if not os.access(existing, os.W_OK):
            return Check("runtime directory", False, f"{base} cannot be made", runtime.HINT)
        return Check("runtime directory", True, f"{base} (made at the first start)")
    runtime.check_private(base)
    runtime.check_space(base)
    return Check("runtime directory", True, base)


def _kernelspec() -> Check:
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

    try:
        spec = KernelSpecManager().get_kernel_spec(NAME)
    except NoSuchKernel:
        return Check(
            "kernelspec", False, "Jupyter does not see it", "run: penstock install --sys-prefix"
        )
    except (OSError, json.JSONDecodeError) as error:
        return Check(
            "kernelspec", False, f"cannot be read: {error}", "run: penstock install --sys-prefix"
        )
    program = spec.argv[0]
    if os.path.isabs(program) and not os.access(program, os.X_OK):
        return Check(
            "kernelspec",
            False,
            f"it runs {program}, which is missing",
            "run: penstock install again",
        )
    way = "provisioner" if "kernel_provisioner" in spec.metadata else "argv"
    return Check("kernelspec", True, f"{spec.resource_dir} (by {way})")


def _gateway() -> Check:
    if not os.path.isdir(runtime.base_dir()):
        return Check("gateway", True, "not running; the first kernel starts it")
    control: Control | None = connect_gateway()
    if control is None:
        return Check("gateway", True, "not running; the first kernel starts it")
    with control:
        about = control.request("ping", timeout=5.0)
    return Check("gateway", True, f"{about['version']} runs as process {about['pid']}")


CHECKS = (
    _python,
    _ipykernel,
    _ipython,
    _jupyter_client,
    _java,
    _jar,
    _runtime_directory,
    _kernelspec,
    _gateway,
)
