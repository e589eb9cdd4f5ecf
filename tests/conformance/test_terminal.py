"""Group OUT: what a kernel's file descriptors get is copied to its client's own (OUT-04)."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
from pathlib import Path

import pytest

from penstock.client.errors import GatewayError
from tests.support import terminal
from tests.support.gateway import Gateway
from tests.support.kernel import started
from tests.support.waiting import eventually, seconds

SECRET = "not for any log"

CELLS: list[str | None] = [
    "import ctypes, os, subprocess, sys; from multiprocessing import get_context",
    "print('print'); print('print', file=sys.stderr); display('shown'); 1/0",
    f"os.system('echo {SECRET}; echo trouble >&2')",
    "_ = os.write(1, b'\\xff\\xe6\\xb0\\xb4 no line end'); _ = os.write(2, b'\\r\\x1b[31m\\0')",
    "c = ctypes.CDLL(None); c.puts(b'\\nc code'); c.fflush(None)",
    "pid = os.fork()\nif not pid: os.write(2, b'forked\\n'); os._exit(0)\n_ = os.waitpid(pid, 0)",
    "p = get_context('spawn').Process(target=print, args=('spawned',)); p.start(); p.join()",
    "_ = subprocess.run([sys.executable, '-c', 'print(\"command\")'])",
    "print('end', file=sys.__stdout__, flush=True)",
    None,
    "import os; os.system('echo again; echo trouble again >&2')",
]
OUT = (
    f"{SECRET}\n".encode() + b"\xff\xe6\xb0\xb4 no line end\nc code\nspawned\ncommand\nend\nagain\n"
)
ERR = b"trouble\n\r\x1b[31m\0forked\ntrouble again\n"


def test_what_c_code_and_commands_write_is_shown_there(via: str, gateway: Gateway) -> None:
    assert terminal.shown(via, CELLS) == (OUT, ERR)
    assert SECRET not in gateway.log()


@pytest.mark.beyond_reference
def test_it_is_byte_for_byte_what_ipykernel_shows(gateway: Gateway) -> None:
    assert terminal.shown("reference", CELLS) == (OUT, ERR)


def test_it_goes_where_the_kernel_s_own_was_asked_to_go(via: str, gateway: Gateway) -> None:
    cells: list[str | None] = ["import os; os.system('echo out; echo err >&2')"]
    cells += [None, *cells]
    assert terminal.shown(via, cells, stdout="DEVNULL", stderr="DEVNULL") == (b"", b"")
    assert terminal.shown(via, cells, stdout="DEVNULL") == (b"", b"err\nerr\n")
    out, err = terminal.shown(via, cells, stderr="STDOUT")
    assert (sorted(out.split()), err) == ([b"err", b"err", b"out", b"out"], b"")


@pytest.mark.beyond_reference
def test_a_kernel_s_last_words_arrive(via: str, gateway: Gateway, tmp_path: Path) -> None:
    """With ipykernel they die with the process that was to copy them."""
    with (tmp_path / "out").open("wb") as file, started(via, stdout=file) as kernel:
        kernel.send("import os; os.write(1, b'last words'); os.kill(os.getpid(), 9)")
        eventually(lambda: kernel.exit_code() is not None, 30, "it has ended")
        kernel.manager.shutdown_kernel(now=True)
        assert (tmp_path / "out").read_bytes() == b"last words"


@pytest.mark.beyond_reference
def test_a_terminal_that_is_stopped_holds_up_nothing(
    via: str, gateway: Gateway, tmp_path: Path
) -> None:
    size, ran = 4_000_000, tmp_path / "ran"
    cells: list[str | None] = [
        f"import os; os.system(\"head -c {size} /dev/zero | tr '\\\\0' x\")",
        f"open({str(ran)!r}, 'w').close()",
    ]
    with (
        (tmp_path / "err").open("wb") as err,
        terminal.client(via, cells, {}, subprocess.PIPE, err) as process,
    ):
        eventually(ran.exists, 60, "the kernel goes on")
        assert process.stdout is not None
        terminal_fd = process.stdout.fileno()
        os.set_blocking(terminal_fd, False)
        got = bytearray()

        def all_accounted_for() -> bool:
            with contextlib.suppress(BlockingIOError):  # nothing has come since
                got.extend(os.read(terminal_fd, size))
            gaps = re.findall(rb"(\d+) bytes from the kernel are missing", err_file.read_bytes())
            return len(got) + sum(map(int, gaps)) == size

        err_file = tmp_path / "err"
        eventually(all_accounted_for, 60, "what is missing is told")
        assert len(got) < size
        process.communicate(timeout=seconds(60))
        assert process.returncode == 0


@pytest.mark.beyond_reference
def test_only_who_asked_for_it_can_read_it_and_only_once(gateway: Gateway) -> None:
    done = gateway.run("kernel", "start")
    assert done.returncode == 0, done.stderr
    with gateway.control() as control, started("provisioner") as kernel:
        for listed in gateway.kernels():
            with pytest.raises(GatewayError) as refused:
                control.request("echo", id=listed["id"])
            own = listed["worker_pid"] == kernel.worker_pid
            assert refused.value.code == ("echo-taken" if own else "no-echo")
    assert gateway.run("kernel", "stop", "--all").returncode == 0
