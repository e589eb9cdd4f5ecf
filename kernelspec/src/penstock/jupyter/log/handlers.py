"""`GET penstock/api/kernels/{id}/executions` and `…/log?from=N`, for whoever may read kernels."""

from __future__ import annotations

import json
from typing import Any

from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import APIHandler
from jupyter_server.utils import url_path_join
from tornado import web

from ...client.errors import GatewayError
from .sources import NO_EXECUTIONS, LogSource, source_of

_KERNEL = r"penstock/api/kernels/(?P<kernel_id>[\w-]+)/"


def add_to(app: web.Application) -> None:
    """Adds the routes to a server's application."""
    base = url_path_join(app.settings["base_url"], _KERNEL)
    routes = [(base + "executions", ExecutionsHandler), (base + "log", LogHandler)]
    app.add_handlers(".*$", routes)


class _KernelLogHandler(APIHandler):
    auth_resource = "kernels"
    #: A page that watches a cell is no activity: it would keep the server from being culled.
    _track_activity = False

    def source(self, kernel_id: str) -> LogSource | None:
        """Where the kernel's log is; None for a kernel that is not Penstock's. Raises HTTPError 404
        for one that is not there.
        """
        if kernel_id not in self.kernel_manager:
            raise web.HTTPError(404, f"Kernel does not exist: {kernel_id}")
        return source_of(self.kernel_manager.get_kernel(kernel_id))

    def tell(self, answer: dict[str, Any]) -> None:
        """Ends the call with this answer."""
        self.set_header("Cache-Control", "no-store")
        self.finish(json.dumps(answer))


class ExecutionsHandler(_KernelLogHandler):
    """The execute requests in flight, and the last of each cell."""

    @web.authenticated
    @authorized
    async def get(self, kernel_id: str) -> None:
        """`{"executions": [{"msg_id", "cell_id", "session", "state", "from"}], "ended": [{"msg_id",
        "cell_id", "session", "from", "at"}]}`; none of a kernel that is not Penstock's.
        """
        source = self.source(kernel_id)
        try:
            found = NO_EXECUTIONS if source is None else await source.executions()
        except GatewayError as error:
            raise _gone(error) from error
        self.tell(found)


class LogHandler(_KernelLogHandler):
    """A stretch of the output log."""

    @web.authenticated
    @authorized
    async def get(self, kernel_id: str) -> None:
        """`{"entries": [{"seq", "msg_type", "msg_id", "parent_id", "metadata", "content"}], "next",
        "lost"}`: what the kernel said on iopub from number `from` on, some thousand at most.
        """
        start = self.get_query_argument("from", "0")
        if not (start.isascii() and start.isdigit() and len(start) <= 18):
            raise web.HTTPError(400, "from is not a whole number from 0 on")
        source = self.source(kernel_id)
        if source is None:
            raise web.HTTPError(404, f"Kernel {kernel_id} has no output log")
        try:
            self.tell(await source.read(int(start)))
        except GatewayError as error:
            raise _gone(error) from error


def _gone(error: GatewayError) -> web.HTTPError:
    """The gateway has ended, and its kernels with it; or it is slow, and the page asks again."""
    status = 503 if error.code == "timeout" else 404
    return web.HTTPError(status, str(error).replace("%", "%%"))
