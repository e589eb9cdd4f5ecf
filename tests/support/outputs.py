"""Outputs of notebooks, made comparable: only ids, addresses, times, temporary paths and process
counts are evened out.
"""

from __future__ import annotations

import re
from typing import Any

Output = dict[str, Any]

NOISE = (
    (re.compile(r"[0-9a-f]{8}(-?[0-9a-f]{4}){3}-?[0-9a-f]{12}"), "ID"),
    (re.compile(r"\b0x[0-9a-f]{6,}\b"), "0xADDRESS"),
    (re.compile(r"/tmp/ipykernel_\d+/(\d+)\.py"), r"CELL-\1"),
    (re.compile(r"\b\d+(\.\d+)? ?(ns|µs|us|ms|s)\b"), "TIME"),
)
"""What may differ between two runs of the same cell on one kernel."""


def even(value: Any) -> Any:
    """The value with addresses, times and temporary paths replaced, at any depth."""
    if isinstance(value, str):
        for pattern, word in NOISE:
            value = pattern.sub(word, value)
        return value
    if isinstance(value, dict):
        return {key: even(part) for key, part in value.items()}
    if isinstance(value, list):
        return [even(part) for part in value]
    return value


def merged(outputs: list[Output]) -> list[Output]:
    """The outputs with neighbouring pieces of the same stream joined: where they are cut is a
    matter of time.
    """
    joined: list[Output] = []
    for output in outputs:
        last = joined[-1] if joined else None
        if (
            last
            and output["output_type"] == "stream" == last["output_type"]
            and output["name"] == last["name"]
        ):
            joined[-1] = {**last, "text": last["text"] + output["text"]}
        else:
            joined.append(dict(output))
    return joined


def comparable(outputs: list[Output]) -> list[Output]:
    """Outputs as they are compared between kernels."""
    return [even(output) for output in merged(outputs)]


def in_any_order(outputs: list[Output]) -> list[tuple[str, Any]]:
    """Outputs without the order of their lines, for what ipykernel promises no order of."""
    texts: dict[str, str] = {}
    others: list[tuple[str, Any]] = []
    for output in outputs:
        if output["output_type"] == "stream":
            texts[output["name"]] = texts.get(output["name"], "") + output["text"]
        else:
            others.append((output["output_type"], str(sorted(even(output).items()))))
    lines = [(name, line) for name, text in texts.items() for line in text.splitlines()]
    return sorted(lines) + others
