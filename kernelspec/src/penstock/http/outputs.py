"""What executions, streams and commands say, entry by entry (docs/api-v1.md, "Outputs";
docs/commands.md, "Watching").
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Text:
    """Text that code has written. `stream` is `stdout` or `stderr`."""

    seq: int
    time: str
    stream: str
    text: str


@dataclass(frozen=True)
class Data:
    """Bytes that a command has written that was started with `encoding="base64"`."""

    seq: int
    time: str
    stream: str
    data: bytes


@dataclass(frozen=True)
class Value:
    """A value of a stream."""

    seq: int
    time: str
    value: Any


@dataclass(frozen=True)
class Message:
    """Anything else: `type` and `content` are those of Jupyter's message (`display_data`,
    `update_display_data`, `execute_result`, `error`, `clear_output`, `input_request`).
    """

    seq: int
    time: str
    type: str
    content: dict[str, Any]
    buffers: tuple[bytes, ...] = ()


@dataclass(frozen=True)
class Gap:
    """`lost` entries are gone: they were not read before the log was full. The next one has the
    number `seq` or a higher one.
    """

    seq: int
    lost: int


@dataclass(frozen=True)
class Exit:
    """The end, always the last entry. `state` is `ok`, `error`, `aborted` or `cancelled`; `elapsed`
    is in seconds; `reason` is a stream's; `ename` and `evalue` are None unless there was an error.
    """

    seq: int
    time: str
    state: str
    elapsed: float
    reason: str | None
    ename: str | None
    evalue: str | None


@dataclass(frozen=True)
class Exited:
    """The end of a command, always the last entry. `code` is None if it was ended by `signal`
    (`SIGTERM`); `elapsed` is in seconds; `reason` is why the server has ended it, else None.
    """

    seq: int
    time: str
    code: int | None
    signal: str | None
    elapsed: float
    reason: str | None


Output = Text | Data | Value | Message | Gap | Exit | Exited


def parse(entry: dict[str, Any]) -> Output:
    """An entry of the server's. Raises KeyError for what is none."""
    if "lost" in entry:
        return Gap(entry["from"], entry["lost"])
    seq, time = entry["seq"], entry["time"]
    if "exit" in entry:
        end = entry["exit"]
        if "state" not in end:
            return Exited(seq, time, end["code"], end["signal"], end["elapsed"], end.get("reason"))
        return Exit(
            seq,
            time,
            end["state"],
            end["elapsed"],
            end.get("reason"),
            end.get("ename"),
            end.get("evalue"),
        )
    if "data" in entry:
        return Data(seq, time, entry["stream"], base64.b64decode(entry["data"]))
    if "stream" in entry:
        return Text(seq, time, entry["stream"], entry["text"])
    if "value" in entry:
        return Value(seq, time, entry["value"])
    buffers = tuple(base64.b64decode(buffer) for buffer in entry.get("buffers", ()))
    return Message(seq, time, entry["type"], entry["content"], buffers)
