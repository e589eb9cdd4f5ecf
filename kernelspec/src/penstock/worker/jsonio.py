"""JSON as the Jupyter clients expect it: UTF-8, never NaN, never a lone surrogate.

The rules for values JSON has no form for are jupyter_client's ``json_default`` (bytes as base64,
dates as ISO 8601, iterables as lists, numbers as int or float).
"""

from __future__ import annotations

import json
import warnings
from typing import Any

from jupyter_client.jsonutil import json_clean, json_default

_encode = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, default=json_default, separators=(",", ":")
).encode


def pack(value: Any) -> bytes:
    """``value`` as JSON bytes.

    Lone surrogates, which UTF-8 cannot hold and which make clients fail when they save the
    notebook, become U+FFFD; surrogate pairs become the character they stand for.
    """
    if value == {}:
        return b"{}"
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
