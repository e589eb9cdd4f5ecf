"""The ahead-of-time cache of the gateway, trained by a real second gateway."""

from __future__ import annotations

from pathlib import Path

import psutil
import pytest

from tests.support.gateway import Gateway
from tests.support.kernel import started
from tests.support.waiting import eventually

pytestmark = [pytest.mark.beyond_reference, pytest.mark.slow]


def test_the_first_gateway_makes_the_cache_and_the_next_uses_it(
    own_gateway: Gateway, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PENSTOCK_AOT", "on")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    caches = tmp_path / "penstock"
    with started("provisioner") as kernel:
        kernel.assert_healthy()
        eventually(lambda: list(caches.glob("*.aot")), 120, "the cache is made")
        assert not list(caches.glob("*.failed"))
    own_gateway.stop()
    with started("provisioner") as kernel:
        kernel.assert_healthy()
        command = psutil.Process(own_gateway.status()["pid"]).cmdline()
    assert any(word.startswith("-XX:AOTCache=") for word in command), command
