"""When a client starts a guard, and what becomes of one that is not needed. The guard is real, the
gateway a stand-in; guards with workers are among the acceptance tests.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import psutil
import pytest
from keeper.harness import wait_until
from stand_in_gateway import StandInGateway

from penstock import surroundings
from penstock.client.errors import GatewayError
from penstock.client.gateway import start_kernel
from penstock.client.request import start_request


def request(**fields: Any) -> dict[str, Any]:
    usual: dict[str, Any] = {
        "name": "penstock",
        "via": "launcher",
        "python": sys.executable,
        "flags": [],
        "args": [],
        "env": dict(os.environ),
        "cwd": "/",
        "connection": {},
        "connection_file": None,
    }
    return start_request(**{**usual, **fields})


def change(directory: Path, **parts: Any) -> None:
    """Makes the gateway's surroundings other ones."""
    path = directory / surroundings.FILE
    told = json.loads(path.read_text())
    for part, fields in parts.items():
        told[part] = {**told[part], **fields} if isinstance(fields, dict) else fields
    path.write_text(json.dumps(told))


def wait_until_reaped(guard: dict[str, Any]) -> None:
    """Until the guard has ended and the client has taken its exit status."""
    wait_until(lambda: not psutil.pid_exists(guard["pid"]), "its end")


def test_the_same_surroundings_need_no_guard(gateway: StandInGateway) -> None:
    start_kernel(request())
    (asked,) = gateway.asked("start")
    assert asked["lease"]["pid"] == os.getpid()
    assert "guard" not in asked
    assert not gateway.asked("guard")


def test_others_need_one_which_holds_the_lease(gateway: StandInGateway) -> None:
    change(gateway.directory, surroundings={"cgroup": "0::/x\n", "priority": 99})
    start_kernel(request())
    (asked,) = gateway.asked("start")
    (guard,) = gateway.asked("guard")
    assert asked["guard"] == {"name": guard["name"], "reason": "other priority, cgroup"}
    assert asked["lease"] is None
    process = psutil.Process(guard["pid"])
    assert process.ppid() == os.getpid()
    assert process.cmdline()[-1] == "guard"
    assert guard["name"] not in " ".join(process.cmdline())
    process.terminate()
    wait_until_reaped(guard)


def test_a_guard_without_a_kernel_ends(gateway: StandInGateway) -> None:
    change(gateway.directory, surroundings={"cgroup": "0::/x\n"})
    gateway.fail["start"] = {"code": "bind-failed", "message": "ports are taken", "hint": ""}
    with pytest.raises(GatewayError, match="ports are taken"):
        start_kernel(request())
    (guard,) = gateway.asked("guard")
    wait_until_reaped(guard)


def test_a_guard_that_cannot_start_says_why(gateway: StandInGateway) -> None:
    change(gateway.directory, surroundings={"cgroup": "0::/x\n"})
    gateway.fail["guard"] = {"code": "unknown-op", "message": "there is no guard", "hint": ""}
    with pytest.raises(GatewayError, match="the gateway did not take the guard") as caught:
        start_kernel(request())
    assert "\n" not in str(caught.value)
    (guard,) = gateway.asked("guard")
    wait_until_reaped(guard)


def test_a_hard_limit_above_the_keepers_counts_where_it_cannot_be_raised(tmp_path: Path) -> None:
    directory = str(tmp_path)
    surroundings.write(directory)
    change(tmp_path, limits={"RLIMIT_CORE": [0, 0], "RLIMIT_CPU": [-1, -1]}, raises_limits=False)
    hard = surroundings.resource_limits()["RLIMIT_CORE"][1]
    assert surroundings.differences(directory) == (["hard RLIMIT_CORE"] if hard else [])
    change(tmp_path, raises_limits=True)
    assert surroundings.differences(directory) == []


def test_a_lower_hard_limit_does_not_count(tmp_path: Path) -> None:
    surroundings.write(str(tmp_path))
    soft, _ = surroundings.resource_limits()["RLIMIT_NOFILE"]
    change(tmp_path, limits={"RLIMIT_NOFILE": [soft, -1]}, raises_limits=False)
    assert surroundings.differences(str(tmp_path)) == []


@pytest.mark.parametrize("text", ["", "[]", '{"surroundings": {}}'])
def test_unknown_surroundings_are_others(tmp_path: Path, text: str) -> None:
    (tmp_path / surroundings.FILE).write_text(text)
    assert surroundings.differences(str(tmp_path)) == ["surroundings (the gateway's are unknown)"]


def test_the_file_is_private(tmp_path: Path) -> None:
    surroundings.write(str(tmp_path))
    assert (tmp_path / surroundings.FILE).stat().st_mode & 0o777 == 0o600
