"""What can be asked about environments, for both kinds of clients (docs/environments.md)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from . import flows
from .calls import Call, join
from .events import Events
from .flows import Flow
from .patience import Patience

ENVIRONMENTS = "api/v1/environments"


def environments(patience: Patience) -> Flow[Any]:
    """All of them."""
    return flows.told(Call("GET", ENVIRONMENTS), patience)


def created(name: str, options: Mapping[str, Any], patience: Patience) -> Flow[str]:
    """Begins to make one; its job's id. Not made twice: the second would find it there."""
    told = yield from flows.told(flows.post(ENVIRONMENTS, {**options, "name": name}), patience)
    return str(told["id"])


class EnvironmentCalls:
    """The calls about one environment."""

    def __init__(self, name: str, patience: Callable[[], Patience]) -> None:
        self._path = f"{ENVIRONMENTS}/{join(name)}"
        self._patience = patience

    def info(self) -> Flow[Any]:
        """How it is."""
        return flows.told(Call("GET", self._path), self._patience())

    def sync(self, rebuild: bool) -> Flow[str]:
        """Begins to make it what its list says; the job's id."""
        fields = {"rebuild": True} if rebuild else {}
        call = flows.post(f"{self._path}/sync", fields)
        return str((yield from flows.told(call, self._patience()))["id"])

    def remove(self) -> Flow[None]:
        """Removes it."""
        return flows.deleted(self._path, self._patience())

    def jobs(self) -> Flow[Any]:
        """Its latest changes."""
        return flows.told(Call("GET", f"{self._path}/jobs"), self._patience())

    def job(self, job: str) -> Flow[Any]:
        """How a change is."""
        return flows.told(Call("GET", f"{self._path}/jobs/{join(job)}"), self._patience())

    def cancel(self, job: str) -> Flow[Any]:
        """Ends a change."""
        return flows.told(Call("DELETE", f"{self._path}/jobs/{join(job)}"), self._patience())

    def events(self, job: str, start: int) -> Events:
        """What a change tells."""
        return Events(f"{self._path}/jobs/{join(job)}/events", start, self._patience())
