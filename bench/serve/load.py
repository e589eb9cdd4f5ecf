"""Many kernels at once, each asked at a fixed rate, whatever the answers do (an open loop)."""

from __future__ import annotations

import selectors
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field

import websocket

from bench.figures import Figures, Metric, progress, quantile
from bench.serve.contestants import Contestant, Running
from bench.serve.kernels import many
from bench.serve.tally import Tally
from tests.serve_ws import frames
from tests.serve_ws.client import Tab, parent

RATE = 10
"""Cells a second for each kernel."""
CODE = "print('hello')"
DRAIN_S = 30.0
"""How long late answers are waited for."""
UNIT = f"{RATE} executes a second each"


@dataclass
class Line:
    """A kernel's WebSocket, and the cells that are not done: when each was due, what came of it."""

    tab: Tab
    due: float
    open: dict[str, tuple[float, Tally]] = field(default_factory=dict)

    def send(self) -> None:
        """Sends the cell that is due."""
        cell = self.tab.execute(CODE)
        self.open[cell] = self.due, Tally(cell)
        self.due += 1 / RATE

    def read(self) -> float | None:
        """Reads one frame; seconds from when its cell was due, if the cell is done with it."""
        # Not Tab.next(): behind a ping it would wait for a message.
        opcode, data = self.tab.socket.recv_data(control_frame=True)
        if opcode != websocket.ABNF.OPCODE_BINARY:
            return None
        message = frames.decode(self.tab.protocol, data)
        cell = parent(message)
        if cell not in self.open:
            return None
        due, tally = self.open[cell]
        tally.note(message)
        if not (tally.done and tally.lines):
            return None
        del self.open[cell]
        return time.perf_counter() - due


def measure(
    figures: Figures, contestants: Sequence[Contestant], kernels: int, seconds: float
) -> None:
    """One server after the other, each with this number of kernels for so many seconds."""
    for contestant in contestants:
        progress(f"{contestant.label}: {kernels} kernels")
        with contestant.start() as running, ExitStack() as stack:
            before = running.pss_mb()
            tabs = [stack.enter_context(tab) for tab in many(running, contestant, kernels)]
            one(figures, contestant, running, tabs, seconds)
            name = f"memory per kernel, with {kernels}"
            each = (running.pss_mb() - before) / kernels
            figures.add(Metric(name, "MB PSS"), contestant.label, each)


def one(
    figures: Figures, contestant: Contestant, running: Running, tabs: list[Tab], seconds: float
) -> None:
    """Drives one server."""
    used, began = running.cpu_s(), time.perf_counter()
    lines = [Line(tab, began + n / RATE / len(tabs)) for n, tab in enumerate(tabs)]
    end = began + seconds
    answers = drive(lines, end)
    times = [taken for _, taken in answers]
    in_time = sum(1 for at, _ in answers if at <= end)
    lost = sum(len(line.open) for line in lines)
    cpu = (running.cpu_s() - used) / max(1, len(times))
    title = f"{len(tabs)} kernels, {UNIT}"
    for name, unit, value, digits in (
        (f"{title}: answered within the time", "1/s", in_time / seconds, 0),
        (f"  not answered {DRAIN_S:.0f} s later", "", lost, 0),
        ("  from due to done, median", "ms", quantile(times, 0.5) * 1000, 2),
        ("  from due to done, 99th percentile", "ms", quantile(times, 0.99) * 1000, 1),
        ("  processor time of the server per execute", "ms", cpu * 1000, 2),
    ):
        metric = Metric(name, unit, digits=digits, more_is_better=unit == "1/s")
        figures.add(metric, contestant.label, value)


def drive(lines: list[Line], end: float) -> list[tuple[float, float]]:
    """Sends what is due and reads what comes; of every cell that was done, when that was and how
    many seconds it took.
    """
    answers: list[tuple[float, float]] = []
    with selectors.DefaultSelector() as selector:
        for line in lines:
            selector.register(line.tab.socket.fileno(), selectors.EVENT_READ, line)
        while time.perf_counter() < end or (
            any(line.open for line in lines) and time.perf_counter() < end + DRAIN_S
        ):
            for line in lines:
                while line.due <= min(time.perf_counter(), end):
                    line.send()
            for key, _ in selector.select(timeout=0.001):
                taken = key.data.read()
                if taken is not None:
                    answers.append((time.perf_counter(), taken))
    return answers
