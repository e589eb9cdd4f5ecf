"""What the panel shows of variables, at a breakpoint and without one."""

from __future__ import annotations

import ast
import re
from typing import Any

from .adapter import import_debugpy, quiet
from .connection import DapConnection
from .dap import Message, failure, response

#: Names that IPython puts into the user's namespace; ipykernel hides the same.
_HIDDEN = frozenset(
    {
        *("__name__", "__doc__", "__package__", "__loader__", "__spec__", "__annotations__"),
        *("__builtins__", "__builtin__", "__display__", "get_ipython", "debugpy", "exit", "quit"),
        *("In", "Out", "_oh", "_dh", "_", "__", "___"),
    }
)
_HISTORY = re.compile(r"_i|_\d")
#: Groups of debugpy's that are no variables: asking for their rich form is no error.
_GROUPS = ("special variables", "function variables")


def shown(variables: list[Message]) -> list[Message]:
    """Those of ``variables`` that are the user's."""
    return [v for v in variables if v["name"] not in _HIDDEN and not _HISTORY.match(v["name"])]


class Explorer:
    """The user's namespace as debugpy would show it, while nothing is stopped."""

    def __init__(self) -> None:
        self._explorer: Any = None

    def inspect(self) -> list[Message]:
        """The variables of the namespace. Raises ``UnavailableError`` without debugpy."""
        import_debugpy()
        with quiet():  # imports pydevd
            from ipykernel.debugger import VariableExplorer

        if self._explorer is not None:
            self._explorer.untrack_all()
        # untrack_all leaves an explorer that cannot be used again.
        self._explorer = VariableExplorer()
        self._explorer.track()
        return shown(self._explorer.get_children_variables())

    def children(self, reference: int) -> list[Message]:
        """The parts of a variable. Raises ``KeyError`` for an unknown ``reference``."""
        if self._explorer is None:
            raise KeyError(reference)
        return shown(self._explorer.get_children_variables(reference))


def rich(request: Message, shell: Any, stopped: DapConnection | None) -> Message:
    """The response to richInspectVariables: a variable's representations by MIME type.

    ``stopped`` is the connection when a thread stands at a breakpoint: the variable is then one of
    the frame that the request names.
    """
    arguments = request["arguments"]
    name = arguments["variableName"]
    if name in _GROUPS:
        return response(request, {"data": {}, "metadata": {}})
    if not name.isidentifier():
        refusal = failure(request, f"{name!r} is not the name of a variable")
        return {**refusal, "body": {"data": {}, "metadata": {}}}
    if stopped is not None:
        return _rich_in_frame(request, name, arguments["frameId"], stopped)
    result = shell.user_expressions({name: name})[name]
    found = result if result.get("status") == "ok" else {}
    return response(request, _body(found.get("data", {}), found.get("metadata", {})))


def _rich_in_frame(request: Message, name: str, frame: int, connection: DapConnection) -> Message:
    answer = connection.request(
        {
            "command": "evaluate",
            "arguments": {
                "expression": f"get_ipython().display_formatter.format({name})",
                "frameId": frame,
                "context": "clipboard",  # the whole text, not an abridged one
            },
        }
    )
    if not answer.get("success"):
        return failure(request, str(answer.get("message", "the variable cannot be shown")))
    try:
        data, metadata = ast.literal_eval(answer["body"]["result"])
    except (ValueError, SyntaxError, TypeError):
        # A formatter of the user's returned something that is no plain data.
        return failure(request, f"the representations of {name} are not plain data")
    return response(request, _body(data, metadata))


def _body(data: Message, metadata: Message) -> Message:
    return {"data": data, "metadata": {k: v for k, v in metadata.items() if k in data}}


def copy_to_globals(request: Message, connection: DapConnection) -> Message:
    """The response to copyToGlobals: a frame's variable becomes a global one of the session."""
    arguments = request["arguments"]
    target, source = arguments["dstVariableName"], arguments["srcVariableName"]
    if not str.isidentifier(target) or not str.isidentifier(source):
        return failure(request, "dstVariableName and srcVariableName must be valid identifiers")
    answer = connection.request(
        {
            "command": "setExpression",
            "arguments": {
                "expression": f"globals()['{target}']",
                "value": source,
                "frameId": arguments["srcFrameId"],
            },
        }
    )
    return {**answer, "request_seq": request["seq"], "command": request["command"]}
