"""Sessions, executions and streams of the blocking client."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING, Any, BinaryIO

from .asking import SessionCalls
from .outputs import Output, Text, Value
from .running import RunningCalls
from .status import Status
from .transfers import Download, FilePath, Upload

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from .options import ExecutionOptions, StreamOptions
    from .sync import Client


class Running:
    """What executions and streams have in common."""

    def __init__(self, client: Client, calls: RunningCalls, run: str) -> None:
        self.id = run
        self._client = client
        self._calls = calls

    def status(self) -> Status:
        """How it is now."""
        return self._client.run(self._calls.status())

    def wait(self, timeout: float | None = None) -> Status:
        """How it ended. Raises TimeoutError after `timeout` seconds; it goes on then."""
        return self._client.run(self._calls.over(timeout))

    def outputs(
        self, start: int = 0, *, cancel_on_disconnect: bool = False
    ) -> Generator[Output, None, None]:
        """What it says, from number `start` to its end, as it comes. A connection that is cut is
        made again: each entry comes once. Leaving early changes nothing, unless
        `cancel_on_disconnect`.
        """
        following = self._calls.following(start, cancel_on_disconnect=cancel_on_disconnect)
        return self._client.follow(following)

    def interrupt(self) -> None:
        """Interrupts it. Raises RefusedError (409) if it does not run."""
        self._client.run(self._calls.interrupt())

    def cancel(self) -> None:
        """It never runs if it waits; if it runs it is interrupted."""
        self._client.run(self._calls.cancel())


class Execution(Running):
    """Code that the session runs."""

    def result(self, timeout: float | None = None) -> Any:
        """What came out. Raises CodeError if it did not end well, TimeoutError."""
        return self._client.run(self._calls.result(timeout))

    def text(self) -> Iterator[str]:
        """What it writes to stdout, as it comes."""
        return (o.text for o in self.outputs() if isinstance(o, Text) and o.stream == "stdout")

    def send_input(self, value: str) -> None:
        """Answers `input()`. Raises RefusedError (409) if it asks nothing."""
        self._client.run(self._calls.stdin(value))


class Stream(Running):
    """An expression that the session evaluates again and again."""

    def values(self, start: int = 0) -> Iterator[Any]:
        """Its values, as they come; what was lost is left out (`outputs` tells it)."""
        return (output.value for output in self.outputs(start) if isinstance(output, Value))

    def execute(self, code: str) -> None:
        """Runs code before the next step. Raises RefusedError (409) if it has ended."""
        self._client.run(self._calls.inject(code))

    def stop(self, timeout: float | None = None) -> Status:
        """Ends it, and waits for that. Raises TimeoutError after `timeout` seconds."""
        return self._client.run(self._calls.stop(timeout))


class Session:
    """A session. Raises RefusedError (404) from everything when the server has none of this id."""

    def __init__(self, client: Client, id: str) -> None:  # noqa: A002  (as everyone calls it)
        self.id = id
        self._client = client
        self._calls = SessionCalls(id, client.patience)

    def info(self) -> dict[str, Any]:
        """How it is, as the server tells it."""
        return self._client.run(self._calls.info())

    def execute(self, code: str, **options: Unpack[ExecutionOptions]) -> Execution:
        """Has code run; returns as soon as that is sure."""
        return self.execution(self._client.run(self._calls.execute(code, options)).id)

    def execution(self, id: str) -> Execution:  # noqa: A002
        """One of an id, also of another client. Asks the server nothing."""
        return Execution(self._client, self._calls.running("executions", id), id)

    def executions(self) -> list[Status]:
        """The latest, without their results."""
        return self._client.run(self._calls.runs("executions"))

    def evaluate(self, expression: str, timeout: float | None = None, **options: Any) -> Any:
        """The value of an expression, as JSON has it. `options` are those of an execution. Raises
        CodeError, TimeoutError; after that it runs on.
        """
        return self._client.run(self._calls.evaluate(expression, timeout, options))

    def start_stream(self, expression: str, **options: Unpack[StreamOptions]) -> Stream:
        """Evaluates an expression again and again, until it says so
        (`{"done": true, "result": …}`), fails or is stopped.
        """
        return self.stream(self._client.run(self._calls.stream(expression, options)).id)

    def stream(self, id: str) -> Stream:  # noqa: A002
        """One of an id, also of another client. Asks the server nothing."""
        return Stream(self._client, self._calls.running("streams", id), id)

    def streams(self) -> list[Status]:
        """The latest."""
        return self._client.run(self._calls.runs("streams"))

    def complete(self, code: str, cursor_pos: int | None = None) -> dict[str, Any]:
        """The content of Jupyter's `complete_reply` at a place (in code points; else the end)."""
        return self._client.run(self._calls.complete(code, cursor_pos))

    def inspect(
        self, code: str, cursor_pos: int | None = None, detail_level: int = 0
    ) -> dict[str, Any]:
        """The content of Jupyter's `inspect_reply` at a place."""
        return self._client.run(self._calls.inspect(code, cursor_pos, detail_level))

    def variables(self) -> list[dict[str, Any]]:
        """`name`, `type`, `length` and `shape` of each."""
        return self._client.run(self._calls.variables())

    def variable(self, name: str) -> Any:
        """A variable's value, as JSON has it. Raises RefusedError (404) if there is none."""
        return self._client.run(self._calls.variable(name))

    def arrow(self, name: str) -> bytes:
        """A table, for `pyarrow.ipc.open_stream`. Raises RefusedError (406) if it is none."""
        return self._client.run(self._calls.arrow(name))

    def files(self, path: str = "") -> dict[str, Any]:
        """A directory's model with its `content`, as of `/api/contents`."""
        return self._client.run(self._calls.files(path))

    def read_file(self, path: str) -> bytes:
        """A file below the session's directory, all of it in memory."""
        return self._client.run(self._calls.read_file(path))

    def write_file(self, path: str, content: bytes) -> None:
        """Makes or replaces a file: readers see the old content or the new."""
        self._client.run(self._calls.write_file(path, content))

    def download_file(self, path: str, to: FilePath | BinaryIO) -> None:
        """Brings a file to a path here, which is there when all of it is, or into an open file
        from where it stands; piece by piece, from its beginning again if the connection is cut.
        """
        self._client.run(self._calls.download(path, Download(to)))

    def upload_file(self, path: str, source: FilePath | BinaryIO) -> None:
        """`write_file` with a file of a path here, or with an open one from where it stands, of any
        size. One that cannot go back (a pipe) is not sent again if the connection is cut.
        """
        self._client.run(self._calls.upload(path, Upload(source)))

    def delete_file(self, path: str) -> None:
        """Deletes a file for good."""
        self._client.run(self._calls.delete_file(path))

    def interrupt(self) -> None:
        """Interrupts what runs."""
        self._client.run(self._calls.interrupt())

    def restart(self) -> None:
        """Gives it a new process; returns when that runs."""
        self._client.run(self._calls.restart())

    def delete(self) -> None:
        """Ends it; that it has ended already is well."""
        self._client.run(self._calls.delete())

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *_: object) -> None:
        self.delete()
