"""Sessions, executions and streams of the asynchronous client: those of `session`, awaited."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import TYPE_CHECKING, Any, BinaryIO

from .asking import SessionCalls
from .outputs import Output, Text, Value
from .running import RunningCalls
from .status import Status
from .transfers import Download, FilePath, Upload

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from .asynchronous import AsyncClient
    from .options import ExecutionOptions, StreamOptions


class AsyncRunning:
    """What executions and streams have in common."""

    def __init__(self, client: AsyncClient, calls: RunningCalls, run: str) -> None:
        self.id = run
        self._client = client
        self._calls = calls

    async def status(self) -> Status:
        """How it is now."""
        return await self._client.run(self._calls.status())

    async def wait(self, timeout: float | None = None) -> Status:
        """How it ended. Raises TimeoutError after `timeout` seconds; it goes on then."""
        return await self._client.run(self._calls.over(timeout))

    def outputs(
        self, start: int = 0, *, cancel_on_disconnect: bool = False
    ) -> AsyncGenerator[Output, None]:
        """What it says, from number `start` to its end, as it comes. A connection that is cut is
        made again: each entry comes once. Leaving early changes nothing, unless
        `cancel_on_disconnect`; use `contextlib.aclosing` for that, which also closes the connection
        at once.
        """
        following = self._calls.following(start, cancel_on_disconnect=cancel_on_disconnect)
        return self._client.follow(following)

    async def interrupt(self) -> None:
        """Interrupts it. Raises RefusedError (409) if it does not run."""
        await self._client.run(self._calls.interrupt())

    async def cancel(self) -> None:
        """It never runs if it waits; if it runs it is interrupted."""
        await self._client.run(self._calls.cancel())


class AsyncExecution(AsyncRunning):
    """Code that the session runs."""

    async def result(self, timeout: float | None = None) -> Any:
        """What came out. Raises CodeError if it did not end well, TimeoutError."""
        return await self._client.run(self._calls.result(timeout))

    async def text(self) -> AsyncGenerator[str, None]:
        """What it writes to stdout, as it comes."""
        async with aclosing(self.outputs()) as outputs:
            async for output in outputs:
                if isinstance(output, Text) and output.stream == "stdout":
                    yield output.text

    async def send_input(self, value: str) -> None:
        """Answers `input()`. Raises RefusedError (409) if it asks nothing."""
        await self._client.run(self._calls.stdin(value))


class AsyncStream(AsyncRunning):
    """An expression that the session evaluates again and again."""

    async def values(self, start: int = 0) -> AsyncGenerator[Any, None]:
        """Its values, as they come; what was lost is left out (`outputs` tells it)."""
        async with aclosing(self.outputs(start)) as outputs:
            async for output in outputs:
                if isinstance(output, Value):
                    yield output.value

    async def execute(self, code: str) -> None:
        """Runs code before the next step. Raises RefusedError (409) if it has ended."""
        await self._client.run(self._calls.inject(code))

    async def stop(self, timeout: float | None = None) -> Status:
        """Ends it, and waits for that. Raises TimeoutError after `timeout` seconds."""
        return await self._client.run(self._calls.stop(timeout))


class AsyncSession:
    """A session. Raises RefusedError (404) from everything when the server has none of this id."""

    def __init__(self, client: AsyncClient, id: str) -> None:  # noqa: A002  (as everyone calls it)
        self.id = id
        self._client = client
        self._calls = SessionCalls(id, client.patience)

    async def info(self) -> dict[str, Any]:
        """How it is, as the server tells it."""
        return await self._client.run(self._calls.info())

    async def execute(self, code: str, **options: Unpack[ExecutionOptions]) -> AsyncExecution:
        """Has code run; returns as soon as that is sure."""
        return self.execution((await self._client.run(self._calls.execute(code, options))).id)

    def execution(self, id: str) -> AsyncExecution:  # noqa: A002
        """One of an id, also of another client. Asks the server nothing."""
        return AsyncExecution(self._client, self._calls.running("executions", id), id)

    async def executions(self) -> list[Status]:
        """The latest, without their results."""
        return await self._client.run(self._calls.runs("executions"))

    async def evaluate(self, expression: str, timeout: float | None = None, **options: Any) -> Any:
        """The value of an expression, as JSON has it. `options` are those of an execution. Raises
        CodeError, TimeoutError; after that it runs on.
        """
        return await self._client.run(self._calls.evaluate(expression, timeout, options))

    async def start_stream(self, expression: str, **options: Unpack[StreamOptions]) -> AsyncStream:
        """Evaluates an expression again and again, until it says so
        (`{"done": true, "result": …}`), fails or is stopped.
        """
        return self.stream((await self._client.run(self._calls.stream(expression, options))).id)

    def stream(self, id: str) -> AsyncStream:  # noqa: A002
        """One of an id, also of another client. Asks the server nothing."""
        return AsyncStream(self._client, self._calls.running("streams", id), id)

    async def streams(self) -> list[Status]:
        """The latest."""
        return await self._client.run(self._calls.runs("streams"))

    async def complete(self, code: str, cursor_pos: int | None = None) -> dict[str, Any]:
        """The content of Jupyter's `complete_reply` at a place (in code points; else the end)."""
        return await self._client.run(self._calls.complete(code, cursor_pos))

    async def inspect(
        self, code: str, cursor_pos: int | None = None, detail_level: int = 0
    ) -> dict[str, Any]:
        """The content of Jupyter's `inspect_reply` at a place."""
        return await self._client.run(self._calls.inspect(code, cursor_pos, detail_level))

    async def variables(self) -> list[dict[str, Any]]:
        """`name`, `type`, `length` and `shape` of each."""
        return await self._client.run(self._calls.variables())

    async def variable(self, name: str) -> Any:
        """A variable's value, as JSON has it. Raises RefusedError (404) if there is none."""
        return await self._client.run(self._calls.variable(name))

    async def arrow(self, name: str) -> bytes:
        """A table, for `pyarrow.ipc.open_stream`. Raises RefusedError (406) if it is none."""
        return await self._client.run(self._calls.arrow(name))

    async def files(self, path: str = "") -> dict[str, Any]:
        """A directory's model with its `content`, as of `/api/contents`."""
        return await self._client.run(self._calls.files(path))

    async def read_file(self, path: str) -> bytes:
        """A file below the session's directory, all of it in memory."""
        return await self._client.run(self._calls.read_file(path))

    async def write_file(self, path: str, content: bytes) -> None:
        """Makes or replaces a file: readers see the old content or the new."""
        await self._client.run(self._calls.write_file(path, content))

    async def download_file(self, path: str, to: FilePath | BinaryIO) -> None:
        """Brings a file to a path here, which is there when all of it is, or into an open file
        from where it stands; piece by piece, from its beginning again if the connection is cut.
        """
        await self._client.run(self._calls.download(path, Download(to)))

    async def upload_file(self, path: str, source: FilePath | BinaryIO) -> None:
        """`write_file` with a file of a path here, or with an open one from where it stands, of any
        size. One that cannot go back (a pipe) is not sent again if the connection is cut.
        """
        await self._client.run(self._calls.upload(path, Upload(source)))

    async def delete_file(self, path: str) -> None:
        """Deletes a file for good."""
        await self._client.run(self._calls.delete_file(path))

    async def interrupt(self) -> None:
        """Interrupts what runs."""
        await self._client.run(self._calls.interrupt())

    async def restart(self) -> None:
        """Gives it a new process; returns when that runs."""
        await self._client.run(self._calls.restart())

    async def delete(self) -> None:
        """Ends it; that it has ended already is well."""
        await self._client.run(self._calls.delete())

    async def __aenter__(self) -> AsyncSession:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.delete()
