"""Commands read by event-stream libraries for Python: cut off, they go on where they were."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from httpx_sse import connect_sse
from sseclient import SSEClient

from tests.support import counting
from tests.support.commands import PATH, Commands
from tests.support.cutting import cutting
from tests.support.waiting import seconds

Read = Iterator[tuple[str, str, str]]
Reader = Callable[[httpx.Client, str, dict[str, str]], Read]


def by_httpx_sse(client: httpx.Client, path: str, headers: dict[str, str]) -> Read:
    """Name, id and data of events, until the connection ends."""
    with connect_sse(client, "GET", path, headers=headers) as source:
        for event in source.iter_sse():
            yield event.event, event.id, event.data


def by_sseclient(client: httpx.Client, path: str, headers: dict[str, str]) -> Read:
    """The same with `sseclient-py`, which is given a response that somebody else asked for."""
    accept = {"Accept": "text/event-stream", **headers}
    with client.stream("GET", path, headers=accept) as response:
        for event in SSEClient(response.iter_bytes()).events():
            yield event.event, str(event.id), event.data


@pytest.mark.parametrize("reader", [by_httpx_sse, by_sseclient])
def test_a_reader_that_is_cut_off_misses_nothing(
    commands: Commands, tmp_path: Path, reader: Reader
) -> None:
    starts = tmp_path / "starts"
    command = counting.start(commands, starts)
    path = f"/{PATH}/{command}/output"
    headers = {"Authorization": f"token {commands.server.token}"}
    told: list[tuple[str, int, Any]] = []
    cuts = 0
    with (
        cutting(commands.server.port, counting.most) as way,
        httpx.Client(base_url=way.url, headers=headers, timeout=seconds(60)) as client,
    ):
        while not told or told[-1][0] != "exit":
            last = {"Last-Event-ID": str(told[-1][1])} if told else {}
            try:
                for name, number, data in reader(client, path, last):
                    told.append((name, int(number), json.loads(data)))
            except httpx.TransportError:
                cuts += 1
        end = {"Accept": "text/event-stream", "Last-Event-ID": str(told[-1][1])}
        assert client.get(path, headers=end).status_code == 204
    assert cuts == 2
    counting.check(told, starts)
