"""Conversations with the server, without input and output: generators that yield a Call, or the
seconds to pause, and are sent the Reply, or thrown Cut when the connection failed.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Generator
from typing import Any, TypeVar

from .calls import Call, Reply, encode
from .errors import RefusedError
from .patience import Cut, Patience
from .status import Status

T = TypeVar("T")
Flow = Generator[Call | float, Reply | None, T]

LONGEST_WAIT_S = 30.0
"""The server may be asked to wait for 60; proxies commonly end connections after that time."""


def reply(call: Call, patience: Patience) -> Flow[Reply]:
    """The answer to one call, made again while its connection fails if that does no harm. Raises
    RefusedError, UnreachableError.
    """
    while True:
        try:
            answer = yield call
        except Cut as cut:
            yield patience.after(cut, again=call.repeatable)
            continue
        assert answer is not None
        if answer.is_passing and call.repeatable:
            yield patience.after(Cut(f"HTTP {answer.status}"))
            continue
        patience.answered()
        return answer.checked()


def told(call: Call, patience: Patience) -> Flow[Any]:
    """The JSON of an answer; None if it has none."""
    answer = yield from reply(call, patience)
    return answer.json


def body(call: Call, patience: Patience) -> Flow[bytes]:
    """The bytes of an answer."""
    answer = yield from reply(call, patience)
    return answer.body


def made(path: str, fields: dict[str, Any], patience: Patience) -> Flow[Any]:
    """Makes something once, however often the call has to be made; `key` is none of its fields."""
    given = {name: value for name, value in fields.items() if name != "key"}
    call = Call(
        "POST",
        path,
        headers={"Idempotency-Key": fields.get("key") or uuid.uuid4().hex},
        body=encode(given),
        wait_s=fields.get("wait_s") or 0,
    )
    return (yield from told(call, patience))


def start(path: str, fields: dict[str, Any], patience: Patience) -> Flow[Status]:
    """Starts an execution or a stream."""
    return Status.of((yield from made(path, fields, patience)))


def status(path: str, patience: Patience) -> Flow[Status]:
    """How something is now."""
    return Status.of((yield from told(Call("GET", path), patience)))


def over(path: str, timeout: float | None, patience: Patience) -> Flow[Status]:
    """How something ended. Raises TimeoutError after `timeout` seconds; it goes on then."""
    end = None if timeout is None else time.monotonic() + timeout
    while True:
        left = LONGEST_WAIT_S if end is None else min(LONGEST_WAIT_S, end - time.monotonic())
        query = {"wait_s": f"{max(0.0, left):.3f}"}
        call = Call("GET", path, query=query, wait_s=max(0.0, left))
        now = Status.of((yield from told(call, patience)))
        if now.is_over:
            return now
        if end is not None and time.monotonic() >= end:
            raise TimeoutError(f"{path} is {now.state} after {timeout} s")


def evaluated(
    path: str, fields: dict[str, Any], timeout: float | None, patience: Patience
) -> Flow[Any]:
    """The value of an expression. Raises CodeError, TimeoutError."""
    first = LONGEST_WAIT_S if timeout is None else min(timeout, LONGEST_WAIT_S)
    began = time.monotonic()
    now = yield from start(path, {**fields, "wait_s": first}, patience)
    if not now.is_over:
        left = None if timeout is None else timeout - (time.monotonic() - began)
        now = yield from over(f"{path}/{now.id}", left, patience)
    return now.result()


def deleted(path: str, patience: Patience) -> Flow[None]:
    """Deletes something. That it is gone already is well: an earlier call's answer may be lost."""
    try:
        yield from reply(Call("DELETE", path), patience)
    except RefusedError as refused:
        if refused.status != 404:
            raise


def post(path: str, fields: dict[str, Any], *, repeatable: bool = False) -> Call:
    """A call with JSON."""
    return Call("POST", path, body=encode(fields), repeatable=repeatable)
