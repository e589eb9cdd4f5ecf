"""A client program in surroundings of its own (another cgroup, namespace, group, ...), which a test
talks to.

usage: COMMAND... python -m tests.support.visitor KERNEL-NAME
Each line of its input is `[operation, argument...]`, each line of its output the answer, as JSON.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from tests.support.kernel import Kernel, started
from tests.support.owner import ROOT
from tests.support.specs import KERNEL_NAMES
from tests.support.waiting import eventually

ENDLESS = "import time\nprint('running', flush=True)\ntime.sleep(600)"


class Visitor:
    """The program while it runs, with one kernel. `pid` is that of the command's first process."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.pid = process.pid

    def ask(self, operation: str, *arguments: Any) -> Any:
        """The answer of one of `OPERATIONS`."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps([operation, *arguments]) + "\n")
        self._process.stdin.flush()
        return self.answer()

    def answer(self) -> Any:
        """One more answer: `see` has two."""
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, "the visitor has ended"
        return json.loads(line)

    def kill(self) -> None:
        """SIGKILL, and waits for its end."""
        self._process.kill()
        self._process.wait()


@contextmanager
def visiting(command: Sequence[str], via: str) -> Iterator[Visitor]:
    """Starts the program below a command that makes its surroundings, with a kernel that is started
    as `via` says.
    """
    process = subprocess.Popen(
        [*command, sys.executable, "-m", "tests.support.visitor", KERNEL_NAMES[via]],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    visitor = Visitor(process)
    try:
        assert visitor.answer() == "ready"
        yield visitor
    finally:
        process.communicate()


def _interrupted(kernel: Kernel) -> str:
    cell = kernel.send(ENDLESS).until_text("running")
    kernel.manager.interrupt_kernel()
    cell.finish()
    return cell.ename


def _killed(kernel: Kernel) -> list[Any]:
    cell = kernel.send("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)")
    return [_death(kernel), _words(cell)]


def _seen(kernel: Kernel) -> list[Any]:
    """Waits for a death that somebody else brings."""
    cell = kernel.send(ENDLESS).until_text("running")
    print(json.dumps("running"), flush=True)
    return [_death(kernel), _words(cell)]


def _death(kernel: Kernel) -> int | None:
    eventually(lambda: not kernel.manager.is_alive(), 10, "the client sees the death")
    return kernel.exit_code()


def _words(cell: Any) -> str:
    cell.until_text("Penstock: ", "stderr", 10)
    return str(cell.text("stderr"))


def _restarted(kernel: Kernel) -> None:
    kernel.restart()


OPERATIONS: dict[str, Callable[..., Any]] = {
    "value": Kernel.value,
    "text": lambda kernel, code: kernel.run(code).text(),
    "own": lambda _kernel, expression: repr(eval(expression)),
    "interrupt": _interrupted,
    "kill": _killed,
    "see": _seen,
    "restart": _restarted,
}


def main() -> None:
    """Starts the kernel and answers until the end of its input."""
    with started(sys.argv[1]) as kernel:
        print(json.dumps("ready"), flush=True)
        for line in sys.stdin:
            operation, *arguments = json.loads(line)
            print(json.dumps(OPERATIONS[operation](kernel, *arguments)), flush=True)


if __name__ == "__main__":
    main()
