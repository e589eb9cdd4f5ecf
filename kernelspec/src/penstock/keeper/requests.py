"""The requests of the gateway, one function each (docs/local-sockets.md, "Keeper socket" and
"Guard").
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable

from .log import Log
from .memory import LimitError
from .peer import LinePeer, PipeWriter
from .processes import spawn

VERSION = 1
"""Version of the keeper socket's protocol."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .guard import Guard
    from .keeper import Keeper
    from .memory import MemoryLimit

Answer = Callable[["dict[str, Any]"], None]
Operation = Callable[["dict[str, Any]", Answer], None]
OK = {"ok": True}
GONE = {"ok": False, "code": "gone", "error": "there is no such process"}


class WorkerRequests:
    """The requests that keeper and guard have in common. Finds the function of each request and
    sends its answer, which may come later, with the request's id.
    """

    def __init__(self, parent: Keeper | Guard, log: Log) -> None:
        self._parent = parent
        self._log = log
        self._ops: dict[Any, Operation] = {
            "spawn": self._spawn,
            "signal": self._signal,
            "release": self._release,
        }

    def handle(self, peer: LinePeer, request: dict[str, Any]) -> None:
        """Handles one request of one connection. A request that is wrong gets an error answer,
        nothing worse.
        """

        def answer(message: dict[str, Any]) -> None:
            peer.send({"id": request.get("id"), **message})

        op = request.get("op")
        try:
            function = self._find(op, peer)
            if function is None:
                answer({"ok": False, "code": "op", "error": f"unknown request {op!r}"})
            else:
                function(request, answer)
        except LimitError as error:
            answer({"ok": False, "code": "limit", "error": str(error)})
        except (
            KeyError,
            TypeError,
            ValueError,
            AttributeError,
        ) as error:  # a field is missing or of a wrong kind
            self._log("error", "bad-request", op=op, error=repr(error))
            answer({"ok": False, "code": "request", "error": f"bad request {op!r}: {error!r}"})

    def _find(self, op: Any, _peer: LinePeer) -> Operation | None:
        return self._ops.get(op)

    def _spawn(self, request: dict[str, Any], answer: Answer) -> None:
        spec, argv = request["spec"], request["argv"]
        if not self._open_lanes(spec, answer):
            return
        limit = self._limit(spec)
        read, write = os.pipe()
        fds = {0: read}
        try:
            for target, lane in zip((1, 2), spec["lanes"], strict=True):
                fds[target] = os.open(
                    lane, os.O_WRONLY
                )  # cannot block: the keeper is a reader itself
            pid = spawn(argv, spec["env"], fds)
        except OSError as error:
            os.close(write)
            _discard(limit)
            answer(
                {"ok": False, "code": "start", "error": f"cannot start {argv[0]}: {error.strerror}"}
            )
            return
        finally:
            for fd in fds.values():
                os.close(fd)
        # First into its cgroup: it does nothing of the user's before it has its spec.
        tell_early_exit = self._parent.workers.add(pid, spec["session"], limit)
        PipeWriter(self._parent.loop, write, json.dumps(spec).encode("ascii") + b"\n")
        answer({**OK, "pid": pid})
        tell_early_exit()

    def _limit(self, spec: dict[str, Any]) -> MemoryLimit | None:
        return self._parent.workers.memory.limit((spec.get("limits") or {}).get("memory"))

    def _open_lanes(self, spec: dict[str, Any], answer: Answer) -> bool:
        try:
            self._parent.sessions.open(spec["session"], spec["lanes"])
        except OSError as error:
            answer(
                {"ok": False, "code": "lanes", "error": f"cannot make the lanes: {error.strerror}"}
            )
            return False
        return True

    def _signal(self, request: dict[str, Any], answer: Answer) -> None:
        pid, number, group = request["pid"], request["signal"], bool(request.get("group"))
        answer(OK if self._parent.workers.signal(pid, number, group) else GONE)

    def _release(self, request: dict[str, Any], answer: Answer) -> None:
        self._parent.sessions.release(request["session"])
        answer(OK)


class Requests(WorkerRequests):
    """All requests of the keeper."""

    def __init__(self, keeper: Keeper, log: Log) -> None:
        super().__init__(keeper, log)
        self._keeper = keeper
        self._ops.update(
            {
                "zygote": keeper.zygotes.ask,
                "fork": self._fork,
                "retire": self._retire,
                "watch": self._watch,
                "unwatch": self._unwatch,
                "leave": self._leave,
            }
        )

    def _find(self, op: Any, peer: LinePeer) -> Operation | None:
        if op == "hello":  # is about the connection itself
            return lambda request, answer: self._hello(peer, request, answer)
        return super()._find(op, peer)

    def _hello(self, peer: LinePeer, request: dict[str, Any], answer: Answer) -> None:
        if request["version"] != VERSION:
            answer(
                {"ok": False, "code": "version", "error": f"this keeper speaks version {VERSION}"}
            )
            return
        answer({**OK, "pid": os.getpid()})
        self._keeper.hello(peer)

    def _fork(self, request: dict[str, Any], answer: Answer) -> None:
        spec = request["spec"]
        zygote = self._keeper.zygotes.get(request["key"])
        if zygote is None:
            answer({"ok": False, "code": "gone", "error": "there is no such zygote"})
            return
        if not self._open_lanes(spec, answer):
            return
        limit = self._limit(spec)

        def done(pid: int | None, error: dict[str, Any]) -> None:
            if pid is None:
                answer(error if limit is None else limit.explained(error))
                _discard(limit)
                return
            tell_early_exit = self._keeper.workers.add(pid, spec["session"], limit)
            answer({**OK, "pid": pid})
            tell_early_exit()

        zygote.fork(spec if limit is None else {**spec, **limit.spec}, done)

    def _retire(self, request: dict[str, Any], answer: Answer) -> None:
        self._keeper.zygotes.retire(request["key"])
        answer(OK)

    def _watch(self, request: dict[str, Any], answer: Answer) -> None:
        answer(OK if self._keeper.leases.watch(request["pid"], request.get("start")) else GONE)

    def _unwatch(self, request: dict[str, Any], answer: Answer) -> None:
        self._keeper.leases.unwatch(request["pid"])
        answer(OK)

    def _leave(self, _request: dict[str, Any], answer: Answer) -> None:
        answer(OK)
        self._keeper.leave()


def _discard(limit: MemoryLimit | None) -> None:
    """There will be no worker for it."""
    if limit is not None:
        limit.ended()
