"""A page's WebSocket of a kernel of this user's gateway, which is told that the page is there.

jupyter_server speaks ZeroMQ to such a kernel, also where no page listens: its sockets do not tell
the gateway whether anybody sees what a cell says.
"""

from __future__ import annotations

import asyncio

from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection

from ..client.control import Control
from ..client.errors import GatewayError
from ..provisioner import QUICK, PenstockProvisioner
from .ours import provisioner_of, session_of

RETRY = 1.0
"""Seconds until a gateway is looked for again when there is none."""


class AttachedConnection(ZMQChannelsWebsocketConnection):
    """As jupyter_server's own; other kernels than Penstock's do not see a difference."""

    _attached: asyncio.Future[None] | None = None

    def connect(self) -> asyncio.Future[None] | None:  # type: ignore[override]  # as in its base
        """Starts to connect. The page counts before its first message is read."""
        provisioner = provisioner_of(self.kernel_manager)
        if provisioner is not None:
            self._attached = asyncio.ensure_future(self._attach(provisioner))
        return super().connect()

    def disconnect(self) -> None:  # type: ignore[override]  # as in its base
        """The page has left."""
        if self._attached is not None:
            self._attached.cancel()
        super().disconnect()

    async def _attach(self, provisioner: PenstockProvisioner) -> None:
        """Tells the gateway until it is cancelled; also the next one, which has the kernel when the
        first is gone. A kernel that is started anew has the same connection file.
        """
        file = self.kernel_manager.connection_file
        while True:
            known = await session_of(provisioner)
            try:
                with Control(known["directory"], QUICK) as control:
                    control.request("attach", timeout=QUICK, connection_file=file)
                    await _ended(control)
            except GatewayError as error:
                self.log.debug("Penstock's gateway does not know of a page: %s", error)
            await asyncio.sleep(RETRY)


async def _ended(control: Control) -> None:
    """Waits for the connection's end, which is all that comes."""
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    loop.add_reader(control.fileno(), ended.set)
    try:
        await ended.wait()
    finally:
        loop.remove_reader(control.fileno())
