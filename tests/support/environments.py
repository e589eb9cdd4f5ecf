"""Python environments over HTTP, as a client sees them."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from typing import Any

from tests.support.served import Reply, Served

PATH = "api/v1/environments"
LINES = "application/x-ndjson"
EVENTS = "text/event-stream"


def job_path(job: dict[str, Any]) -> str:
    """Where a job is."""
    return f"{PATH}/{job['environment']}/jobs/{job['id']}"


def begun(reply: Reply) -> dict[str, Any]:
    """The job of a change that goes on."""
    assert reply.status == 202, reply
    job: dict[str, Any] = reply.json
    assert reply.headers["Location"] == "/" + job_path(job)
    return job


def lines(
    server: Served, job: dict[str, Any], accept: str = LINES, **headers: str
) -> tuple[http.client.HTTPConnection, Iterator[str]]:
    """Follows a job: the connection, to be closed, and its lines without their ends."""
    connection = server.connection()
    path = f"{server.base}{job_path(job)}/events?follow=1"
    said = {"Authorization": f"token {server.token}", "Accept": accept, **headers}
    connection.request("GET", path, headers=said)
    answer = connection.getresponse()
    assert (answer.status, answer.headers["Content-Type"]) == (200, accept), answer.read()
    return connection, (line.decode().rstrip("\n") for line in iter(answer.readline, b""))


def followed(server: Served, job: dict[str, Any]) -> list[dict[str, Any]]:
    """All that a job tells, until its end."""
    connection, read = lines(server, job)
    try:
        return [json.loads(line) for line in read if line]
    finally:
        connection.close()


def finished(server: Served, reply: Reply) -> dict[str, Any]:
    """The environment that a change made, which is waited for."""
    job = begun(reply)
    last = followed(server, job)[-1]
    assert last["event"] == "done", last
    made: dict[str, Any] = last["environment"]
    return made
