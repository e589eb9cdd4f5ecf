"""What servers' clients may ask for with environments, and the process that does it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from envs.made_builds import add_build

from penstock.client.errors import GatewayError
from penstock.envs.orders import perform


def refused(action: str, **options: object) -> str:
    """Why an order is not begun."""
    with pytest.raises(GatewayError) as error:
        perform({"action": action, "name": "plant", "options": options}, print)
    assert error.value.code == "option"
    return error.value.message


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"pakages": []}, "'pakages' cannot be told"),
        ({"rebuild": True}, "'rebuild' cannot be told"),
        ({"python": "./python"}, "whole path"),
        ({"python": ["3.12"]}, "python is a text"),
        ({"python": ""}, "python is a text"),
        ({"installer": "conda"}, "uv or pip"),
        ({"packages": "pandas"}, "packages is a list"),
        ({"packages": ["a\n--index-url=b"]}, "packages is a list"),
        ({"packages": [], "requirements": ""}, "two ways"),
        ({"requirements": 1}, "requirements is the text"),
        ({"requirements": "a\0"}, "requirements is the text"),
        ({"requirements": "\ud800"}, "requirements is the text"),
        ({"requirements": "a\n-r other.txt"}, "Line 2 of the list"),
    ],
)
def test_options_that_are_none(folder: Path, options: dict[str, Any], complaint: str) -> None:
    assert complaint in refused("create", **options)
    assert not (folder / "lock").exists(), "it is not begun"


def test_rebuild_is_a_flag(folder: Path) -> None:
    assert "true or false" in refused("sync", rebuild="yes")


def ask(order: object) -> tuple[int, list[dict[str, Any]]]:
    """The exit code of the process, and what it says, when stdin stays open."""
    with subprocess.Popen(
        [sys.executable, "-m", "penstock.envs.job"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps(order) + "\n")
        process.stdin.flush()
        lines = [json.loads(line) for line in process.stdout]
        code = process.wait(60)
    return code, lines


def test_the_process_answers_and_ends_by_itself(folder: Path) -> None:
    add_build(folder, "1", current=True)
    code, (said,) = ask({"action": "list", "name": "", "options": {}})
    assert code == 0
    assert said["event"] == "done"
    assert [found["name"] for found in said["environments"]] == ["plant"]
    code, (said,) = ask({"action": "describe", "name": "shrub", "options": {}})
    assert code == 1
    assert said["error"]["code"] == "no-such-environment"
