"""npm's `eventsource` views a command: it resumes by itself, and stops when all is told."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clients.driven import PROGRAMS, ROOT
from tests.support import counting
from tests.support.commands import PATH, Commands
from tests.support.cutting import cutting
from tests.support.gateway import Gateway
from tests.support.served import serving
from tests.support.waiting import seconds

MODULES = ROOT / "build" / "node"
CLOSED = 2
"""A state of an EventSource: it does not come again."""


@pytest.fixture
def commands(gateway: Gateway, tmp_path: Path) -> Iterator[Commands]:
    """Commands of a server that runs any."""
    if not shutil.which("node") or not (MODULES / "node_modules" / "eventsource").is_dir():
        pytest.skip("install Node 20 or newer with npm, then run `make clients`")
    with serving(f"--root-dir={tmp_path}", "--allow-commands=any") as server:
        yield Commands(server)


def test_it_misses_nothing_and_stops(commands: Commands, tmp_path: Path) -> None:
    starts = tmp_path / "starts"
    command = counting.start(commands, starts)
    with cutting(commands.server.port, counting.most) as way:
        done = subprocess.run(
            ["node", PROGRAMS / "events.cjs", MODULES, f"{way.url}/{PATH}/{command}/output"],
            input=commands.server.token,
            capture_output=True,
            text=True,
            timeout=seconds(120),
            check=False,
        )
    assert done.returncode == 0, done.stderr
    told = [json.loads(line) for line in done.stdout.splitlines()]
    seen = {what: [data for name, _, data in told if name == what] for what in ("call", "error")}
    # Cut twice, ended after the exit, then told that there is no more.
    assert seen == {"call": [200, 200, 200, 204], "error": [0, 0, 0, CLOSED]}
    counting.check([tuple(one) for one in told if one[0] not in seen], starts)
