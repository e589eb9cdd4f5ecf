"""Starting the gateway: once, by whoever comes first, with a cache made in the background.

The keeper is real. Java is a stand-in, and the real jar where it has been built.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from keeper.harness import alive, wait_until

from penstock.cli.main import main
from penstock.client import gateway
from penstock.client.errors import GatewayError
from penstock.client.jvm import GatewayCommand, cache_dir
from penstock.keeper import training

REAL_JAR = Path(__file__).parents[3] / "kernel-gateway" / "target" / "penstock.jar"
ENSURE = (
    "from penstock.client.gateway import ensure_gateway;"
    "print(ensure_gateway().request('ping')['pid'])"
)


@pytest.fixture
def stand_in_java(
    isolated: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[Path]:
    home = tmp_path / "java"
    (home / "bin").mkdir(parents=True)
    (home / "release").write_text('JAVA_VERSION="25.0.3"\n')
    program = home / "bin" / "java"
    script = Path(__file__).with_name("stand_in_java.py")
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -I -S {script} "$@"\n')
    program.chmod(0o755)
    (tmp_path / "x.jar").write_bytes(b"jar")
    monkeypatch.setenv("PENSTOCK_JAVA_HOME", str(home))
    monkeypatch.setenv("PENSTOCK_JAR", str(tmp_path / "x.jar"))
    monkeypatch.setenv("PENSTOCK_AOT", "off")
    yield Path(gateway.directory())
    assert main(["gateway", "stop"]) == 0


@pytest.fixture
def real_java(isolated: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    if not REAL_JAR.exists():
        pytest.skip("kernel-gateway/target/penstock.jar has not been built")
    monkeypatch.setenv("PENSTOCK_JAR", str(REAL_JAR))
    monkeypatch.setenv("PENSTOCK_AOT", "off")
    yield Path(gateway.directory())
    assert main(["gateway", "stop"]) == 0


def race(count: int) -> set[str]:
    """Pids of the gateways that so many processes get when they ask at the same time."""
    starters = [
        subprocess.Popen([sys.executable, "-c", ENSURE], stdout=subprocess.PIPE, text=True)
        for _ in range(count)
    ]
    outputs = [starter.communicate(timeout=120)[0].strip() for starter in starters]
    assert [starter.returncode for starter in starters] == [0] * count
    return set(outputs)


def test_a_start_race_has_one_winner(stand_in_java: Path) -> None:
    assert len(race(8)) == 1
    assert len((stand_in_java / "gateways").read_text().split()) == 1


def test_a_start_race_of_real_gateways_has_one_winner(real_java: Path) -> None:
    assert len(race(8)) == 1


def test_the_next_one_is_started_when_it_was_killed(stand_in_java: Path) -> None:
    first = gateway.ensure_gateway().request("ping")
    os.kill(first["pid"], signal.SIGKILL)
    # Before that the dying process may still take a connection; `start_kernel` tries again then.
    wait_until(lambda: not alive(first["keeper_pid"]), "end of the first keeper")
    second = gateway.ensure_gateway().request("ping")
    assert second["pid"] != first["pid"]


def test_a_gateway_that_is_told_to_leave_is_gone(stand_in_java: Path) -> None:
    about = gateway.ensure_gateway().request("ping")
    assert main(["gateway", "stop"]) == 0
    assert not alive(about["pid"])
    assert not alive(about["keeper_pid"])


def test_java_that_refuses_is_one_line(
    stand_in_java: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PENSTOCK_STAND_IN", "refuses")
    with pytest.raises(GatewayError) as caught:
        gateway.ensure_gateway()
    assert "\n" not in str(caught.value)
    assert "Unrecognized option: -XX:+Nonsense" in str(caught.value)


@pytest.fixture
def cache(monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where caches go. The keeper runs the stand-in for the training; the real one needs a real
    gateway, and has its test among the acceptance tests.
    """
    monkeypatch.delenv("PENSTOCK_AOT")
    script = str(Path(__file__).with_name("stand_in_java.py"))

    def stand_in(command: GatewayCommand) -> dict[str, object] | None:
        if command.cache is None or Path(command.cache).exists():
            return None
        output = "-XX:AOTCacheOutput={output}"
        return {"cache": command.cache, "argv": [sys.executable, "-I", script, output, "train"]}

    monkeypatch.setattr(GatewayCommand, "training", stand_in)
    return Path(cache_dir())


def test_the_cache_is_made_once(stand_in_java: Path, cache: Path) -> None:
    gateway.ensure_gateway().close()
    patience = training.DELAY + 20
    (made,) = wait_until(lambda: list(cache.glob("*.aot")), "the cache", patience)
    assert made.read_bytes() == b"cache"
    assert made.stat().st_mode & 0o077 == 0
    assert cache.stat().st_mode & 0o077 == 0
    assert (cache / "runs").read_text() == "x"
    main(["gateway", "stop"])
    gateway.ensure_gateway().close()
    command = (stand_in_java / "keeper.log").read_text()
    assert "aot-cache" in command


def test_training_that_fails_is_not_tried_again(
    stand_in_java: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PENSTOCK_STAND_IN", "training-fails")
    gateway.ensure_gateway().close()
    patience = training.DELAY + 20
    wait_until(lambda: list(cache.glob("*.failed")), "the failure", patience)
    (failed,) = cache.glob("*.failed")
    wait_until(lambda: "out of luck" in failed.read_text(), "its text")  # is written a bit later
    assert "aot-failed" in (stand_in_java / "keeper.log").read_text()
    assert not list(cache.glob("*.aot"))
