"""The functions that the user registered for JSON-RPC; public as :mod:`penstock.rpc`."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable
from typing import Any, TypeVar, overload

from .errors import error_content
from .tracebacks import hide_worker

Function = TypeVar("Function", bound=Callable[..., Any])

#: Methods of the server's own.
BUILT_IN = frozenset({"execute", "evaluate", "submit", "status", "result", "cancel"})
#: Begins of names that are reserved: by JSON-RPC 2.0, section 8, and by convention.
_RESERVED = ("rpc.", "system.")

_FAILED, _NO_METHOD, _INVALID_PARAMS = -32000, -32601, -32602
#: Codes that JSON-RPC 2.0 reserves (section 5.1).
_STANDARD_CODES = range(-32768, -31999)

#: JSON Schema's words for types, by annotation, as it is or as a text.
_TYPES = {
    "bool": "boolean",
    "int": "integer",
    "float": "number",
    "str": "string",
    "list": "array",
    "tuple": "array",
    "dict": "object",
    "None": "null",
}

_functions: dict[str, Callable[..., Any]] = {}


class Error(Exception):
    """An error that the caller gets as it is: ``code``, ``message``, and ``data`` if not None.

    ``code`` is any integer but -32768 to -32000, which JSON-RPC keeps for itself; else
    ``ValueError``.
    """

    def __init__(self, code: int, message: str, data: Any = None) -> None:
        if isinstance(code, bool) or not isinstance(code, int) or code in _STANDARD_CODES:
            raise ValueError("code must be an integer outside -32768 to -32000")
        super().__init__(message)
        self.code = code
        self.message = message
        self.data = data


@overload
def register(function: Function, /) -> Function: ...
@overload
def register(*, name: str) -> Callable[[Function], Function]: ...
def register(function: Any = None, /, *, name: str | None = None) -> Any:
    """Make ``function`` a method, named as itself or ``name``; one of that name is replaced.

    A decorator, with and without arguments. It returns the function as it is. Raises ``TypeError``
    for what is no plain function (a coroutine could not be awaited), ``ValueError`` for a name that
    is taken or reserved.
    """
    if function is None:
        return lambda decorated: _register(decorated, name)
    return _register(function, name)


def _register(function: Function, name: str | None) -> Function:
    if not callable(function):
        raise TypeError("only functions can be registered")
    if inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function):
        raise TypeError("an async function cannot be registered: nothing awaits it")
    method = getattr(function, "__name__", "") if name is None else name
    if not isinstance(method, str) or not method:
        raise ValueError("a method's name is a text")
    if method in BUILT_IN or method.startswith(_RESERVED):
        raise ValueError(f"{method} is a method of the server's")
    inspect.signature(function)  # ValueError: it has none, so calls could not be checked
    _functions[method] = function
    return function


def call(method: str, params: str) -> dict[str, Any]:
    """Call it with ``params``, JSON of a list or an object: ``{"result"}``, else ``{"error"}``."""
    function = _functions.get(method)
    if function is None:
        return _error(_NO_METHOD, "Method not found", f"there is no method {method}")
    values = json.loads(params)
    args, kwargs = (values, {}) if isinstance(values, list) else ([], values)
    try:
        inspect.signature(function).bind(*args, **kwargs)
    except TypeError as error:
        return _error(_INVALID_PARAMS, "Invalid params", str(error))
    try:
        return {"result": function(*args, **kwargs)}
    except Error as error:
        return _error(error.code, error.message, error.data)
    except BaseException as error:  # noqa: BLE001
        # Whatever it is, SystemExit and an interrupt too: it ends this call, as a verb's code.
        hide_worker(error)
        content = error_content(error)
        message = f"{content['ename']}: {content['evalue']}".removesuffix(": ")
        return _error(_FAILED, message, {k: content[k] for k in ("ename", "evalue", "traceback")})


def _error(code: int, message: str, data: Any = None) -> dict[str, Any]:
    error = {"code": code, "message": message}
    return {"error": error if data is None else {**error, "data": data}}


def describe() -> list[dict[str, Any]]:
    """All of them as OpenRPC has it (https://spec.open-rpc.org, Method Object), by name.

    ``x-signature`` is the signature as Python writes it.
    """
    return [_described(name, function) for name, function in sorted(_functions.items())]


def _described(name: str, function: Callable[..., Any]) -> dict[str, Any]:
    signature = inspect.signature(function)
    parameters = signature.parameters.values()
    named = [it for it in parameters if it.kind not in (it.VAR_POSITIONAL, it.VAR_KEYWORD)]
    text = inspect.getdoc(function) or ""
    return {
        "name": name,
        "summary": text.partition("\n")[0],
        "description": text,
        "params": [
            {"name": it.name, "required": it.default is it.empty, "schema": _schema(it.annotation)}
            for it in named
        ],
        "result": {"name": "result", "schema": _schema(signature.return_annotation)},
        "x-signature": str(signature),
    }


def _schema(annotation: Any) -> dict[str, str]:
    name = annotation if isinstance(annotation, str) else getattr(annotation, "__name__", "")
    known = _TYPES.get("None" if annotation is None else name)
    return {} if known is None else {"type": known}
