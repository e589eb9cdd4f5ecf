"""The blocking client."""

from __future__ import annotations

import time
from collections.abc import Generator, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import httpx

from . import asking, commanding, environing, wire
from .calls import Call, Reply
from .command import Command
from .environment import Change, Environment
from .flows import Flow
from .following import Lines
from .patience import Cut, Patience
from .session import Session
from .transfers import PIECE

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from .options import CommandOptions, EnvironmentOptions, SessionOptions

T = TypeVar("T")


class Client:
    """A server, for threads: its calls may be made by several at once.

    >>> with Client("http://127.0.0.1:8888") as client, client.start_session() as session:
    ...     session.evaluate("6 * 7")
    42
    """

    def __init__(
        self, url: str, token: str | None = None, *, patience: float = 10, **options: Any
    ) -> None:
        """`url` is the server's, as it prints it. `token`: else the one in `url`, else
        $PENSTOCK_TOKEN. A server that has answered once and is lost is looked for again for
        `patience` seconds. `options` are those of httpx.Client (`verify`, `cert`, `transport`, …).
        """
        self._patience = patience
        self._answered = False
        self._http = httpx.Client(**wire.options(url, token, options))

    def sessions(self) -> list[dict[str, Any]]:
        """All sessions, as the server tells them; kernels of notebooks are among them."""
        return self.run(asking.sessions(self.patience()))

    def start_session(self, **options: Unpack[SessionOptions]) -> Session:
        """Starts a session; the end of its with-block ends it."""
        return self.session(self.run(asking.started(options, self.patience())))

    def session(self, id: str) -> Session:  # noqa: A002  (it is what everyone calls it)
        """A session that is there already. Asks the server nothing."""
        return Session(self, id)

    def commands(self) -> list[dict[str, Any]]:
        """All commands that the server knows, as it tells them."""
        return self.run(commanding.commands(self.patience()))

    def start_command(self, argv: Sequence[str], **options: Unpack[CommandOptions]) -> Command:
        """Starts a command, the program and its arguments; the end of its with-block ends it and
        forgets what it said. Raises RefusedError (403) for what the server does not allow.
        """
        return self.command(self.run(commanding.started(argv, options, self.patience())))

    def command(self, id: str) -> Command:  # noqa: A002
        """A command that is there already. Asks the server nothing."""
        return Command(self, id)

    def environments(self) -> list[dict[str, Any]]:
        """All environments, as the server tells them."""
        return self.run(environing.environments(self.patience()))

    def create_environment(self, name: str, **options: Unpack[EnvironmentOptions]) -> Change:
        """Has an environment made. Raises RefusedError: 409 if it is there."""
        job = self.run(environing.created(name, options, self.patience()))
        return self.environment(name).change(job)

    def environment(self, name: str) -> Environment:
        """An environment that is there already. Asks the server nothing."""
        return Environment(self, name)

    def close(self) -> None:
        """Closes the connections; sessions and what runs in them stay."""
        self._http.close()

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def patience(self) -> Patience:
        """With a server that never answered there is none: its address is wrong."""
        return Patience(self._patience if self._answered else 0)

    def run(self, flow: Flow[T]) -> T:
        """Makes the calls of a conversation."""
        try:
            step = next(flow)
            while True:
                if isinstance(step, (int, float)):
                    time.sleep(step)
                    step = flow.send(None)
                    continue
                try:
                    answer = self._made(step)
                except httpx.TransportError as error:
                    step = flow.throw(Cut(wire.reason(error)))  # the conversation decides
                else:
                    step = flow.send(answer)
        except StopIteration as end:
            return end.value

    def _made(self, call: Call) -> Reply:
        upload = call.upload.pieces() if call.upload else None
        with self._http.stream(**wire.request(call, upload)) as response:
            self._answered = True
            if call.download is None or not wire.is_download(call, response):
                return Reply(response.status_code, response.read())
            with call.download.opened() as file:
                for piece in response.iter_bytes(PIECE):
                    file.write(piece)
            return Reply(response.status_code, b"")

    def follow(self, following: Lines[T]) -> Generator[T, None, None]:
        """Reads entries until the end."""
        while not following.is_over:
            cut = Cut("the connection ended early")
            try:
                with self._http.stream(**wire.stream(following.call())) as response:
                    self._answered = True
                    if following.opened(response.status_code):
                        for chunk in response.iter_bytes():
                            yield from following.received(chunk)
                    else:
                        following.refused(Reply(response.status_code, response.read()))
            except httpx.TransportError as error:
                cut = Cut(wire.reason(error))  # go on where it was
            except Cut as passing:
                cut = passing
            if not following.is_over:
                time.sleep(following.cut(cut))
