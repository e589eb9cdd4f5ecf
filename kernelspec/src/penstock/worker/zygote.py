"""The process that workers are forked from: ``python -m penstock.worker.zygote --fd N``.

It speaks the "Zygote socket" protocol of ``docs/local-sockets.md`` on the inherited socketpair fd
N: one JSON object per line. It has one thread and no open file that a worker must not have.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import signal
import socket
import sys
import warnings
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .app import IPKernelApp
    from .fingerprint import Fingerprint

#: A line longer than this is not a request of the keeper's.
_MAX_LINE = 1 << 24


class Zygote:
    """Answers fork requests until the keeper closes the socket."""

    def __init__(self, peer: socket.socket, app: IPKernelApp, fingerprint: Fingerprint) -> None:
        self._peer = peer
        self._app = app
        self._fingerprint = fingerprint
        self._keeper = os.getppid()

    def run(self) -> None:
        """Say ready, then fork on request. Returns in the zygote when the keeper is gone."""
        from penstock import __version__

        self._send(
            {
                "event": "ready",
                "pid": os.getpid(),
                "python": sys.executable,
                "version": __version__,
            }
        )
        with self._peer.makefile("rb") as lines:
            while line := lines.readline(_MAX_LINE):
                self._answer(json.loads(line))

    def _answer(self, request: dict[str, Any]) -> None:
        from .spec import Spec, SpecError

        answer = {"id": request.get("id")}
        if request.get("op") != "fork":
            self._send({**answer, "ok": False, "code": "bad-request", "error": "unknown op"})
            return
        try:
            spec = Spec.parse(request.get("spec"))
        except SpecError as error:
            self._send({**answer, "ok": False, "code": "bad-request", "error": str(error)})
            return
        obstacle = self._obstacle()
        if obstacle is None:
            try:
                pid = self._fork(spec)
            except OSError as error:
                obstacle = f"cannot fork: {error.strerror}"
            else:
                self._send({**answer, "ok": True, "pid": pid})
                return
        self._send({**answer, "ok": False, "code": "stale", "error": obstacle})

    def _obstacle(self) -> str | None:
        from .preload import fork_obstacle

        changed = self._fingerprint.changed()
        return f"{changed} changed" if changed else fork_obstacle()

    def _fork(self, spec: Any) -> int:
        """Fork twice, so that the worker's parent is the keeper; the worker's pid."""
        from .processes import join_cgroup

        reader, writer = os.pipe()
        sys.stdout.flush()
        sys.stderr.flush()
        middle = _fork()
        if middle == 0:
            try:
                if spec.cgroup is not None:
                    join_cgroup(spec.cgroup)
                worker = _fork()
                if worker:
                    os.write(writer, str(worker).encode())
                    os._exit(0)
                os.close(reader)
                os.close(writer)
                self._become_worker(spec)
            finally:
                # Only an error comes here; the zygote's own code must never run twice.
                os._exit(1)
        os.close(writer)
        with os.fdopen(reader, "rb") as pipe:
            pid = pipe.read()
        os.waitpid(middle, 0)
        if not pid:
            raise OSError(0, "the system refused a second process")
        return int(pid)

    def _become_worker(self, spec: Any) -> None:
        from .serve import serve

        self._peer.close()
        gc.enable()
        try:
            serve(self._app, spec, "fork", self._keeper)
        except BaseException as error:  # noqa: BLE001
            # Before the link there is no other way to tell: the err lane, or the zygote's stderr.
            print(f"penstock worker: cannot start: {error!r}", file=sys.__stderr__, flush=True)
            os._exit(1)

    def _send(self, message: dict[str, Any]) -> None:
        self._peer.sendall(json.dumps(message).encode() + b"\n")


def _fork() -> int:
    """``os.fork`` without Python's suspicion of threads: fork_obstacle() has looked."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return os.fork()


def main() -> None:
    """Prepare everything a worker consists of, then serve fork requests."""
    from .environment import INLINE_BACKEND, drop_launch_directory

    parser = argparse.ArgumentParser(prog="penstock.worker.zygote")
    parser.add_argument("--fd", type=int, required=True, help="inherited socketpair")
    fd = parser.parse_args().fd
    os.set_inheritable(fd, False)
    peer = socket.socket(fileno=fd)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    drop_launch_directory()
    os.environ.setdefault("MPLBACKEND", INLINE_BACKEND)
    # Workers start with default garbage collection; here nothing must move before it is frozen.
    gc.disable()
    from .fingerprint import Fingerprint, config_directories
    from .preload import preload

    loaded = preload(os.environ.get("PENSTOCK_PRELOAD", ""))
    from .serve import prepare

    app = prepare()
    fingerprint = Fingerprint(config_directories(app.profile_dir.location), loaded)
    Zygote(peer, app, fingerprint).run()
    # The exit functions registered here belong to the workers.
    os._exit(0)


if __name__ == "__main__":
    main()
