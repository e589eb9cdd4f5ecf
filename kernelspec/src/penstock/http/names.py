"""What `penstock.client` shows of this package."""

from .asynchronous import AsyncClient
from .asynchronous_command import AsyncCommand
from .asynchronous_environment import AsyncChange, AsyncEnvironment
from .asynchronous_session import AsyncExecution, AsyncSession, AsyncStream
from .command import Command
from .environment import Change, Environment
from .errors import (
    CodeError,
    EnvironmentFailedError,
    PenstockError,
    RefusedError,
    UnreachableError,
)
from .outputs import Data, Exit, Exited, Gap, Message, Output, Text, Value
from .session import Execution, Session, Stream
from .status import Question, Status
from .sync import Client

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
