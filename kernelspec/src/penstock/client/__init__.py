"""What every client of the gateway needs: where it is, how to start it, how to talk to it. And the
client of `penstock serve` for programs: `Client`, `AsyncClient` and what belongs to them.

The launcher imports these modules while a person waits: they import little, and late. So the names
for programs come from `penstock.http` when they are first asked for; they need httpx.
"""

TYPE_CHECKING = False  # typing itself is not imported: it would cost more than all of this module
if TYPE_CHECKING:
    from ..http.asynchronous import AsyncClient
    from ..http.asynchronous_command import AsyncCommand
    from ..http.asynchronous_environment import AsyncChange, AsyncEnvironment
    from ..http.asynchronous_session import AsyncExecution, AsyncSession, AsyncStream
    from ..http.command import Command
    from ..http.environment import Change, Environment
    from ..http.errors import (
        CodeError,
        EnvironmentFailedError,
        PenstockError,
        RefusedError,
        UnreachableError,
    )
    from ..http.outputs import Data, Exit, Exited, Gap, Message, Output, Text, Value
    from ..http.session import Execution, Session, Stream
    from ..http.status import Question, Status
    from ..http.sync import Client

__all__ = [
    "AsyncChange",
    "AsyncClient",
    "AsyncCommand",
    "AsyncEnvironment",
    "AsyncExecution",
    "AsyncSession",
    "AsyncStream",
    "Change",
    "Client",
    "CodeError",
    "Command",
    "Data",
    "Environment",
    "EnvironmentFailedError",
    "Execution",
    "Exit",
    "Exited",
    "Gap",
    "Message",
    "Output",
    "PenstockError",
    "Question",
    "RefusedError",
    "Session",
    "Status",
    "Stream",
    "Text",
    "UnreachableError",
    "Value",
]


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    try:
        return getattr(import_module("penstock.http.names"), name)
    except ModuleNotFoundError as missing:
        if missing.name != "httpx":
            raise
        raise ModuleNotFoundError(
            f"penstock.client.{name} needs httpx: pip install 'penstock[client]'", name="httpx"
        ) from None
