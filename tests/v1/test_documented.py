"""What docs/api-v1.md shows with curl, as it stands there."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from tests.support.served import serving
from tests.support.waiting import seconds

PAGE = Path(__file__).resolve().parents[2] / "docs" / "api-v1.md"

SAID = """\
ok
42
0
1
2
ok
1,2
6
{"done": false, "result": 7}
{"done": false, "result": 8}
{"done": false, "result": 9}
"""


def test_the_walk_through(root: Path) -> None:
    section = PAGE.read_text(encoding="utf-8").split("\n## ")[0]
    code = "\n".join(line[4:] for line in section.splitlines() if line.startswith("    "))
    with serving(f"--root-dir={root}") as server:
        done = subprocess.run(
            ["sh", "-euc", code],
            env={
                **os.environ,
                "AUTH": f"Authorization: token {server.token}",
                "URL": server.url.rstrip("/"),
            },
            capture_output=True,
            text=True,
            timeout=seconds(60),
            check=False,
        )
        assert (done.returncode, done.stderr, done.stdout) == (0, "", SAID)
        assert server.call("GET", "api/v1/sessions").json == []
        (root / "table.csv").unlink()
