"""The asynchronous client."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import anyio
import anyio.to_thread
import httpx

from . import asking, commanding, environing, wire
from .asynchronous_command import AsyncCommand
from .asynchronous_environment import AsyncChange, AsyncEnvironment
from .asynchronous_session import AsyncSession
from .calls import Call, Reply
from .flows import Flow
from .following import Lines
from .patience import Cut, Patience
from .transfers import PIECE, Upload

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from .options import CommandOptions, EnvironmentOptions, SessionOptions

T = TypeVar("T")


class AsyncClient:
    """A server, for tasks of asyncio or trio: `Client` with `await`.

    >>> async with AsyncClient("http://127.0.0.1:8888") as client:
    ...     async with await client.start_session() as session:
    ...         await session.evaluate("6 * 7")
    42
    """

    def __init__(
        self, url: str, token: str | None = None, *, patience: float = 10, **options: Any
    ) -> None:
        """`url` is the server's, as it prints it. `token`: else the one in `url`, else
        $PENSTOCK_TOKEN. A server that has answered once and is lost is looked for again for
        `patience` seconds. `options` are those of httpx.AsyncClient (`verify`, `cert`, …).
        """
        self._patience = patience
        self._answered = False
        self._http = httpx.AsyncClient(**wire.options(url, token, options))

    async def sessions(self) -> list[dict[str, Any]]:
        """All sessions, as the server tells them; kernels of notebooks are among them."""
        return await self.run(asking.sessions(self.patience()))

    async def start_session(self, **options: Unpack[SessionOptions]) -> AsyncSession:
        """Starts a session; the end of its with-block ends it."""
        return self.session(await self.run(asking.started(options, self.patience())))

    def session(self, id: str) -> AsyncSession:  # noqa: A002  (it is what everyone calls it)
        """A session that is there already. Asks the server nothing."""
        return AsyncSession(self, id)

    async def commands(self) -> list[dict[str, Any]]:
        """All commands that the server knows, as it tells them."""
        return await self.run(commanding.commands(self.patience()))

    async def start_command(
        self, argv: Sequence[str], **options: Unpack[CommandOptions]
    ) -> AsyncCommand:
        """Starts a command, the program and its arguments; the end of its with-block ends it and
        forgets what it said. Raises RefusedError (403) for what the server does not allow.
        """
        return self.command(await self.run(commanding.started(argv, options, self.patience())))

    def command(self, id: str) -> AsyncCommand:  # noqa: A002
        """A command that is there already. Asks the server nothing."""
        return AsyncCommand(self, id)

    async def environments(self) -> list[dict[str, Any]]:
        """All environments, as the server tells them."""
        return await self.run(environing.environments(self.patience()))

    async def create_environment(
        self, name: str, **options: Unpack[EnvironmentOptions]
    ) -> AsyncChange:
        """Has an environment made. Raises RefusedError: 409 if it is there."""
        job = await self.run(environing.created(name, options, self.patience()))
        return self.environment(name).change(job)

    def environment(self, name: str) -> AsyncEnvironment:
        """An environment that is there already. Asks the server nothing."""
        return AsyncEnvironment(self, name)

    async def close(self) -> None:
        """Closes the connections; sessions and what runs in them stay."""
        await self._http.aclose()

    async def __aenter__(self) -> AsyncClient:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    def patience(self) -> Patience:
        """With a server that never answered there is none: its address is wrong."""
        return Patience(self._patience if self._answered else 0)

    async def run(self, flow: Flow[T]) -> T:
        """Makes the calls of a conversation."""
        try:
            step = next(flow)
            while True:
                if isinstance(step, (int, float)):
                    await anyio.sleep(step)
                    step = flow.send(None)
                    continue
                try:
                    answer = await self._made(step)
                except httpx.TransportError as error:
                    step = flow.throw(Cut(wire.reason(error)))  # the conversation decides
                else:
                    step = flow.send(answer)
        except StopIteration as end:
            return end.value

    async def _made(self, call: Call) -> Reply:
        upload = _pieces(call.upload) if call.upload else None
        async with self._http.stream(**wire.request(call, upload)) as response:
            self._answered = True
            if call.download is None or not wire.is_download(call, response):
                return Reply(response.status_code, await response.aread())
            with call.download.opened() as file:
                async for piece in response.aiter_bytes(PIECE):
                    await anyio.to_thread.run_sync(file.write, piece)
            return Reply(response.status_code, b"")

    async def follow(self, following: Lines[T]) -> AsyncGenerator[T, None]:
        """Reads entries until the end."""
        while not following.is_over:
            cut = Cut("the connection ended early")
            try:
                async with self._http.stream(**wire.stream(following.call())) as response:
                    self._answered = True
                    if following.opened(response.status_code):
                        async for chunk in response.aiter_bytes():
                            for output in following.received(chunk):
                                yield output
                    else:
                        following.refused(Reply(response.status_code, await response.aread()))
            except httpx.TransportError as error:
                cut = Cut(wire.reason(error))  # go on where it was
            except Cut as passing:
                cut = passing
            if not following.is_over:
                await anyio.sleep(following.cut(cut))


async def _pieces(upload: Upload) -> AsyncGenerator[bytes, None]:
    with upload.opened() as file:
        while piece := await anyio.to_thread.run_sync(file.read, PIECE):
            yield piece
