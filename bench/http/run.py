"""Compares `penstock serve`'s plain HTTP with PathView's server and a Flask generator in one run.

usage: python -m bench.http.run [--original PYTHON] [--only sessions,commands] [--calls N]
                                [--sessions N] [--messages N] [--viewers N] [--page FILE]

PYTHON is an interpreter of an environment with the package `pathview` (and so with Flask and
waitress). Every sample is kept in bench/results/.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import tempfile
import threading
import time
from datetime import datetime, timezone
from pathlib import Path

import psutil

from bench import machine
from bench.figures import Figures, Metric, progress
from bench.http import commands, page
from bench.http.servers import Session, make_cache, running
from bench.run import RESULTS

LABELS = ("PathView", "penstock serve")

INIT = Metric("init without packages, p50", "ms")
EXEC_P50 = Metric("exec of a short statement, p50", "ms", 2)
EXEC_P99 = Metric("exec of a short statement, p99", "ms", 2)
EVAL_P50 = Metric("eval of 1 + 1, p50", "ms", 2)
EVAL_P99 = Metric("eval of 1 + 1, p99", "ms", 2)
HEALTH = Metric("health while sessions run something, p99", "ms", 2)
STREAM = Metric("messages of a stream", "1/s", 0, more_is_better=True)
MEMORY = Metric("memory of a session (PSS)", "MB")

STEP = """
import itertools
_numbers = itertools.count(1)
def _step():
    number = next(_numbers)
    return {'result': number, 'done': number >= MESSAGES}
"""


def measure(figures: Figures, label: str, port: int, pid: int, options: argparse.Namespace) -> None:
    """All figures of one server."""
    first = Session(port)
    first.call("init", {})  # whatever is only made once
    inits = [init(port) for _ in range(options.repeats)]
    figures.add(INIT, label, statistics.median(inits))
    for p50, p99, path, body in (
        (EXEC_P50, EXEC_P99, "exec", {"id": "x", "code": "x = 1"}),
        (EVAL_P50, EVAL_P99, "eval", {"id": "x", "expr": "1 + 1"}),
    ):
        times = sorted(timed(first, path, body) for _ in range(options.calls))
        figures.add(p50, label, times[len(times) // 2])
        figures.add(p99, label, times[len(times) * 99 // 100])
    figures.add(STREAM, label, stream(first, options.messages))
    first.end()
    figures.add(HEALTH, label, busy(port, options.sessions))
    figures.add(MEMORY, label, memory(port, pid, options.sessions))


def timed(session: Session, path: str, body: object) -> float:
    """Milliseconds of one call."""
    began = time.perf_counter()
    session.call(path, body)
    return (time.perf_counter() - began) * 1000


def init(port: int) -> float:
    """Milliseconds until a new session is ready."""
    session = Session(port)
    took = timed(session, "init", {})
    session.end()
    return took


def stream(session: Session, messages: int) -> float:
    """Messages a second, from the start to the last one that was polled."""
    session.call("exec", {"id": "x", "code": STEP.replace("MESSAGES", str(messages))})
    began = time.perf_counter()
    session.call("stream/start", {"id": "s", "expr": "_step()"})
    count = 0
    while True:
        answer = session.call("stream/poll", {})
        count += sum(message["type"] == "stream-data" for message in answer["messages"])
        if answer["done"]:
            break
    if count != messages - 1:
        raise RuntimeError(f"{count} messages of {messages - 1}")
    return count / (time.perf_counter() - began)


def busy(port: int, count: int) -> float:
    """p99 of health in milliseconds while so many sessions sleep for 4 s in their code."""
    sessions = [Session(port) for _ in range(count)]
    for session in sessions:
        session.call("init", {})
    code = {"id": "x", "code": "import time; time.sleep(4)"}
    threads = [threading.Thread(target=s.call, args=("exec", code)) for s in sessions]
    for thread in threads:
        thread.start()
    time.sleep(0.5)  # they are in their sleep
    watcher = Session(port)
    end = time.monotonic() + 3
    times = []
    while time.monotonic() < end:
        began = time.perf_counter()
        watcher.call("health", method="GET")
        times.append((time.perf_counter() - began) * 1000)
    for thread in threads:
        thread.join()
    for session in sessions:
        session.end()
    return sorted(times)[len(times) * 99 // 100]


def memory(port: int, pid: int, count: int) -> float:
    """MB by which the server and all its processes grow with a session that is ready."""
    before = pss(pid)
    sessions = [Session(port) for _ in range(count)]
    for session in sessions:
        session.call("init", {})
    grown = pss(pid) - before
    for session in sessions:
        session.end()
    return grown / count / 1e6


def pss(pid: int) -> float:
    """Bytes of all processes of its runtime, shared ones in parts."""
    total = 0
    for process in processes(pid):
        try:
            total += process.memory_full_info().pss
        except psutil.Error:
            continue  # it ended meanwhile
    return total


def processes(pid: int) -> list[psutil.Process]:
    """The server's, also those whose parent is another one: they have its runtime directory."""
    root = psutil.Process(pid)
    runtime = root.environ().get("PENSTOCK_RUNTIME_DIR")
    found = {root.pid: root, **{p.pid: p for p in root.children(recursive=True)}}
    for process in psutil.process_iter():
        try:
            mine = process.uids().real == os.getuid()
            if mine and runtime and process.environ().get("PENSTOCK_RUNTIME_DIR") == runtime:
                found[process.pid] = process
                found.update({p.pid: p for p in process.children(recursive=True)})
        except psutil.Error:
            continue  # it ended, or is not ours to look at
    return list(found.values())


def parsed() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    here = Path(__file__).parents[2] / ".venv-pages/bin/python"
    parser.add_argument("--original", type=Path, default=here, help="Python that has pathview")
    parser.add_argument("--only", default="sessions,commands", help="parts to measure")
    parser.add_argument("--calls", type=int, default=2000, help="of exec and of eval")
    parser.add_argument("--repeats", type=int, default=10, help="of init")
    parser.add_argument("--sessions", type=int, default=50, help="that run something at once")
    parser.add_argument("--messages", type=int, default=20_000, help="of the stream")
    parser.add_argument("--ticks", type=int, default=200, help="writes that are timed")
    parser.add_argument("--lines", type=int, default=500_000, help="of a command")
    parser.add_argument("--viewers", type=int, default=500, help="of one command")
    parser.add_argument("--page", type=Path, help="Markdown file to write the tables to")
    return parser.parse_args()


def main() -> None:
    """Measures all, one after the other, and prints the tables."""
    options = parsed()
    about = machine.describe()
    tables: list[tuple[Figures, tuple[str, ...]]] = []
    with tempfile.TemporaryDirectory(prefix="pk-") as folder:
        make_cache(Path(folder))
        if "sessions" in options.only:
            tables.append((sessions(options, Path(folder)), LABELS))
        if "commands" in options.only:
            streamed = Figures()
            commands.measure(streamed, options, Path(folder, "c"))
            tables.append((streamed, commands.LABELS))
    for figures, labels in tables:
        print(figures.table(list(labels), labels[0]), end="\n\n")
    print(f"{about['cpu']}, {about['cores']} cores, load {about['load']:.1f}")
    RESULTS.mkdir(parents=True, exist_ok=True)
    stamp = datetime.now(timezone.utc).strftime("%Y%m%d-%H%M%S")
    found = {"machine": about, "figures": [figures.as_json() for figures, _ in tables]}
    (RESULTS / f"http-{stamp}.json").write_text(json.dumps(found, indent=1), encoding="utf-8")
    if options.page:
        options.page.write_text(page.text(tables, about, options), encoding="utf-8")


def sessions(options: argparse.Namespace, folder: Path) -> Figures:
    """The servers of sessions."""
    figures = Figures()
    for label in LABELS:
        progress(label)
        with running(label, folder / label, options.original) as (port, pid):
            measure(figures, label, port, pid, options)
    return figures


if __name__ == "__main__":
    main()
