"""The tether: the parent of one kernel of another kind, or of one command
(docs/local-sockets.md, "Tether").

The gateway's JVM can give a child no session of its own and learns no signal that ended it; and
when the JVM is killed, nobody would end what it started. A tether does the three things for one
process, and holds the FIFOs that are its stdout and stderr, and the pipe or the terminal that a
command's input goes to. It lives by its stdin: when that ends, for whatever reason, it ends the
process and itself.
"""

from __future__ import annotations

import base64
import json
import os
import signal

from .feeding import Feeder
from .groups import end_group, end_leader
from .loop import READ, Loop
from .processes import reap, send, send_group, spawn
from .terminal import Terminal

TYPE_CHECKING = False  # typing itself is not imported: it would cost more than all of this module
if TYPE_CHECKING:
    from typing import Any

SETTLE = 0.02
"""Seconds between two looks whether the kernel's process group is empty."""

END_TIMEOUT = 5.0
"""Seconds after which the tether exits even if the kernel cannot be killed (it hangs in the
system).
"""


class Tether:
    """Owns the loop and the kernel. Its requests are lines on descriptor 0, its answers on 1."""

    def __init__(self, loop: Loop) -> None:
        self._loop = loop
        self._pid = 0
        self._group = 0
        self._ending = False
        self._folder = ""
        self._pending = b""
        self._input: Feeder | None = None
        self._terminal: Terminal | None = None
        loop.on_signals(
            {
                signal.SIGCHLD: self._reap,
                signal.SIGTERM: self.end,
                signal.SIGINT: lambda: None,
                signal.SIGHUP: lambda: None,
            }
        )
        loop.watch(0, READ, self._read)

    def end(self) -> None:
        """Ends the kernel and then the tether. Further calls change nothing."""
        if not self._ending:
            self._ending = True
            self._loop.forget(0)
            if self._pid:
                end_leader(self._loop, self._pid)
            self._loop.later(END_TIMEOUT, self._loop.stop)
            self._settle()

    def _read(self, _events: int) -> None:
        data = os.read(0, 65536)
        if not data:
            self.end()
            return
        *lines, self._pending = (self._pending + data).split(b"\n")
        for line in lines:
            request = json.loads(line)
            if "argv" in request:
                self._start(request)
            elif "signal" in request:
                self._signal(request["signal"])
            elif "input" in request:
                self._feed(base64.b64decode(request["input"]))
            elif self._terminal and "rows" in request:
                self._terminal.resize(request["rows"], request["columns"])
            elif "end_input" in request:
                self._end_input()

    def _signal(self, which: int | str) -> None:
        number = signal.Signals[which] if isinstance(which, str) else which
        if self._pid:  # not reaped yet, so the number is still the process's
            _ = send_group(self._pid, number) or send(self._pid, number)

    def _feed(self, data: bytes) -> None:
        if self._terminal:
            self._terminal.type(data)
        elif self._input:
            self._input.write(data)

    def _end_input(self) -> None:
        if self._terminal:
            self._terminal.type_end()
        elif self._input:
            self._input.end()

    def _start(self, request: dict[str, Any]) -> None:
        try:
            self._folder = os.path.dirname(request["lanes"][0])
            os.chdir(request["cwd"])
            lanes = [_lane(path) for path in request["lanes"]]
            self._pid = self._group = self._spawn(request, *lanes)
        except OSError as error:
            _tell({"error": f"{error.strerror}: {error.filename or request['argv'][0]}"})
            self.end()
            return
        _tell({"pid": self._pid})

    def _spawn(self, request: dict[str, Any], out: int, err: int) -> int:
        argv, env = request["argv"], request["env"]
        kind = request.get("command")
        if kind is None:
            # As jupyter_client has it: the number that the kernel's getppid() gives.
            return spawn(argv, {**env, "JPY_PARENT_PID": str(os.getpid())}, {1: out, 2: err})
        if "rows" in kind:
            self._terminal = Terminal(self._loop, out, _tell_taken)
            self._terminal.resize(kind["rows"], kind["columns"])
            pid = spawn(argv, env, {}, self._terminal.path)
            self._terminal.started()
            return pid
        fds = {1: out, 2: out if kind["merge"] else err}
        if not kind["input"]:
            return spawn(argv, env, fds)
        fds[0], writer = os.pipe()
        self._input = Feeder(self._loop, writer, _tell_taken)
        pid = spawn(argv, env, fds)
        os.close(fds[0])
        return pid

    def _reap(self) -> None:
        for pid, status, _rss in reap():
            if pid == self._pid:
                self._pid = 0
                end_group(self._loop, pid)  # what it started ends with it
                self._tell_exit(os.waitstatus_to_exitcode(status))
                # Ends itself when told: the gateway may not have opened the lanes yet.

    def _tell_exit(self, exit_code: int) -> None:
        if self._terminal:
            self._terminal.finish(lambda: _tell({"exit": exit_code}))
        else:
            _tell({"exit": exit_code})

    def _settle(self) -> None:
        if self._pid or (self._group and send_group(self._group, 0)):
            self._loop.later(SETTLE, self._settle)
        else:
            self._loop.stop()

    def clean(self) -> None:
        """Removes the kernel's folder: the gateway may not have lived to do so."""
        try:
            for name in os.listdir(self._folder) if self._folder else ():
                os.unlink(os.path.join(self._folder, name))
            os.rmdir(self._folder)
        except OSError:
            pass  # the gateway was quicker


def _lane(path: str) -> int:
    """Makes a FIFO, holds it open, so that the kernel can write whether somebody reads yet or not,
    and returns the end for the kernel.
    """
    os.mkfifo(path, 0o600)
    os.open(path, os.O_RDWR | os.O_NONBLOCK)
    return os.open(path, os.O_WRONLY)


def _tell_taken(count: int) -> None:
    _tell({"taken": count})


def _tell(answer: dict[str, Any]) -> None:
    try:
        os.write(1, json.dumps(answer).encode("ascii") + b"\n")
    except OSError:
        pass  # the gateway is gone: the end of descriptor 0 says so, too


def main() -> None:
    """Runs a tether."""
    try:
        os.setsid()  # Ctrl-C in the server's terminal is for the server
    except PermissionError:
        pass  # it leads a group already
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    loop = Loop()
    tether = Tether(loop)
    loop.run()
    tether.clean()
