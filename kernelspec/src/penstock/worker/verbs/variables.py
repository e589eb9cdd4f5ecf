"""What the user's names stand for, for programs that read them: a list, and tables as Arrow."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from types import ModuleType
from typing import Any

#: Letters of a type's name that are told.
_LONGEST = 200


class NoArrowError(Exception):
    """A value cannot be had as Arrow."""


def listing(namespace: Mapping[str, Any]) -> list[dict[str, Any]]:
    """``{"name", "type", "length", "shape"}`` of each variable of the user's, by name.

    Modules, and names that begin with ``_`` or that IPython brings along, are left out.
    """
    from IPython.core.getipython import get_ipython

    shell = get_ipython()
    hidden = set(shell.user_ns_hidden) if shell is not None else set()
    return [
        {
            "name": name,
            "type": _type_name(value),
            "length": _length(value),
            "shape": _shape(value),
        }
        for name, value in sorted(namespace.items())
        if not name.startswith("_") and name not in hidden and not isinstance(value, ModuleType)
    ]


def arrow(value: Any, path: str) -> None:
    """Writes ``value`` as an Arrow IPC stream into the empty file ``path``.

    Whoever asked made the file, and removes it: it may be gone when its turn comes. Raises
    ``NoArrowError`` if pyarrow is not installed, ``value`` is no table, or the file cannot be
    written.
    """
    try:
        import pyarrow as pa
    except ImportError as error:
        raise NoArrowError("pyarrow is not installed in the session's environment") from error
    try:
        table = _table(pa, value)
    except (pa.ArrowException, TypeError, ValueError) as error:
        raise NoArrowError(f"{_type_name(value)} is no table: {error}") from error
    try:
        with open(path, "r+b") as file, pa.ipc.new_stream(file, table.schema) as stream:
            stream.write_table(table)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise NoArrowError(f"The table cannot be handed to the server: {reason}") from error


def _table(pa: Any, value: Any) -> Any:
    if isinstance(value, pa.Table):
        return value
    if isinstance(value, pa.RecordBatch):
        return pa.Table.from_batches([value])
    pandas = sys.modules.get("pandas")
    if pandas is not None and isinstance(value, pandas.Series):
        value = value.to_frame()
    if pandas is not None and isinstance(value, pandas.DataFrame):
        return pa.Table.from_pandas(value)
    if hasattr(value, "__arrow_c_stream__"):
        return pa.RecordBatchReader.from_stream(value).read_all()
    if isinstance(value, Mapping):
        return pa.table(dict(value))
    if hasattr(value, "__array__"):
        return _columns(pa, value.__array__())
    if isinstance(value, (list, tuple)) and value and all(isinstance(row, dict) for row in value):
        return pa.Table.from_pylist(list(value))
    raise TypeError("a mapping of columns, a list of rows, an array or a data frame is one")


def _columns(pa: Any, array: Any) -> Any:
    if array.ndim not in (1, 2):
        raise TypeError("an array of one or two dimensions is one")
    columns = [array] if array.ndim == 1 else list(array.T)
    names = [str(number) for number in range(len(columns))]
    return pa.Table.from_arrays([pa.array(column) for column in columns], names)


def _type_name(value: Any) -> str:
    kind = type(value)
    module = "" if kind.__module__ == "builtins" else f"{kind.__module__}."
    return f"{module}{kind.__qualname__}"[:_LONGEST]


def _length(value: Any) -> int | None:
    try:
        return len(value)
    except Exception:  # noqa: BLE001
        # It has none, or an object of the user's raises: it is not told.
        return None


def _shape(value: Any) -> list[int] | None:
    try:
        return [int(size) for size in value.shape]
    except Exception:  # noqa: BLE001
        # It has none, or one that is no list of numbers.
        return None
