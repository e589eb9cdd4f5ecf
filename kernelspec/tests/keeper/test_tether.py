"""The tether alone: its parent is the test."""

from __future__ import annotations

import base64
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

    def start(self, *argv: str, cwd: str = "/", **more: Any) -> dict[str, Any]:
        lanes = [str(self.folder / "out"), str(self.folder / "err")]
        env = {"PATH": os.environ["PATH"], "A": "b"}
        self.tell({"argv": argv, "env": env, "cwd": cwd, "lanes": lanes, **more})
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
    wait_until(lambda: not alive(child), "the child ends")


def test_what_the_kernel_wrote_waits_for_the_gateway(kernel: Kernel) -> None:
    kernel.python("import os; os.write(1, b'last words')")
    assert kernel.hear() == {"exit": 0}
    with pytest.raises(subprocess.TimeoutExpired):
        kernel.tether.wait(0.2)
    assert os.read(kernel.reader(), 100) == b"last words"
    assert kernel.tether.stdin
    kernel.tether.stdin.close()
    assert kernel.tether.wait(20) == 0


def test_what_cannot_be_started_is_told(kernel: Kernel) -> None:
    assert kernel.start("/no/such/program") == {
        "error": "No such file or directory: /no/such/program"
    }
    assert kernel.tether.wait(20) == 0


def test_a_missing_directory_is_told(kernel: Kernel) -> None:
    assert kernel.python("pass", cwd="/no/such/place") == {
        "error": "No such file or directory: /no/such/place"
    }


def taken(kernel: Kernel, data: bytes) -> int:
    """Sends input; how much of it was taken at once."""
    kernel.tell({"input": base64.b64encode(data).decode()})
    return int(kernel.hear()["taken"])


def test_the_input_of_a_command(kernel: Kernel) -> None:
    kernel.start("/bin/cat", command={"input": True, "merge": False})
    out = kernel.reader()
    assert taken(kernel, b"some") == 4
    assert os.read(out, 100) == b"some"
    kernel.tell({"end_input": True})
    assert kernel.hear() == {"exit": 0}
    os.close(out)


def test_input_that_is_not_read_never_stops_the_tether(kernel: Kernel) -> None:
    kernel.start("/bin/sleep", "600", command={"input": True, "merge": False})
    assert 0 < taken(kernel, bytes(1 << 20)) < 1 << 20
    kernel.tell({"signal": "SIGKILL"})
    heard = kernel.hear()
    while "exit" not in heard:
        heard = kernel.hear()
    assert heard == {"exit": -signal.SIGKILL}


def test_a_command_without_input_and_with_one_stream(kernel: Kernel) -> None:
    code = (
        "import os, sys\nassert not sys.stdin.read()\nassert 'JPY_PARENT_PID' not in os.environ\n"
    )
    code += "os.write(1, b'a'); os.write(2, b'b')"
    argv = (sys.executable, "-I", "-S", "-c", code)
    assert "pid" in kernel.start(*argv, command={"input": False, "merge": True})
    assert kernel.hear() == {"exit": 0}
    out = kernel.reader()
    assert os.read(out, 100) == b"ab"
    os.close(out)


def test_a_terminal(kernel: Kernel) -> None:
    code = """
import os
with open("/dev/tty") as terminal:
    print(os.get_terminal_size(), os.isatty(0), os.isatty(1), os.isatty(2))
    print(terminal.readline())
"""
    argv = (sys.executable, "-I", "-S", "-c", code)
    size = {"rows": 12, "columns": 34}
    kernel.start(*argv, command={"input": True, "merge": False, **size})
    out = kernel.reader()
    kernel.tell({"rows": 56, "columns": 78})
    assert taken(kernel, b"typed\n") == 6
    assert kernel.hear() == {"exit": 0}
    said = os.read(out, 1000)
    os.close(out)
    assert b"True True True" in said
    assert said.endswith(b"typed\r\n\r\n")
    assert said.count(b"typed") == 2  # one is the echo


def test_all_of_a_terminal_comes_before_the_exit(kernel: Kernel) -> None:
    code = "print('x' * 99 + '\\n', end='', flush=True)\n" * 2000
    argv = (sys.executable, "-I", "-S", "-c", code)
    size = {"rows": 24, "columns": 80}
    assert "pid" in kernel.start(*argv, command={"input": True, "merge": False, **size})
    out = kernel.reader()
    said = b""
    while len(said) < 2000 * 101:
        said += os.read(out, 1 << 16)
    os.close(out)
    assert said == (b"x" * 99 + b"\r\n") * 2000
    assert kernel.hear() == {"exit": 0}
