"""Makes one build of an environment: an interpreter, its packages, and the proof that a kernel can
run there.
"""

from __future__ import annotations

import glob
import json
import os
import time
from importlib.metadata import PackageNotFoundError, requires
from typing import IO, Any, NamedTuple

from ..client.errors import GatewayError
from .child import FailedError, run
from .events import Report, step
from .folders import BUILD_FILE, CURRENT, LINK, LIST, LOG, PACKAGE, python_in
from .installers import Installer

KERNEL_PACKAGE = "ipykernel"
PTH = "penstock.pth"


class Wanted(NamedTuple):
    """What a build is made of: `packages`, the text of the list; `python`, a path or a version, and
    `installer`, None where nobody said.
    """

    packages: str
    python: str | None
    installer: str | None


class Job(NamedTuple):
    """A build that is to be made in the folder `build`, which is not there yet. `lock`: the
    descriptor of the environment's lock.
    """

    folder: str
    build: str
    wanted: Wanted
    installer: Installer
    report: Report
    lock: int


def make(job: Job) -> None:
    """Makes the build, complete with the file that says what it is made of: `wanted`, `python`
    (version), `packages` (versions by name), `made` (ISO 8601, UTC).

    Raises GatewayError; what is there of the build then is for the caller to remove.
    """
    log_path = os.path.join(job.folder, LOG)
    with open(_private(log_path), "w", encoding="utf-8") as log:
        try:
            _make(job, log)
        except (FailedError, OSError) as error:
            name = os.path.basename(job.folder)
            there = os.path.lexists(os.path.join(job.folder, CURRENT))
            outcome = "stays as it was" if there else "cannot be made"
            raise GatewayError(
                "environment", f"Environment {name} {outcome}: {error}", f"see {log_path}"
            ) from error


def _make(job: Job, log: IO[str]) -> None:
    def nothing(_line: str) -> None:
        """Its lines are in the log."""

    job.report(step("python"))
    run(job.installer.make(job.build, job.wanted.python), job.folder, log, job.lock, nothing)
    listed = os.path.join(job.build, LIST)
    with open(_private(listed), "w", encoding="utf-8") as file:
        file.write(job.wanted.packages)
    job.report(step("packages"))
    read = job.installer.reader()

    def told(line: str) -> None:
        if (event := read(line)) is not None:
            job.report(event)

    needs = [kernel_requirement(), *job.installer.needs]
    run(job.installer.install(job.build, listed, needs), job.folder, log, job.lock, told)
    job.report(step("check"))
    link(job.build)
    check = [python_in(job.build), "-I", "-m", "penstock.envs.check"]
    facts = json.loads(run(check, job.folder, log, job.lock, nothing)[-1])
    facts["wanted"] = job.wanted._asdict()
    facts["made"] = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    with open(_private(os.path.join(job.build, BUILD_FILE)), "w", encoding="utf-8") as file:
        json.dump(facts, file, indent=1)


def facts_of(build: str) -> dict[str, Any]:
    """What `make` wrote; `{}` for a build that is not complete."""
    try:
        with open(os.path.join(build, BUILD_FILE), encoding="utf-8") as file:
            facts = json.load(file)
    except (OSError, ValueError):
        return {}  # it was interrupted
    return dict(facts)


def kernel_requirement() -> str:
    """What this distribution asks for of ipykernel, which the worker is made of. Raises
    GatewayError.
    """
    try:
        declared = requires("penstock") or []
    except PackageNotFoundError:
        declared = []  # a copy of the sources on PYTHONPATH
    for requirement in declared:
        if requirement.startswith(KERNEL_PACKAGE):
            return requirement
    raise GatewayError("environment", "Penstock is not installed here", "install it with pip")


def link(build: str) -> None:
    """Lets the build's interpreter import this package, after everything that is installed there.

    Not a link in site-packages: there an installer would write through it into our own files.
    """
    folder = os.path.join(build, LINK)
    os.mkdir(folder)
    os.symlink(PACKAGE, os.path.join(folder, "penstock"))
    (packages,) = glob.glob(os.path.join(glob.escape(build), "lib", "python*", "site-packages"))
    with open(os.path.join(packages, PTH), "w", encoding="utf-8") as file:
        file.write(folder + "\n")


def _private(path: str) -> int:
    """Opens a file that only we may read: an index's password may be in it."""
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
