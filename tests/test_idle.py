"""What is not used leaves by itself: the gateway, and zygotes."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support import processes
from tests.support.gateway import Gateway
from tests.support.kernel import started
from tests.support.waiting import eventually, seconds

pytestmark = pytest.mark.beyond_reference

SHORT = "2"
"""Seconds of idleness that are allowed to a gateway here."""

ZYGOTE_SHORT = str(int(seconds(8)))
"""The same for a zygote: it has to be seen before it goes."""


def zygotes(gateway: Gateway) -> list[dict[str, Any]]:
    """The zygotes of now, asked without starting a process."""
    with gateway.control() as control:
        found: list[dict[str, Any]] = control.request("status")["zygotes"]
        return found


def test_a_zygote_goes_and_its_workers_live_on(
    via: str, own_gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PENSTOCK_ZYGOTE_IDLE_SECONDS", ZYGOTE_SHORT)
    with started(via) as first:
        first.run("before = 1")
        (zygote,) = zygotes(own_gateway)
        eventually(lambda: not processes.alive(zygote["pid"]), 40, "the zygote has gone")
        eventually(lambda: zygotes(own_gateway) == [], 10, "the gateway knows that it has gone")
        assert first.value("before") == "1"
        with started(via) as second:
            (renewed,) = zygotes(own_gateway)
            assert own_gateway.kernel_of(second.worker_pid)["start"] == "fork"
            assert renewed["key"] == zygote["key"]
            assert renewed["pid"] != zygote["pid"]
            second.assert_healthy()
        first.assert_healthy()
    assert "idle zygote ended" in own_gateway.log()


def test_the_gateway_goes_without_kernels_and_the_next_start_works(
    via: str, own_gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PENSTOCK_IDLE_SECONDS", SHORT)
    with started(via) as kernel:
        eventually(
            lambda: own_gateway.status()["uptime_s"] > 2 * int(SHORT),
            20,
            "the idle time has passed",
        )
        kernel.assert_healthy()
    processes.assert_none_left(own_gateway.runtime, within=20)
    assert "no kernel for the idle time" in own_gateway.log()
    with started(via) as kernel:
        kernel.assert_healthy()


@pytest.mark.parametrize("name", ["PENSTOCK_IDLE_SECONDS", "PENSTOCK_ZYGOTE_IDLE_SECONDS"])
def test_a_time_that_is_no_number_is_told(
    own_gateway: Gateway, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, "soon")
    done = own_gateway.run("kernel", "start")
    assert done.returncode != 0
    assert f"{name} is a number of seconds" in done.stdout + done.stderr
