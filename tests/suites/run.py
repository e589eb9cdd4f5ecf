"""Runs a third-party suite on ipykernel and on Penstock, and compares test by test.

usage: python -m tests.suites.run NAME [--via reference,provisioner,launcher]

The suite's own files are not touched: a kernelspec named `python3` on JUPYTER_PATH shadows
ipykernel's. Suites have clocks of their own, which a busy machine overruns at times: a way that a
test fails on runs once more. Prints a table of each round; exit code 1 when a test that ipykernel
passes fails on Penstock in all of them.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.suites import results
from tests.suites.suite import SUITES, Suite
from tests.support import specs
from tests.support.gateway import Gateway
from tests.support.waiting import seconds

WAYS = ("reference", "provisioner", "launcher")


def environment(folder: Path, via: str) -> dict[str, str]:
    """An isolated environment in which `python3` is the kernel that `via` names."""
    specs.shadow(folder / "jupyter", via)
    return {
        **os.environ,
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
        "JUPYTER_PATH": str(folder / "jupyter"),
        "JUPYTER_DATA_DIR": str(folder / "data"),
        "JUPYTER_CONFIG_DIR": str(folder / "config"),
        "JUPYTER_RUNTIME_DIR": str(folder / "run"),
        "IPYTHONDIR": str(folder / "ipython"),
        "PENSTOCK_RUNTIME_DIR": str(folder / "p"),
        "PENSTOCK_AOT": "off",
    }


def run(suite: Suite, via: str, name: str = "") -> results.Results:
    """Runs the suite once; report and log are named by suite, way and, if given, name."""
    source = suite.fetch()
    report = source.with_name(f"{source.name}-{via}{name}.xml")
    log = report.with_suffix(".log")
    report.unlink(missing_ok=True)
    command = [sys.executable, "-m", "pytest", *suite.tests, "-q", "-p", "no:cacheprovider"]
    # The suites have their own ways to run a test again.
    command += ["-p", "no:rerunfailures"]
    command += [f"--junitxml={report}", *suite.options]
    with tempfile.TemporaryDirectory(prefix="pk-") as name:
        folder = Path(name)
        gateway = Gateway(folder / "p")
        try:
            to_its_end(command, source, environment(folder, via), log, seconds(suite.limit_s))
        finally:
            gateway.stop()
        starts = gateway.starts()
    if not report.is_file():
        raise RuntimeError(f"{suite.name} wrote no report: see {log}")
    expected = set() if via == "reference" else {via}
    if set(starts) != expected:
        raise RuntimeError(f"{suite.name} was to run via {via}, its kernels came via {starts}")
    return results.read(report, starts.total())


def to_its_end(
    command: list[str], folder: Path, env: dict[str, str], log: Path, limit_s: float
) -> None:
    """Runs a command in a process group of its own, of which nothing is left when this returns."""
    with (
        log.open("w", encoding="utf-8") as output,
        subprocess.Popen(
            command,
            cwd=folder,
            env=env,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        ) as process,
    ):
        try:
            process.wait(timeout=limit_s)
        except subprocess.TimeoutExpired as late:
            raise RuntimeError(f"no end within {limit_s:g} s: see {log}") from late
        finally:
            with contextlib.suppress(ProcessLookupError):  # it has ended, and its children too
                os.killpg(process.pid, signal.SIGKILL)


def table(suite: Suite, runs: dict[str, results.Results]) -> str:
    """One line for each way, then the names of the tests that only ipykernel passes."""
    lines = [
        f"{suite.name} {suite.version}",
        f"{'kernel':<14}{'passed':>8}{'failed':>8}{'skipped':>9}{'seconds':>9}{'kernels':>9}",
    ]
    for via, result in runs.items():
        passed, failed, skipped = map(result.count, ("passed", "failed", "skipped"))
        lines.append(
            f"{via:<14}{passed:>8}{failed:>8}{skipped:>9}{result.seconds:>9.1f}{result.kernels:>9}"
        )
    for via, names in regressions(runs).items():
        lines += [f"passes on ipykernel, not with {via}: {name}" for name in names]
    return "\n".join(lines)


def rounds(suite: Suite, runs: dict[str, results.Results]) -> list[dict[str, results.Results]]:
    """These runs, and those of the ways that have to run once more."""
    again = {via: run(suite, via, "-again") for via in regressions(runs)}
    return [runs, {"reference": runs["reference"], **again}] if again else [runs]


def lasting(made: list[dict[str, results.Results]]) -> dict[str, list[str]]:
    """For each way, the regressions of every round."""
    first, *more = [regressions(runs) for runs in made]
    found = {
        via: [name for name in names if all(name in other.get(via, ()) for other in more)]
        for via, names in first.items()
    }
    return {via: names for via, names in found.items() if names}


def regressions(runs: dict[str, results.Results]) -> dict[str, list[str]]:
    """For each way, the tests that ipykernel passes and it does not."""
    reference = runs["reference"]
    found = {
        via: result.regressions_from(reference)
        for via, result in runs.items()
        if via != "reference"
    }
    return {via: names for via, names in found.items() if names}


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("suite", choices=SUITES)
    parser.add_argument(
        "--via", default=",".join(WAYS), help="ways to start the kernels, comma separated"
    )
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))  # clean up when told
    suite = SUITES[arguments.suite]
    ways = ["reference", *(via for via in arguments.via.split(",") if via != "reference")]
    runs = {via: run(suite, via) for via in ways}
    made = rounds(suite, runs)
    print(*(table(suite, each) for each in made), sep="\n")
    return 1 if lasting(made) else 0


if __name__ == "__main__":
    sys.exit(main())
