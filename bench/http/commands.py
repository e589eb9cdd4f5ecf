"""Commands whose output is streamed: `penstock serve` beside a Flask generator under waitress."""

from __future__ import annotations

import argparse
import http.client
import json
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from bench.figures import Figures, Metric, quantile
from bench.http.servers import LIMIT, TOKEN, flask, served

LABELS = ("Flask, waitress", "penstock serve")

P50 = Metric("from a command's write to its client, p50", "ms", 2)
P99 = Metric("from a command's write to its client, p99", "ms", 2)
LINES = Metric("lines of a command as server-sent events", "1/s", 0, more_is_better=True)
VIEWERS = Metric("viewers of one command who got every line", "", 0, more_is_better=True)
VIEWED = Metric("until the last of them had all", "ms", 0)

CLOCK = "import time\nfor _ in range({count}):\n time.sleep(0.03)\n print(time.time(), flush=True)"
SHOWN = 2000
"""Lines that the viewers see."""

Start = Callable[[list[str]], Iterator[bytes]]
"""Runs a command; the lines that are its data."""


def measure(figures: Figures, options: argparse.Namespace, folder: Path) -> None:
    """All figures of both."""
    with flask(options.original) as port:
        of_one(figures, LABELS[0], lambda argv: run_by_flask(port, argv), options)
    with served(folder) as port:
        of_one(figures, LABELS[1], lambda argv: run_by_penstock(port, argv), options)
        many(figures, port, options.viewers)


def of_one(figures: Figures, label: str, run: Start, options: argparse.Namespace) -> None:
    """What one client sees."""
    times = [
        (time.time() - float(line)) * 1000
        for line in run([sys.executable, "-c", CLOCK.format(count=options.ticks)])
    ]
    figures.add(P50, label, quantile(times, 0.5))
    figures.add(P99, label, quantile(times, 0.99))
    began = time.perf_counter()
    count = sum(1 for _ in run(["seq", "1", str(options.lines)]))
    if count != options.lines:
        raise RuntimeError(f"{label}: {count} lines of {options.lines}")
    figures.add(LINES, label, count / (time.perf_counter() - began))


def run_by_flask(port: int, argv: list[str]) -> Iterator[bytes]:
    """One request runs it, and is its only viewer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=LIMIT)
    body = json.dumps({"argv": argv}).encode()
    connection.request("POST", "/run", body, {"Content-Type": "application/json"})
    for line in connection.getresponse():
        if line == b"event: exit\n":
            break
        if line.startswith(b"data: "):
            yield line.removeprefix(b"data: ")
    connection.close()


def start(port: int, **order: object) -> str:
    """The id of a new command."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=LIMIT)
    headers = {"Authorization": f"token {TOKEN}"}
    connection.request("POST", "/api/v1/commands", json.dumps(order).encode(), headers)
    answer = connection.getresponse()
    told = json.loads(answer.read())
    connection.close()
    if answer.status != 201:
        raise RuntimeError(f"{answer.status} {told}")
    return str(told["id"])


def viewer(port: int, command: str) -> http.client.HTTPResponse:
    """A viewer of a command, as browsers are."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=LIMIT)
    headers = {"Authorization": f"token {TOKEN}", "Accept": "text/event-stream"}
    connection.request("GET", f"/api/v1/commands/{command}/output", headers=headers)
    return connection.getresponse()


def texts(events: http.client.HTTPResponse) -> Iterator[str]:
    """The text in each event until the command's end; an event has many lines in a flood."""
    for line in events:
        if line == b"event: exit\n":
            break
        if line.startswith(b"data: "):
            yield json.loads(line.removeprefix(b"data: "))["text"]


def run_by_penstock(port: int, argv: list[str]) -> Iterator[bytes]:
    """Starts it and views it."""
    rest = ""
    for text in texts(viewer(port, start(port, argv=argv))):
        *lines, rest = (rest + text).split("\n")
        for line in lines:
            yield line.encode()


def many(figures: Figures, port: int, viewers: int) -> None:
    """One command that begins when all are there."""
    loop = f"import sys\nsys.stdin.readline()\nfor n in range({SHOWN}): print(n, flush=True)"
    command = start(port, argv=[sys.executable, "-c", loop], stdin=True)
    views = [viewer(port, command) for _ in range(viewers)]
    wanted = "".join(f"{n}\n" for n in range(SHOWN))
    complete: list[bool] = []
    threads = [
        threading.Thread(target=lambda view=view: complete.append("".join(texts(view)) == wanted))
        for view in views
    ]
    for thread in threads:
        thread.start()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=LIMIT)
    began = time.perf_counter()
    headers = {"Authorization": f"token {TOKEN}"}
    connection.request("POST", f"/api/v1/commands/{command}/stdin", b"\n", headers)
    connection.getresponse().read()
    for thread in threads:
        thread.join()
    figures.add(VIEWED, LABELS[1], (time.perf_counter() - began) * 1000)
    figures.add(VIEWERS, LABELS[1], sum(complete))
