"""The kernels behind `--gateway-url`, also those that others have started at a `penstock serve`.

jupyter_server's own class lists what it started itself, and nothing else can be opened in its
pages: no notebook could be connected to a session that a program made over HTTP.
"""

from __future__ import annotations

from typing import Any

from jupyter_server.gateway.gateway_client import gateway_request
from jupyter_server.gateway.managers import GatewayMappingKernelManager
from tornado.escape import json_decode
from tornado.web import HTTPError


class SharedKernels(GatewayMappingKernelManager):
    """As its base, with the kernels of others: a page may use, interrupt and end them, but they do
    not end with this server, nor is it this server's to say that they are idle for too long.

    At other gateways than Penstock's, which may have kernels of many users, it is its base.
    """

    @classmethod
    def take_over(cls, manager: Any) -> None:
        """Has a server's kernel manager do this, too; one of the user's own stays as it is."""
        if type(manager) is GatewayMappingKernelManager:
            manager.__class__ = cls

    @property
    def others(self) -> set[str]:
        """Ids of the kernels that others have started."""
        found: set[str] = self.__dict__.setdefault("_others", set())
        return found

    async def list_kernels(self, **kwargs: Any) -> list[dict[str, Any]]:
        """Models of all kernels."""
        response = await gateway_request(self.kernels_url, method="GET")
        if response.headers.get("Server") == "Penstock":
            for model in json_decode(response.body):
                if model["id"] not in self._kernels:
                    await self._adopt(model["id"])
        models: list[dict[str, Any]] = await super().list_kernels(**kwargs)
        self.others.intersection_update(self._kernels)  # the base has forgotten what has ended
        return models

    async def _adopt(self, kernel_id: str) -> None:
        self.others.add(kernel_id)
        try:
            await self.start_kernel(kernel_id=kernel_id)
        except HTTPError:  # it has ended since it was listed
            self.others.discard(kernel_id)

    async def start_kernel(  # type: ignore[override]  # as in its base
        self, *, kernel_id: str | None = None, **kwargs: Any
    ) -> str:
        """Starts one, or takes one that runs; its id."""
        found: str = await super().start_kernel(kernel_id=kernel_id, **kwargs)
        if kernel_id is None:  # it may have been listed before this call knew that it has started
            self.others.discard(found)
        return found

    def remove_kernel(self, kernel_id: str) -> Any:
        """Forgets one, whoever has started it."""
        self.others.discard(kernel_id)
        return super().remove_kernel(kernel_id)

    async def shutdown_all(self, now: bool = False) -> None:  # type: ignore[override]  # as in its base
        """Ends the kernels that this server has started."""
        for kernel_id in list(self.others):
            self.remove_kernel(kernel_id)
        await super().shutdown_all(now=now)

    async def cull_kernel_if_idle(self, kernel_id: str) -> None:
        """Ends one of this server's that is idle for too long."""
        if kernel_id not in self.others:
            await super().cull_kernel_if_idle(kernel_id)
