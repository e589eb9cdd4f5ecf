"""Fields of what is asked for (docs/api-v1.md tells each and what it is without)."""

from __future__ import annotations

from typing import Any, Literal, TypedDict


class SessionOptions(TypedDict, total=False):
    """Of a session. `name` is its kernelspec's, or `environment` a name of `penstock env`; `cwd` is
    relative to the server's root directory; `limits` has `memory` (bytes, or a text such as "2G")
    and `cpu_s`. `key`: a session that was started with this key and is still there is meant again;
    one that is not given a key gets one of its own, so that a lost answer is asked for again.
    """

    id: str
    name: str
    environment: str
    cwd: str
    env: dict[str, str]
    limits: dict[str, int | float | str]
    key: str


class ExecutionOptions(TypedDict, total=False):
    """Of an execution. `timeout_s`: seconds that it may run. `key`: an execution of the session
    that was started with this key is meant again, and not started twice; one that is not given a
    key gets one of its own, so that a lost answer is asked for again.
    """

    mode: Literal["cell", "exec", "eval"]
    timeout_s: float
    allow_stdin: bool
    store_history: bool
    stop_on_error: bool
    key: str


class StreamOptions(TypedDict, total=False):
    """Of a stream. `step_timeout_s`: seconds that a step may take. `pace`: with so many unread
    values it waits, and loses none. `key` as of an execution.
    """

    step_timeout_s: float
    pace: int
    key: str


class CommandOptions(TypedDict, total=False):
    """Of a command (docs/commands.md, "Starting"). `id`: a command that was started with it is
    meant again, and not started twice; one that is not given an id gets one of its own, so that a
    lost answer is asked for again. Limits are in seconds.
    """

    id: str
    env: dict[str, str]
    cwd: str
    stdin: bool
    pty: bool | dict[str, Any]
    merge_stderr: bool
    unbuffered: bool
    encoding: Literal["utf-8", "base64"]
    time_limit: float
    idle_limit: float
    unwatched_limit: float


class EnvironmentOptions(TypedDict, total=False):
    """Of an environment: the list as `packages` (lines) or `requirements` (a text); `python` is a
    version or a whole path; `installer` is `uv` or `pip`.
    """

    packages: list[str]
    requirements: str
    python: str
    installer: str
