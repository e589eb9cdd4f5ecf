"""What can be asked about sessions, for both kinds of clients."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from . import flows
from .calls import Call, join
from .flows import Flow
from .patience import Patience
from .running import RunningCalls
from .status import Status
from .transfers import Download, Upload

SESSIONS = "api/v1/sessions"
ARROW = "application/vnd.apache.arrow.stream"


def sessions(patience: Patience) -> Flow[Any]:
    """All sessions."""
    return flows.told(Call("GET", SESSIONS), patience)


def started(options: Mapping[str, Any], patience: Patience) -> Flow[str]:
    """Starts one, however often the call has to be made; its id."""
    model = yield from flows.made(SESSIONS, dict(options), patience)
    return str(model["id"])


class SessionCalls:
    """The calls about one session."""

    def __init__(self, session: str, patience: Callable[[], Patience]) -> None:
        self._path = f"{SESSIONS}/{join(session)}"
        self._patience = patience

    def running(self, kind: str, run: str) -> RunningCalls:
        """The calls about one of its `executions` or `streams`."""
        return RunningCalls(self._path, kind, run, self._patience)

    def info(self) -> Flow[Any]:
        """How it is."""
        return self._get("")

    def delete(self) -> Flow[None]:
        """Ends it."""
        return flows.deleted(self._path, self._patience())

    def interrupt(self) -> Flow[Any]:
        """Interrupts what runs."""
        return self._post("/interrupt", {})

    def restart(self) -> Flow[Any]:
        """Gives it a new process."""
        return self._post("/restart", {})

    def execute(self, code: str, options: Mapping[str, Any]) -> Flow[Status]:
        """Starts an execution."""
        return self._start("executions", {**options, "code": code})

    def evaluate(
        self, expression: str, timeout: float | None, options: Mapping[str, Any]
    ) -> Flow[Any]:
        """The value of an expression."""
        fields = {**options, "code": expression, "mode": "eval"}
        return flows.evaluated(f"{self._path}/executions", fields, timeout, self._patience())

    def stream(self, expression: str, options: Mapping[str, Any]) -> Flow[Status]:
        """Starts a stream."""
        return self._start("streams", {**options, "expr": expression})

    def runs(self, kind: str) -> Flow[list[Status]]:
        """Its latest `executions` or `streams`, without results."""
        return [Status.of(model) for model in (yield from self._get(f"/{kind}"))]

    def complete(self, code: str, cursor_pos: int | None) -> Flow[Any]:
        """What could stand at a place in code."""
        return self._post("/complete", {"code": code, "cursor_pos": cursor_pos}, repeatable=True)

    def inspect(self, code: str, cursor_pos: int | None, detail_level: int) -> Flow[Any]:
        """What is known about the name at a place in code."""
        fields = {"code": code, "cursor_pos": cursor_pos, "detail_level": detail_level}
        return self._post("/inspect", fields, repeatable=True)

    def variables(self) -> Flow[Any]:
        """Its variables."""
        return self._get("/variables")

    def variable(self, name: str) -> Flow[Any]:
        """A variable's value."""
        return self._get(f"/variables/{join(name)}")

    def arrow(self, name: str) -> Flow[bytes]:
        """A table as an Arrow stream."""
        call = Call("GET", f"{self._path}/variables/{join(name)}", headers={"Accept": ARROW})
        return flows.body(call, self._patience())

    def files(self, path: str) -> Flow[Any]:
        """The model of a directory."""
        return self._get(_file(path))

    def read_file(self, path: str) -> Flow[bytes]:
        """A file's bytes."""
        return flows.body(Call("GET", self._path + _file(path)), self._patience())

    def write_file(self, path: str, content: bytes) -> Flow[Any]:
        """Makes or replaces a file."""
        call = Call("PUT", self._path + _file(path), body=content)
        return flows.told(call, self._patience())

    def download(self, path: str, download: Download) -> Flow[Any]:
        """Brings a file here."""
        again = download.repeatable
        call = Call("GET", self._path + _file(path), repeatable=again, download=download)
        return flows.told(call, self._patience())

    def upload(self, path: str, upload: Upload) -> Flow[Any]:
        """Makes or replaces a file."""
        call = Call("PUT", self._path + _file(path), repeatable=upload.repeatable, upload=upload)
        return flows.told(call, self._patience())

    def delete_file(self, path: str) -> Flow[None]:
        """Deletes a file for good."""
        return flows.deleted(self._path + _file(path), self._patience())

    def _get(self, path: str) -> Flow[Any]:
        return flows.told(Call("GET", self._path + path), self._patience())

    def _post(self, path: str, fields: dict[str, Any], *, repeatable: bool = False) -> Flow[Any]:
        call = flows.post(self._path + path, fields, repeatable=repeatable)
        return flows.told(call, self._patience())

    def _start(self, kind: str, fields: dict[str, Any]) -> Flow[Status]:
        return flows.start(f"{self._path}/{kind}", fields, self._patience())


def _file(path: str) -> str:
    parts = [part for part in path.split("/") if part]
    return f"/files/{join(*parts)}" if parts else "/files"
