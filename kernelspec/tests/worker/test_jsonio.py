"""Long texts, which the worker escapes itself, look as the json module would make them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from penstock.worker.jsonio import pack

LONG = 20_000
ESCAPED = "".join(map(chr, range(0x80)))


def display(text: str) -> dict[str, Any]:
    """The content of a display with a long text."""
    return {"data": {"image/png": text, "text/plain": "x"}, "metadata": {}, "transient": {}}


@pytest.mark.parametrize(
    "value",
    [
        {"name": "stdout", "text": "x" * LONG},
        {"name": "stdout", "text": "x" * LONG + ESCAPED},
        {"name": "stdout", "text": ESCAPED * (LONG // 100)},
        display("A" * LONG),
        display("é€😀" * LONG),
        display('"' * LONG),
        {**display("A" * LONG), "": None, "a\nb": [1.5, True, {"c": "d"}]},
    ],
)
def test_a_long_text_is_encoded_as_by_the_json_module(value: Any) -> None:
    expected = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    assert pack(value) == expected.encode()


def test_what_json_has_no_text_for_is_mended_beside_a_long_text() -> None:
    content = {1: "x" * LONG, "lone": "\ud800", "pair": "\ud83d\ude00"}
    assert json.loads(pack(content)) == {"1": "x" * LONG, "lone": "\ufffd", "pair": "😀"}


def test_nan_beside_a_long_text_is_sent_as_text_with_a_warning() -> None:
    with pytest.warns(UserWarning, match="JSON-compliant"):
        packed = pack({"text": "x" * LONG, "number": float("nan")})
    assert json.loads(packed) == {"text": "x" * LONG, "number": "nan"}


def test_a_surrogate_in_a_long_text_is_mended() -> None:
    assert json.loads(pack({"text": "x" * LONG + "\udcff"})) == {"text": "x" * LONG + "\ufffd"}
