"""Both protocols of Jupyter's WebSocket, written anew from their descriptions (WS-10, WS-20)."""

from __future__ import annotations

import json
import struct
from itertools import pairwise
from typing import Any

V1 = "v1.kernel.websocket.jupyter.org"
PARTS = ("header", "parent_header", "metadata", "content")


def encode(protocol: str | None, message: dict[str, Any]) -> str | bytes:
    """One frame. A message has `channel`, four dicts and `buffers`; those missing are left out."""
    return _encode_v1(message) if protocol == V1 else _encode_default(message)


def decode(protocol: str | None, frame: str | bytes) -> dict[str, Any]:
    """The message in a frame; fails on a frame that the protocol does not allow."""
    return _decode_v1(frame) if protocol == V1 else _decode_default(frame)


def join_v1(parts: list[bytes]) -> bytes:
    """A v1 frame of these parts, the channel's name first."""
    offsets = [8 * (len(parts) + 2)]
    for part in parts:
        offsets.append(offsets[-1] + len(part))
    return struct.pack(f"<{len(offsets) + 1}Q", len(offsets), *offsets) + b"".join(parts)


def split_v1(frame: bytes) -> list[bytes]:
    """The parts of a v1 frame."""
    (count,) = struct.unpack_from("<Q", frame)
    offsets = struct.unpack_from(f"<{count}Q", frame, 8)
    assert offsets[0] == 8 * (count + 1)
    assert offsets[-1] == len(frame)
    return [frame[a:b] for a, b in pairwise(offsets)]


def _encode_v1(message: dict[str, Any]) -> bytes:
    dicts = [json.dumps(message.get(name, {})).encode() for name in PARTS]
    return join_v1([message["channel"].encode(), *dicts, *message.get("buffers", [])])


def _decode_v1(frame: str | bytes) -> dict[str, Any]:
    assert isinstance(frame, bytes), "v1 has binary frames only"
    channel, *rest = split_v1(frame)
    message: dict[str, Any] = {
        name: json.loads(part) for name, part in zip(PARTS, rest[:4], strict=True)
    }
    return {**message, "channel": channel.decode(), "buffers": rest[4:]}


def _encode_default(message: dict[str, Any]) -> str | bytes:
    buffers = message.get("buffers")
    if not buffers:
        return json.dumps(message)
    text = json.dumps({**message, "buffers": []}).encode()
    parts = [text, *buffers]
    offsets = [4 * (len(parts) + 1)]
    for part in parts[:-1]:
        offsets.append(offsets[-1] + len(part))
    return struct.pack(f">{len(parts) + 1}I", len(parts), *offsets) + b"".join(parts)


def _decode_default(frame: str | bytes) -> dict[str, Any]:
    if isinstance(frame, str):
        message: dict[str, Any] = json.loads(frame)
        assert message["buffers"] == []
    else:
        (count,) = struct.unpack_from(">I", frame)
        assert count >= 2, "JupyterLab rejects binary frames without buffers"
        offsets = [*struct.unpack_from(f">{count}I", frame, 4), len(frame)]
        parts = [frame[a:b] for a, b in pairwise(offsets)]
        message = {**json.loads(parts[0]), "buffers": parts[1:]}
    assert message["msg_id"] == message["header"]["msg_id"]
    assert message["msg_type"] == message["header"]["msg_type"]
    return message
