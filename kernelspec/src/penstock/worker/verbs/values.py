"""A value of the user's as JSON text, for clients whose parser takes no more than JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

#: Name of the function in the user's namespace that makes JSON of what has no form there.
HOOK = "_to_json"

#: What Python writes for numbers that JSON does not have.
_NO_NUMBERS = ("NaN", "Infinity")


def to_json(value: Any, namespace: Mapping[str, Any]) -> str:
    """``value`` as JSON text; NaN and infinities are null.

    What JSON has no form for goes through ``_to_json`` of ``namespace``, else ``str``. Raises what
    these raise, ``TypeError`` for keys that are no names or numbers, ``ValueError`` for a value
    that contains itself.
    """
    hook = namespace.get(HOOK)
    text = json.dumps(value, default=hook if callable(hook) else str)
    if any(word in text for word in _NO_NUMBERS):
        # A text may hold these words, too: it comes out as it was.
        text = json.dumps(json.loads(text, parse_constant=_null))
    return text


def fields_of(value: Any, text: str) -> dict[str, Any]:
    """The fields of ``value``, whose JSON is ``text``; none if that is no object."""
    if type(value) is dict:
        return value
    fields = json.loads(text) if text.startswith("{") else {}
    return fields if isinstance(fields, dict) else {}


def _null(_name: str) -> None:
    """What stands for a number that JSON does not have."""
