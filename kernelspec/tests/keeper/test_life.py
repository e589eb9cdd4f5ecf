"""The keeper's own life: detached from its starter, it ends with its gateway."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from keeper.harness import TestingKeeper, alive, wait_until

SLEEP = "import time; time.sleep(600)"
STUBBORN = (
    "import signal, time; signal.signal(15, signal.SIG_IGN); print('up', flush=True);"
    " time.sleep(600)"
)


def test_the_keeper_belongs_to_nobody(keeper: TestingKeeper) -> None:
    stat = Path(f"/proc/{keeper.pid}/stat").read_text().rpartition(")")[2].split()
    ppid, pgrp, session, tty = map(int, stat[1:5])
    assert ppid != os.getpid()
    assert session not in (os.getsid(0), keeper.pid), "own session, but not its leader"
    assert pgrp != os.getpgid(0)
    assert tty == 0
    assert os.readlink(f"/proc/{keeper.pid}/cwd") == "/"
    assert {os.readlink(f"/proc/{keeper.pid}/fd/{fd}") for fd in range(3)} == {"/dev/null"}


def test_the_starter_is_told_and_its_lock_is_free_afterwards(start_keeper) -> None:
    keeper = start_keeper()
    keeper.connect()
    fd = os.open(keeper.directory / "lock", os.O_RDWR)
    assert not lockable(fd), "taken while the gateway is not ready"
    keeper.hello()
    assert keeper.outcome == {"ok": True}
    wait_until(lambda: lockable(fd), "the start lock is free")
    os.close(fd)


def test_files_are_private(keeper: TestingKeeper) -> None:
    keeper.spawn("s1", SLEEP)
    for path in keeper.directory.rglob("*"):
        assert path.stat().st_mode & 0o077 == 0, path


def test_a_gateway_that_does_not_start_is_told_with_its_last_words(start_keeper) -> None:
    code = "import sys; print('no such option', file=sys.stderr); sys.exit(2)"
    keeper = start_keeper(jvm={"argv": [sys.executable, "-c", code], "env": {}})
    outcome = keeper.started()
    assert not outcome["ok"]
    assert "exit code 2" in outcome["error"]
    assert "no such option" in outcome["details"]


def test_a_missing_java_is_told(start_keeper) -> None:
    outcome = start_keeper(jvm={"argv": ["/no/bin/java"], "env": {}}).started()
    assert not outcome["ok"]
    assert "/no/bin/java" in outcome["error"]


def test_all_end_with_the_gateway_and_their_exits_are_written(keeper: TestingKeeper) -> None:
    workers = [keeper.spawn("s1", SLEEP), keeper.spawn("s2", STUBBORN)]
    os.kill(keeper.jvm, signal.SIGKILL)
    wait_until(lambda: not alive(keeper.pid), "end of the keeper")
    assert not any(map(alive, workers))
    assert keeper.exit_json("s1")["exit"] == -signal.SIGTERM
    assert "the gateway ended: killed by signal 9" in keeper.exit_json("s2")["cause"]
    assert not (keeper.directory / "keeper.sock").exists()


def test_leave_ends_all_in_order(keeper: TestingKeeper) -> None:
    worker = keeper.spawn("s1", SLEEP)
    assert keeper.ask("leave")["ok"]
    assert keeper.event("exit", pid=worker)["exit"] == -signal.SIGTERM
    assert alive(keeper.jvm), "the gateway ends by itself"
    assert alive(keeper.pid)
    os.kill(keeper.jvm, signal.SIGTERM)
    wait_until(lambda: not alive(keeper.pid), "end of the keeper")
    assert keeper.exit_json("s1")["cause"] == "the gateway was stopped"


def test_workers_with_pdeathsig_end_with_a_killed_keeper(keeper: TestingKeeper) -> None:
    code = (
        "import ctypes, time; ctypes.CDLL(None).prctl(1, 9);"
        " print('up', flush=True); time.sleep(600)"
    )
    worker = keeper.spawn("s1", code)
    lane = keeper.lane("s1")
    wait_until(lambda: readable(lane), "the worker is up")
    os.kill(keeper.pid, signal.SIGKILL)
    wait_until(lambda: not alive(worker), "end of the worker")
    os.close(lane)
    os.kill(keeper.jvm, signal.SIGKILL)  # a real gateway ends by itself


def test_the_next_keeper_waits_until_the_last_gateway_is_gone(start_keeper) -> None:
    first = start_keeper().hello()
    os.kill(first.pid, signal.SIGKILL)
    wait_until(lambda: not alive(first.pid), "end of the first keeper")
    second = start_keeper()
    # Its JVM still lives and so holds the lock: the second one may not have taken the directory.
    try:
        second._starting.join(0.5)
        assert second._starting.is_alive()
        assert len(second.log("started")) == 1
    finally:
        os.kill(first.jvm, signal.SIGKILL)
    wait_until(lambda: len(second.log("started")) == 2, "start of the second keeper")
    assert second.hello().outcome == {"ok": True}


def test_sigterm_ends_keeper_and_gateway(keeper: TestingKeeper) -> None:
    worker = keeper.spawn("s1", SLEEP)
    os.kill(keeper.pid, signal.SIGTERM)
    for pid in (keeper.pid, keeper.jvm, worker):
        wait_until(lambda pid=pid: not alive(pid), f"end of {pid}")


def test_sigint_and_sighup_do_nothing(keeper: TestingKeeper) -> None:
    os.kill(keeper.pid, signal.SIGINT)
    os.kill(keeper.pid, signal.SIGHUP)
    keeper.spawn("s1", "pass")
    assert keeper.event("exit", session="s1")["exit"] == 0


def test_a_starter_that_is_killed_does_no_harm(directory: Path) -> None:
    """The starter is a process of its own here, with the keeper's start under way when it dies."""
    config = {
        "dir": str(directory),
        "version": "0",
        "jvm": {"argv": ["/bin/sleep", "600"], "env": {}},
    }
    code = (
        "import fcntl, json, os, sys; from penstock.client.starter import run_keeper;"
        "fd = os.open(sys.argv[1], os.O_RDWR | os.O_CREAT); fcntl.flock(fd, fcntl.LOCK_EX);"
        "run_keeper(json.loads(sys.argv[2]), fd)"
    )
    argv = [sys.executable, "-c", code, str(directory / "lock"), json.dumps(config)]
    source = str(Path(__file__).parents[2] / "src")
    starter = subprocess.Popen(
        argv, env={**os.environ, "PYTHONPATH": source}, start_new_session=True
    )
    socket_path = directory / "keeper.sock"
    wait_until(socket_path.exists, "keeper.sock")
    os.killpg(starter.pid, signal.SIGKILL)
    starter.wait()
    fd = os.open(directory / "lock", os.O_RDWR)
    assert not lockable(fd), "the next starter must wait for this start"
    with socket.socket(socket.AF_UNIX) as sock:
        # The path is there before the keeper listens.
        wait_until(lambda: sock.connect_ex(str(socket_path)) == 0, "keeper.sock is listened on")
        sock.sendall(b'{"op": "hello", "id": 1, "version": 1}\n')
        pid = json.loads(sock.recv(4096))["pid"]
        wait_until(lambda: lockable(fd), "the start lock is free")
        os.kill(pid, signal.SIGTERM)
        wait_until(lambda: not alive(pid), "end of the keeper")
    os.close(fd)


def test_garbage_on_the_socket_ends_that_connection_only(keeper: TestingKeeper) -> None:
    for garbage in (b"not json\n", b"[1, 2]\n", b"\xff\xfe\n", b"[" * 100_000 + b"\n"):
        with socket.socket(socket.AF_UNIX) as sock:
            sock.connect(str(keeper.directory / "keeper.sock"))
            sock.sendall(garbage)
            sock.settimeout(10)
            assert sock.recv(100) == b""
    assert keeper.ask("watch", pid=os.getpid(), start=None)["ok"]


def test_a_gateway_may_connect_anew(keeper: TestingKeeper) -> None:
    keeper.sock.close()
    keeper.connect()
    keeper.ask("hello", version=1)
    keeper.spawn("s1", "pass")
    assert keeper.event("exit", session="s1")["exit"] == 0


def lockable(fd: int) -> bool:
    import fcntl

    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    fcntl.flock(fd, fcntl.LOCK_UN)
    return True


def readable(fd: int) -> bytes:
    try:
        return os.read(fd, 4096)
    except BlockingIOError:
        return b""


def test_a_start_sweeps_folders_that_nobody_holds(
    directory: Path, start_keeper: Callable[..., TestingKeeper]
) -> None:
    for session in ("left", "guarded"):
        (directory / "sessions" / session).mkdir(parents=True)
        os.mkfifo(directory / "sessions" / session / "out")
    held = os.open(directory / "sessions" / "guarded" / "out", os.O_RDWR)
    start_keeper().hello()
    assert os.listdir(directory / "sessions") == ["guarded"]
    os.close(held)
