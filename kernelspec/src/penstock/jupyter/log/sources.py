"""Where a kernel's output log is: in this user's gateway, or behind `--gateway-url`."""

from __future__ import annotations

import json
from typing import Any, Protocol

from jupyter_server.gateway.gateway_client import gateway_request
from jupyter_server.gateway.managers import GatewayKernelManager
from jupyter_server.utils import url_path_join
from tornado import web

from ...background import in_thread
from ...client.control import Control
from ...provisioner import PenstockProvisioner
from ..ours import provisioner_of, session_of

#: Of a kernel that has no such log.
NO_EXECUTIONS: dict[str, Any] = {"executions": [], "ended": []}

FIELDS = ("seq", "msg_type", "msg_id", "parent_id", "metadata", "content")


class LogSource(Protocol):
    """A kernel's output log. Both may raise GatewayError, and HTTPError where another server is
    asked.
    """

    async def executions(self) -> dict[str, Any]:
        """`executions`: the execute requests in flight; `ended`: the last one of each cell that is
        over (docs/observing.md).
        """

    async def read(self, start: int) -> dict[str, Any]:
        """What was said on iopub from number `start` on: `entries`, `next`, `lost`."""


def source_of(manager: Any) -> LogSource | None:
    """The log of the manager's kernel; None for a kernel that is not Penstock's."""
    if isinstance(manager, GatewayKernelManager):
        return RemoteLog(manager.kernel_url)
    provisioner = provisioner_of(manager)
    return None if provisioner is None else LocalLog(provisioner)


class LocalLog:
    """The log of a kernel of this user's gateway, by its control socket (docs/local-sockets.md)."""

    def __init__(self, provisioner: PenstockProvisioner) -> None:
        self._provisioner = provisioner

    async def executions(self) -> dict[str, Any]:
        """See LogSource."""
        return _told(await self._ask("executions"))

    async def read(self, start: int) -> dict[str, Any]:
        """See LogSource."""
        answer = await self._ask("output", **{"from": start})  # a word of Python's
        entries = [
            {
                **entry,
                "msg_id": entry["header"].get("msg_id", ""),
                "parent_id": entry["parent"].get("msg_id", ""),
            }
            for entry in answer["entries"]
        ]
        return _shown(entries, answer)

    async def _ask(self, op: str, **fields: Any) -> dict[str, Any]:
        known = await session_of(self._provisioner)
        # Reading takes as long as the gateway lets it take: not in the server's loop.
        return await in_thread(_request, known["directory"], op, id=known["session"], **fields)


class RemoteLog:
    """The log of a kernel of `penstock serve`, by HTTP (docs/observing.md)."""

    def __init__(self, url: str) -> None:
        self._url = url

    async def executions(self) -> dict[str, Any]:
        """See LogSource. None where the other server is not ours."""
        try:
            return _told(await self._get("executions"))
        except web.HTTPError as error:
            if error.status_code == 404:
                return NO_EXECUTIONS
            raise

    async def read(self, start: int) -> dict[str, Any]:
        """See LogSource."""
        answer = await self._get(f"log?from={start}")
        return _shown(answer["entries"], answer)

    async def _get(self, path: str) -> dict[str, Any]:
        reply = await gateway_request(url_path_join(self._url, path), method="GET")
        return dict(json.loads(reply.body))


def _request(directory: str, op: str, **fields: Any) -> dict[str, Any]:
    with Control(directory) as control:
        return control.request(op, **fields)


def _told(answer: dict[str, Any]) -> dict[str, Any]:
    return {name: answer[name] for name in NO_EXECUTIONS}


def _shown(entries: list[dict[str, Any]], answer: dict[str, Any]) -> dict[str, Any]:
    """Replies and questions are for the page that asked; everybody sees the rest."""
    kept = [
        {name: entry[name] for name in FIELDS} for entry in entries if entry["channel"] == "iopub"
    ]
    return {"entries": kept, "next": answer["next"], "lost": answer["lost"]}
