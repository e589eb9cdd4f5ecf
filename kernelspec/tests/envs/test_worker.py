"""What a worker does in the build of an environment."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from envs.made_builds import add_build

from penstock.envs.locks import in_use

JOINS = """
import os, sys
from penstock.worker.build import join_build
sys.prefix = sys.argv[1]
join_build()
print(os.environ["PATH"], os.environ.get("VIRTUAL_ENV"), flush=True)
if os.fork() == 0:
    sys.stdin.read()
"""


def join(prefix: Path) -> tuple[subprocess.Popen[str], list[str]]:
    """A process that joins a build, leaves a fork behind, and ends; PATH and VIRTUAL_ENV in it."""
    env = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
    process = subprocess.Popen(
        [sys.executable, "-c", JOINS, str(prefix)],
        env={**env, "PATH": "/usual"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    return process, process.stdout.readline().split()


def test_the_build_is_used_until_the_last_fork_ends(folder: Path) -> None:
    build = add_build(folder, "1")
    process, told = join(build)
    assert told == [f"{build}/bin:/usual", str(build)]
    assert process.wait(20) == 0
    assert in_use(str(build))
    process.communicate(timeout=20)  # the end of its stdin ends the fork
    end = time.monotonic() + 20
    while in_use(str(build)) and time.monotonic() < end:
        time.sleep(0.01)
    assert not in_use(str(build))


def test_other_environments_are_left_alone(tmp_path: Path) -> None:
    process, told = join(tmp_path)
    assert told == ["/usual", "None"]
    process.communicate(timeout=20)
