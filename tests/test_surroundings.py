"""A client with another cgroup, namespace, group, ... than the gateway's keeper: its worker has the
client's, and everything else is as with a fork.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import uuid
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.support import processes
from tests.support.gateway import COMMAND, Gateway
from tests.support.kernel import Kernel, started
from tests.support.visitor import visiting
from tests.support.waiting import eventually

pytestmark = pytest.mark.beyond_reference

PID_NAMESPACE = ["unshare", "--pid", "--fork", "--kill-child", "--mount-proc"]

PLACES = {
    "uts namespace": (["unshare", "--uts"], "os.readlink('/proc/self/ns/uts')"),
    "pid namespace": (PID_NAMESPACE, "os.readlink('/proc/self/ns/pid')"),
    "supplementary groups": (["setpriv", "--groups", "4242,4243"], "os.getgroups()"),
    "group ids": (["setpriv", "--regid", "4244", "--keep-groups"], "os.getresgid()"),
    "no_new_privs": (
        ["setpriv", "--no-new-privs"],
        "[line for line in open('/proc/self/status') if line.startswith('NoNewPrivs')]",
    ),
    "priority": (["nice", "-n", "5"], "os.getpriority(os.PRIO_PROCESS, 0)"),
    "cgroup": (["CGROUP"], "open('/proc/self/cgroup').read()"),
}
"""What differs, as the gateway calls it: the command that makes it so, and how Python sees it."""

MEMORY_CGROUPS = Path("/sys/fs/cgroup/memory")
PID = "__import__('os').getpid()"
CHILD = "import subprocess; child = subprocess.Popen(['sleep', '600'])"


@pytest.fixture(scope="module")
def cgroup() -> Iterator[Path]:
    """A memory cgroup (v1) below this process's own."""
    lines = Path("/proc/self/cgroup").read_text(encoding="utf-8").splitlines()
    own = next((line.split(":", 2)[2] for line in lines if ":memory:" in line), None)
    if own is None:
        pytest.skip("no memory cgroup (v1) here")
    folder = MEMORY_CGROUPS / own.lstrip("/") / f"penstock-test-{uuid.uuid4().hex[:8]}"
    try:
        folder.mkdir()
    except OSError as error:
        pytest.skip(f"no cgroup can be made here: {error}")
    yield folder
    eventually(lambda: not (folder / "cgroup.procs").read_text(), 10, "nothing is left in it")
    folder.rmdir()


def command(place: str, request: pytest.FixtureRequest) -> list[str]:
    """The command that runs another in a place; skips the test where that is not permitted."""
    prefix, _ = PLACES[place]
    if prefix == ["CGROUP"]:
        procs = request.getfixturevalue("cgroup") / "cgroup.procs"
        prefix = ["sh", "-c", f'echo $$ > "{procs}" && exec "$@"', "sh"]
    if shutil.which(prefix[0]) is None:
        pytest.skip(f"there is no {prefix[0]} here")
    tried = subprocess.run([*prefix, "true"], capture_output=True, text=True, check=False)
    if tried.returncode:
        pytest.skip(f"not permitted here: {tried.stderr.strip()}")
    return prefix


def guards(gateway: Gateway) -> list[psutil.Process]:
    """The guards of a gateway that run."""
    found = processes.belonging_to(gateway.runtime)
    return [process for process in found if processes.command(process)[-1:] == ["guard"]]


def runs(process: psutil.Process) -> bool:
    """Whether it has not ended, zombies not counted."""
    return process.is_running() and processes.alive(process.pid)


def listed(gateway: Gateway) -> dict[str, str]:
    """The entry of the only kernel that was not forked."""
    (entry,) = [kernel for kernel in gateway.kernels() if kernel["start"] != "fork"]
    return entry


def seen(expression: str) -> str:
    """A Python expression that sees what the given one sees, whatever was imported."""
    return f"eval({expression!r}, {{'os': __import__('os')}})"


@pytest.mark.parametrize("place", PLACES)
def test_the_worker_has_the_surroundings_of_its_client(
    via: str, kernel: Kernel, gateway: Gateway, place: str, request: pytest.FixtureRequest
) -> None:
    expression = seen(PLACES[place][1])
    assert gateway.kernel_of(kernel.worker_pid)["start"] == "fork"
    with visiting(command(place, request), via) as visitor:
        theirs = visitor.ask("own", expression)
        assert theirs != kernel.value(expression)
        assert visitor.ask("value", expression) == theirs
        entry = listed(gateway)
        assert entry["start"] == "fresh"
        assert place in entry["reason"]
    eventually(lambda: not guards(gateway), 10, "the guard ends with its session")


def test_the_cgroup_holds_client_and_worker_and_nothing_of_others(
    via: str, kernel: Kernel, gateway: Gateway, request: pytest.FixtureRequest
) -> None:
    with visiting(command("cgroup", request), via) as visitor:
        inside = (request.getfixturevalue("cgroup") / "cgroup.procs").read_text().split()
        assert {visitor.pid, int(visitor.ask("value", PID))} <= set(map(int, inside))
        status = gateway.status()
        for outside in (kernel.worker_pid, status["keeper_pid"], status["pid"]):
            assert str(outside) not in inside
    eventually(lambda: not guards(gateway), 10, "the guard ends with its session")


@pytest.mark.parametrize("place", ["uts namespace", "pid namespace"])
def test_interrupt_restart_and_death(
    via: str, kernel: Kernel, gateway: Gateway, place: str, request: pytest.FixtureRequest
) -> None:
    expression = seen(PLACES[place][1])
    with visiting(command(place, request), via) as visitor:
        assert visitor.ask("interrupt") == "KeyboardInterrupt"
        assert visitor.ask("text", "print(6 * 7)") == "42\n"
        visitor.ask("restart")
        assert visitor.ask("value", expression) == visitor.ask("own", expression)
        assert place in listed(gateway)["reason"]
        code, words = visitor.ask("kill")
        assert code == -signal.SIGKILL
        assert "SIGKILL" in words
    eventually(lambda: not guards(gateway), 10, "the guard ends with its session")
    kernel.assert_healthy()


@pytest.mark.parametrize("place", ["uts namespace", "pid namespace"])
def test_the_death_of_a_guard_is_told(
    via: str, kernel: Kernel, gateway: Gateway, place: str, request: pytest.FixtureRequest
) -> None:
    with visiting(command(place, request), via) as visitor:
        visitor.ask("text", CHILD)
        assert visitor.ask("see") == "running"
        (guard,) = guards(gateway)
        below = guard.children(recursive=True)
        guard.kill()
        code, words = visitor.answer()
        assert code == -signal.SIGKILL
        assert "guard" in words
        eventually(lambda: not any(map(runs, below)), 10, "worker and child are gone")
        visitor.ask("restart")
        assert visitor.ask("text", "print(6 * 7)") == "42\n"
    kernel.assert_healthy()


@pytest.mark.parametrize(
    ("victim", "place"),
    [
        ("client", "uts namespace"),
        ("client", "pid namespace"),
        ("guard", "pid namespace"),
        ("worker", "uts namespace"),
        ("keeper", "uts namespace"),
        ("gateway", "pid namespace"),
    ],
)
def test_nothing_survives(
    via: str, own_gateway: Gateway, place: str, victim: str, request: pytest.FixtureRequest
) -> None:
    prefix = command(place, request)
    with started(via) as ordinary, visiting(prefix, via) as visitor:
        visitor.ask("text", CHILD)
        (guard,) = guards(own_gateway)
        guarded = [guard, *guard.children(recursive=True)]
        assert len(guarded) == 3
        status = own_gateway.status()
        victims = {
            "guard": guarded[0].pid,
            "worker": guarded[1].pid,
            "keeper": status["keeper_pid"],
            "gateway": status["pid"],
        }
        if victim == "client":
            visitor.kill()
        else:
            os.kill(victims[victim], signal.SIGKILL)
        eventually(lambda: not any(map(runs, guarded)), 10, "guard, worker and child are gone")
        if victim in ("client", "guard", "worker"):
            ordinary.assert_healthy()


def test_a_network_namespace_has_its_own_gateway(
    via: str, kernel: Kernel, gateway: Gateway
) -> None:
    """TCP ports of another one cannot be reached."""
    up = ["unshare", "--net", "sh", "-c", 'ip link set lo up && exec "$@"', "sh"]
    tried = subprocess.run([*up, "true"], capture_output=True, text=True, check=False)
    if tried.returncode:
        pytest.skip(f"not permitted here: {tried.stderr.strip()}")
    network = "__import__('os').readlink('/proc/self/ns/net')"
    stop = f"__import__('subprocess').call([{str(COMMAND)!r}, 'gateway', 'stop'], stdout=2)"
    with visiting(up, via) as visitor:
        theirs = visitor.ask("own", network)
        assert visitor.ask("value", network) == theirs != kernel.value(network)
        assert len(gateway.kernels()) == 1
        assert visitor.ask("own", stop) == "0"
    kernel.assert_healthy()


def test_limits_affinity_and_umask_of_the_client_are_kept_in_a_fork(
    via: str, kernel: Kernel, gateway: Gateway
) -> None:
    expression = seen(
        "os.sched_getaffinity(0), os.popen('umask').read(), __import__('resource').getrlimit(0),"
    )
    cpu = min(os.sched_getaffinity(0))
    narrow = ["taskset", "-c", str(cpu), "sh", "-c", 'umask 027; ulimit -t 500; exec "$@"', "sh"]
    with visiting(narrow, via) as visitor:
        theirs = visitor.ask("own", expression)
        assert visitor.ask("value", expression) == theirs != kernel.value(expression)
        worker = int(visitor.ask("value", PID))
        assert gateway.kernel_of(worker)["start"] == "fork"
