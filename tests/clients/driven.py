"""Libraries, each driven by a small program in programs/ that joins a running kernel.

A program is started with the path of a connection file. It reads one JSON object per line from
stdin, `{"do": "run" | "complete" | "inspect" | "death", "code", "answer", "interrupt_at"}`, and
writes one to stdout: for `run` the fields of `Outcome` with base64 images, else `{"text"}`.
"""

from __future__ import annotations

import json
import os
import select
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

from tests.clients.client import AbsentError, Client
from tests.clients.outcome import Outcome
from tests.support.environment import clean
from tests.support.gateway import Gateway
from tests.support.waiting import seconds

PROGRAMS = Path(__file__).with_name("programs")
ROOT = Path(__file__).resolve().parents[2]
A_LIBRARY = "a library: what to do with it is the program's business"


class Program:
    """A running program of programs/."""

    def __init__(self, command: Sequence[Any], folder: Path) -> None:
        self.errors = folder / "stderr"
        with self.errors.open("w", encoding="utf-8") as errors:
            self.process = subprocess.Popen(
                [*map(str, command)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                env=clean(),
            )

    def ask(self, do: str, code: str = "", answer: str = "", interrupt_at: str = "") -> Any:
        """One order and its answer."""
        stdin, stdout = self.process.stdin, self.process.stdout
        assert stdin is not None
        assert stdout is not None
        order = {"do": do, "code": code, "answer": answer, "interrupt_at": interrupt_at}
        stdin.write(json.dumps(order).encode() + b"\n")
        stdin.flush()
        ready, _, _ = select.select([stdout], [], [], seconds(90))
        line = stdout.readline() if ready else b""
        assert line, f"no answer to {do!r}: {self.errors.read_text(encoding='utf-8')[-2000:]}"
        return json.loads(line)

    def close(self) -> int:
        """Ends the program; its exit code."""
        with self.process:
            assert self.process.stdin is not None
            self.process.stdin.close()
            try:
                return self.process.wait(seconds(20))
            except subprocess.TimeoutExpired:
                self.process.kill()  # it hangs, which the checks have told already
                return self.process.wait()


class Joined(Program):
    """A program and the kernel it joined."""

    def __init__(self, command: Sequence[Any], folder: Path) -> None:
        self.gateway = Gateway(Path(os.environ["PENSTOCK_RUNTIME_DIR"]))
        self.kernel = self.gateway.ask("kernel", "start")
        super().__init__([*command, self.kernel["connection_file"]], folder)

    def close(self) -> int:
        """Ends program and kernel."""
        try:
            return super().close()
        finally:
            self.gateway.run("kernel", "stop", "--now", self.kernel["id"])


class Driven(Client):
    """A client that is a program of programs/."""

    ABSENT: ClassVar[Mapping[str, str]] = {
        "restart": A_LIBRARY,
        "parameters": A_LIBRARY,
        "exit_code": A_LIBRARY,
    }
    TOLD_OF_DEATH = "heartbeat: true, then none"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.program = self.open()

    def open(self) -> Program:
        """Starts one more of the programs."""
        return Joined(self.command(), self.folder)

    def command(self) -> Sequence[Any]:
        """The command line, without the connection file.

        Raises AbsentError.
        """
        raise NotImplementedError

    def close(self) -> None:
        """Also ends the kernel."""
        self.program.close()

    def run(self, cells: Mapping[str, str]) -> dict[str, Outcome]:
        """One after the other."""
        return {name: self._run(code) for name, code in cells.items()}

    def _run(self, code: str, answer: str = "", interrupt_at: str = "") -> Outcome:
        return Outcome.of_answer(self.program.ask("run", code, answer, interrupt_at))

    def answer(self, code: str, line: str) -> Outcome:
        """By an input_reply."""
        return self._run(code, answer=line)

    def interrupt(self, code: str, runs: str, after: str) -> tuple[Outcome, Outcome]:
        """By an interrupt_request."""
        return self._run(code, interrupt_at=runs), self._run(after)

    def death(self, code: str) -> str:
        """With a kernel of its own."""
        program = self.open()
        try:
            return str(program.ask("death", code)["text"])
        finally:
            program.close()

    def complete(self, text: str) -> str:
        """By a complete_request."""
        return str(self.program.ask("complete", text)["text"])

    def inspect(self, name: str) -> str:
        """By an inspect_request."""
        return str(self.program.ask("inspect", name)["text"])


class BarePyzmq(Driven):
    """pyzmq without jupyter_client."""

    NAME = "pyzmq"

    def command(self) -> Sequence[Any]:
        """With this Python, without its site-packages' jupyter_client being asked for."""
        return (sys.executable, PROGRAMS / "bare.py")


class JavaKernelClient(Driven):
    """The protocol module's KernelClient."""

    NAME = "KernelClient (Java)"

    def command(self) -> Sequence[Any]:
        """A single-file program, compiled by the launcher (JEP 330)."""
        jar = ROOT / "kernelspec" / "src" / "penstock" / "jar" / "penstock.jar"
        found = subprocess.run(
            ["sh", ROOT / "scripts" / "find-java.sh"], capture_output=True, text=True, check=False
        )
        if found.returncode != 0:
            raise AbsentError(found.stderr.strip())
        java = Path(found.stdout.strip(), "bin", "java")
        return (java, "-XX:TieredStopAtLevel=1", "-cp", jar, PROGRAMS / "Client.java")


class NodeZeromq(Driven):
    """Node's zeromq package."""

    NAME = "zeromq (Node)"

    def command(self) -> Sequence[Any]:
        """With the packages that `make clients` put into build/node."""
        node = shutil.which("node")
        modules = ROOT / "build" / "node"
        if node is None or not (modules / "node_modules" / "zeromq").is_dir():
            raise AbsentError("install Node 20 or newer with npm, then run `make clients`")
        return (node, PROGRAMS / "client.cjs", modules)
