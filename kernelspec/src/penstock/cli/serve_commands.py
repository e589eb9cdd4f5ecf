"""Which commands clients of `penstock serve` may run."""

from __future__ import annotations

import json
from typing import Any

from ..client.errors import GatewayError

ANY = "any"


def allowed_commands(text: str) -> str | list[list[str]]:
    """What `--allow-commands` says: `any`, or templates, which are lists of words."""
    if not text:
        return []
    if text == ANY:
        return ANY
    try:
        templates = json.loads(text)
    except ValueError:
        templates = None
    if not _is_list(templates) or not all(_is_list(words) for words in templates):
        raise GatewayError(
            "option",
            "--allow-commands must be any, or a JSON list of commands that are lists of words",
            """as in: --allow-commands='[["ping", "-c", "3", "*"]]'""",
        )
    if not all(isinstance(word, str) for words in templates for word in words):
        raise GatewayError("option", "--allow-commands: the words of a command must be texts")
    return [list(words) for words in templates]


def _is_list(value: Any) -> bool:
    return isinstance(value, list) and bool(value)
