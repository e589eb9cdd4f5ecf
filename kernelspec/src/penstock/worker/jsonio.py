"""JSON as the Jupyter clients expect it: UTF-8, never NaN, never a lone surrogate.

The rules for values JSON has no form for are jupyter_client's ``json_default`` (bytes as base64,
dates as ISO 8601, iterables as lists, numbers as int or float).
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator
from typing import Any

from jupyter_client.jsonutil import json_clean, json_default

_encode = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, default=json_default, separators=(",", ":")
).encode

#: A text of so many characters (an image, a chunk of output) in which JSON has little to escape is
#: escaped here: that takes a third of the json module's 3 ms per MB.
_LONG = 1 << 13
#: What shows how much there is to escape, where to look, and one in how many is too much.
_FREQUENT = ('"', "\\", "\n")
_SAMPLE = 1 << 12
_DENSE = 40
_ESCAPES = [
    (character.encode(), json.dumps(character)[1:-1].encode())
    for character in ("\\", '"', *map(chr, range(0x20)))
]


def pack(value: Any) -> bytes:
    """``value`` as JSON bytes.

    Lone surrogates, which UTF-8 cannot hold and which make clients fail when they save the
    notebook, become U+FFFD; surrogate pairs become the character they stand for.
    """
    if value == {}:
        return b"{}"
    if _holds_long(value):
        try:
            return b"".join(_pieces(value))
        except (TypeError, ValueError):
            # A key that is no text, a surrogate, NaN, an unknown type: the slow way has the rules.
            pass
    try:
        text = _encode(value)
    except (TypeError, ValueError) as error:
        # NaN, infinity or an unknown type: clean it as jupyter_client's packer does, and warn.
        text = _encode(json_clean(value))
        warnings.warn(
            f"Message serialization failed with:\n{error}\n"
            "Supporting this message is deprecated in jupyter-client 7, please make "
            "sure your message is JSON-compliant",
            stacklevel=2,
        )
    try:
        return text.encode()
    except UnicodeEncodeError:
        # Only surrogates cannot be encoded.
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode()


def unpack(data: bytes) -> Any:
    """The value of JSON bytes from the gateway; invalid UTF-8 is replaced, as jupyter_client does.

    Raises ``ValueError`` when it is not JSON.
    """
    return json.loads(data.decode("utf-8", "replace"))


def _holds_long(value: Any, depth: int = 1) -> bool:
    """Whether ``value`` or a dictionary in it, ``data`` of a display, holds a long, plain text."""
    if type(value) is str:
        return len(value) >= _LONG and not _is_dense(value[:_SAMPLE])
    return (
        type(value) is dict
        and depth >= 0
        and any(_holds_long(item, depth - 1) for item in value.values())
    )


def _is_dense(sample: str) -> bool:
    """Whether the json module is faster: many small replacements take longer than its way."""
    return sum(map(sample.count, _FREQUENT)) * _DENSE > len(sample)


def _pieces(value: Any) -> Iterator[bytes]:
    """JSON of what :func:`_holds_long`, in pieces. Raises ``TypeError`` and ``ValueError``."""
    if type(value) is str:
        data = value.encode()
        for plain, escaped in _ESCAPES:
            if plain in data:
                data = data.replace(plain, escaped)
        yield b'"'
        yield data
        yield b'"'
        return
    before = b"{"
    for key, item in value.items():
        if type(key) is not str:
            raise TypeError("a key that json turns into text")
        yield before + _encode(key).encode() + b":"
        if _holds_long(item, 0):
            yield from _pieces(item)
        else:
            yield _encode(item).encode()
        before = b","
    yield b"}"
