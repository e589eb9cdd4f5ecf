"""Commands by `curl -N`."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.commands import PATH, Commands
from tests.support.served import TOKEN
from tests.support.waiting import seconds

pytestmark = pytest.mark.skipif(not shutil.which("curl"), reason="curl is not installed")


def test_a_line_as_soon_as_it_is_written(commands: Commands, tmp_path: Path) -> None:
    header = tmp_path / "header"
    header.write_text(f"Authorization: token {TOKEN}", encoding="utf-8")
    command = commands.python("while True: print('got', input())", stdin=True)
    url = f"{commands.server.url}{PATH}/{command}/output"
    options = ["--no-buffer", "--silent", "--show-error", f"-H@{header}", "-HAccept: text/plain"]
    with subprocess.Popen(["curl", *options, url], stdout=subprocess.PIPE) as curl:
        assert curl.stdout
        for number in range(5):
            commands.act(command, "stdin", f"{number}\n".encode())
            assert curl.stdout.readline() == f"got {number}\n".encode()
        commands.act(command, "signal", {"signal": "SIGTERM"})
        assert curl.stdout.read() == b""
        assert curl.wait(seconds(20)) == 0
