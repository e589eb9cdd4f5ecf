"""The examples of docs/http-examples.md: each is there as it stands in its file, and each says the
same in every language.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import penstock
from tests.support.served import Served
from tests.support.waiting import seconds

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = sorted((ROOT / "clients").glob("*/examples/*.*"))
PAGE = ROOT / "docs" / "http-examples.md"
JAR = Path(penstock.__file__).with_name("jar") / "penstock.jar"

SAID = {
    "executeandread": """\
line 0
line 1
line 2
state: ok
again: "line 0\\nline 1\\nline 2\\n"
""",
    "evaluate": """\
sum: 5.5
names: coffee, tea
error: KeyError 'milk'
""",
    "streamwithresume": "".join(
        ["value: 1\n", "value: 2\n", "value: 3\n", "value: 4\n", "back\n"]
        + [f"value: {n}\n" for n in range(5, 11)]
    ),
}


def _of(*kinds: str) -> list[Path]:
    found = [path for path in EXAMPLES if path.suffix in kinds]
    assert len(found) == len(SAID) * len(kinds)
    return found


def _command(example: Path) -> list[str]:
    if example.suffix == ".py":
        return [sys.executable, str(example)]
    home = subprocess.run(
        ["sh", "scripts/find-java.sh"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.strip()
    return [f"{home}/bin/java", "-cp", str(JAR), str(example)]


@pytest.mark.parametrize("example", _of(".py", ".java"), ids=lambda path: path.name)
def test_it_says_the_same(example: Path, server: Served) -> None:
    before = server.call("GET", "api/v1/sessions").json
    done = subprocess.run(
        _command(example),
        env={**os.environ, "PENSTOCK_URL": server.url, "PENSTOCK_TOKEN": server.token},
        capture_output=True,
        text=True,
        timeout=seconds(60),
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == SAID[example.stem.lower().replace("_", "")]
    names = [told["id"] for told in server.call("GET", "api/v1/sessions").json]
    assert names == [told["id"] for told in before], "none is left"


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
def test_it_is_in_the_documentation(example: Path) -> None:
    kind = {".py": "python", ".java": "java", ".ts": "ts"}[example.suffix]
    block = f"```{kind}\n{example.read_text(encoding='utf-8')}```\n"
    assert block in PAGE.read_text(encoding="utf-8")
