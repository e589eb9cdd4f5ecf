"""The tether alone: its parent is the test."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from keeper.harness import alive, wait_until

MAIN = Path(__file__).parents[2] / "src" / "penstock" / "keeper" / "__main__.py"


class Kernel:
    """A process on a tether; `read` reads what it wrote to stdout."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.folder = folder
        self.tether = subprocess.Popen(
            [sys.executable, "-I", "-S", "-X", "utf8", str(MAIN), "tether"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def start(self, *argv: str, cwd: str = "/") -> dict[str, Any]:
        lanes = [str(self.folder / "out"), str(self.folder / "err")]
        env = {"PATH": os.environ["PATH"], "A": "b"}
        self.tell({"argv": argv, "env": env, "cwd": cwd, "lanes": lanes})
        return self.hear()

    def tell(self, request: dict[str, Any]) -> None:
        assert self.tether.stdin
        self.tether.stdin.write(json.dumps(request) + "\n")
        self.tether.stdin.flush()

    def hear(self) -> dict[str, Any]:
        assert self.tether.stdout
        return json.loads(self.tether.stdout.readline())

    def python(self, code: str, cwd: str = "/") -> dict[str, Any]:
        return self.start(sys.executable, "-I", "-S", "-c", code, cwd=cwd)

    def reader(self) -> int:
        return os.open(self.folder / "out", os.O_RDONLY)


@pytest.fixture
def kernel(tmp_path: Path) -> Iterator[Kernel]:
    kernel = Kernel(tmp_path / "kernel")
    yield kernel
    assert kernel.tether.stdin
    assert kernel.tether.stdout
    if not kernel.tether.stdin.closed:
        kernel.tether.stdin.close()
    assert kernel.tether.wait(20) == 0
    kernel.tether.stdout.close()
    assert not kernel.folder.exists() or not any(kernel.folder.iterdir())


def test_it_starts_and_tells_the_end(kernel: Kernel, tmp_path: Path) -> None:
    code = (
        "import json, os\n"
        "said = [dict(os.environ), os.getppid(), os.getcwd(), os.getsid(0) == os.getpid()]\n"
        "open('said', 'w').write(json.dumps(said))\n"
        "raise SystemExit(5)"
    )
    assert "pid" in kernel.python(code, cwd=str(tmp_path))
    assert kernel.hear() == {"exit": 5}
    environ, *rest = json.loads((tmp_path / "said").read_text())
    parent = kernel.tether.pid
    assert environ.pop("LC_CTYPE", "C.UTF-8") == "C.UTF-8"  # Python's own
    assert environ == {"PATH": os.environ["PATH"], "A": "b", "JPY_PARENT_PID": str(parent)}
    assert rest == [parent, str(tmp_path), True]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_it_tells_the_signal(kernel: Kernel, number: int) -> None:
    assert "pid" in kernel.python("import time; time.sleep(600)")
    kernel.tell({"signal": int(number)})
    assert kernel.hear() == {"exit": -number}


def test_signals_have_their_default_action_and_reach_the_group(kernel: Kernel) -> None:
    code = (
        "import signal, subprocess, sys\n"
        "assert signal.getsignal(signal.SIGINT) is signal.default_int_handler\n"
        "child = subprocess.Popen(['sleep', '600'])\n"
        "print(child.pid, flush=True)\n"
        "sys.exit(40 - child.wait())"
    )
    kernel.start(sys.executable, "-I", "-c", code)
    out = kernel.reader()
    child = int(os.read(out, 100))
    os.close(out)
    kernel.tell({"signal": int(signal.SIGINT)})
    kernel.hear()
    wait_until(lambda: not alive(child), "the child ends")


@pytest.mark.parametrize("how", ["end of input", "SIGTERM"])
def test_it_ends_the_kernel_with_itself(kernel: Kernel, how: str) -> None:
    code = (
        "import signal, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "print(1, flush=True)\n"
        "time.sleep(600)"
    )
    pid = kernel.python(code)["pid"]
    out = kernel.reader()
    os.read(out, 100)
    os.close(out)
    if how == "SIGTERM":
        kernel.tether.terminate()
    else:
        assert kernel.tether.stdin
        kernel.tether.stdin.close()
    assert kernel.tether.wait(20) == 0
    assert not alive(pid)


def test_it_ends_what_the_kernel_left(kernel: Kernel, tmp_path: Path) -> None:
    code = "import subprocess\nopen('said', 'w').write(str(subprocess.Popen(['sleep', '600']).pid))"
    assert "pid" in kernel.start(sys.executable, "-I", "-c", code, cwd=str(tmp_path))
    assert kernel.hear() == {"exit": 0}
    child = int((tmp_path / "said").read_text())
    assert kernel.tether.wait(20) == 0
    assert not alive(child)


def test_what_cannot_be_started_is_told(kernel: Kernel) -> None:
    assert kernel.start("/no/such/program") == {
        "error": "No such file or directory: /no/such/program"
    }
    assert kernel.tether.wait(20) == 0


def test_a_missing_directory_is_told(kernel: Kernel) -> None:
    assert kernel.python("pass", cwd="/no/such/place") == {
        "error": "No such file or directory: /no/such/place"
    }
