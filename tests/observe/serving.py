"""The real `penstock serve`, on a free port of the loopback interface, with a token."""

from __future__ import annotations

import json
import secrets
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.pages.servers import Server
from tests.support.environment import clean
from tests.support.gateway import COMMAND
from tests.support.waiting import seconds


@contextmanager
def penstock_serve(root: Path, *options: str) -> Iterator[Server]:
    """A server over the files in `root`, ended by SIGTERM. Its kernels log beside them."""
    log = root.with_name(root.name + ".log")
    state = root.with_name(root.name + ".state")
    token = secrets.token_hex(8)
    with (
        log.open("wb") as errors,
        subprocess.Popen(
            [COMMAND, "serve", "--port=0", f"--root-dir={root}", "--json", *options],
            env={**clean(), "PENSTOCK_TOKEN": token, "XDG_STATE_HOME": str(state)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        ) as process,
    ):
        try:
            assert process.stdout
            # The object it prints ends with a brace at the line's beginning.
            text = "".join(iter(process.stdout.readline, "}\n")) + "}"
            yield Server(json.loads(text)["url"], token, log, process.pid)
        finally:
            process.terminate()
            process.wait(timeout=seconds(30))
    assert process.returncode == 0, log.read_text(encoding="utf-8")
