"""More output than one client takes: what it costs the server, and what the others see of it."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import psutil
import websocket

from bench.figures import Figures, Metric, progress, quantile
from bench.serve.contestants import Contestant, Running
from bench.serve.kernels import opened, started
from bench.serve.tally import QUIET_S, Tally
from tests.serve_ws.client import Tab, parent

WIDE = 10_000
"""Characters of each line of the second flood."""
ASK_EVERY_S = 0.1


def measure(
    figures: Figures, contestants: Sequence[Contestant], lines: int, megabytes: int
) -> None:
    """One server after the other."""
    floods = {
        f"{lines:,} flushed lines": (lines, f"for n in range({lines}): print(n, flush=True)"),
        f"{megabytes:,} MB of output": (
            megabytes * 1_000_000 // WIDE,
            f"for n in range({megabytes * 1_000_000 // WIDE}): print('x' * {WIDE - 1})",
        ),
    }
    for contestant in contestants:
        for name, (count, code) in floods.items():
            progress(f"{contestant.label}: {name}")
            with contestant.start() as running, started(running, contestant) as kernel:
                one(figures, contestant, running, kernel, name, count, code)


def one(
    figures: Figures,
    contestant: Contestant,
    running: Running,
    kernel: str,
    name: str,
    lines: int,
    code: str,
) -> None:
    """One flood with a client that reads and one that stops reading."""

    def add(metric: str, unit: str, value: float, digits: int = 0) -> None:
        figures.add(Metric(f"{name}: {metric}", unit, digits=digits), contestant.label, value)

    with opened(running, kernel) as reader, opened(running, kernel) as stuck:
        began = time.perf_counter()
        with peak(running.owner) as grown:
            tally, answers = read(reader, code)
        if tally.done:
            add("until the other client has all", "ms", (time.perf_counter() - began) * 1000)
        add("lines that the other client did not get", "", lines - tally.lines)
        add("server grew by at most", "MB RSS", grown[0])
        if answers:
            add("control answers meanwhile, median", "ms", quantile(answers, 0.5) * 1000, 1)
            add("control answers meanwhile, longest", "ms", max(answers) * 1000, 1)
        late = Tally(tally.cell)
        late.finish(stuck, replied=False)
        add("lines missing when the first one reads on", "", lines - late.lines)


def read(tab: Tab, code: str) -> tuple[Tally, list[float]]:
    """Runs a cell to its end, asking on control all the while; seconds to each answer, as this
    client reads it between the outputs.
    """
    tab.socket.settimeout(QUIET_S)
    tally = Tally(tab.execute(code))
    answers: list[float] = []
    asked, sent = "", time.perf_counter()
    try:
        while not tally.done:
            now = time.perf_counter()
            if not asked and now - sent > ASK_EVERY_S:
                asked, sent = tab.send("usage_request", {}, channel="control"), now
            message = tab.next()
            tally.note(message)
            if message["channel"] == "control" and parent(message) == asked:
                answers.append(time.perf_counter() - sent)
                asked = ""
    except websocket.WebSocketTimeoutException:
        return tally, answers  # what is missing shows in the counts
    return tally, answers


@contextmanager
def peak(process: psutil.Process) -> Iterator[list[float]]:
    """By how many MB a process grows at most meanwhile, looked at ten times a second; in a list,
    filled at the end.
    """
    before, most = process.memory_info().rss, 0
    ended = threading.Event()

    def watch() -> None:
        nonlocal most
        while not ended.wait(0.1):
            most = max(most, process.memory_info().rss - before)

    watcher = threading.Thread(target=watch)
    watcher.start()
    grown: list[float] = []
    try:
        yield grown
    finally:
        ended.set()
        watcher.join()
        grown.append(most / 2**20)
