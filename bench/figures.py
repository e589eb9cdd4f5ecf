"""Samples, their medians, and the table that shows them."""

from __future__ import annotations

import statistics
import sys
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

Samples = dict[str, list[float]]
"""From a contestant's label to its samples, in the order in which they were taken."""


@dataclass(frozen=True)
class Metric:
    """One row: what was measured, its unit, and whether more of it is better."""

    name: str
    unit: str
    digits: int = 1
    more_is_better: bool = False

    @property
    def title(self) -> str:
        """Name and unit, if it has one."""
        return f"{self.name}, {self.unit}" if self.unit else self.name


@dataclass
class Figures:
    """All samples of a run."""

    rows: dict[Metric, Samples] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(list))
    )

    def add(self, metric: Metric, label: str, value: float) -> None:
        """Notes one sample."""
        self.rows[metric][label].append(value)

    def as_json(self) -> list[dict[str, Any]]:
        """Every row with its medians and samples."""
        return [
            {
                "metric": metric.name,
                "unit": metric.unit,
                "more_is_better": metric.more_is_better,
                "median": {label: statistics.median(values) for label, values in samples.items()},
                "samples": dict(samples),
            }
            for metric, samples in self.rows.items()
        ]

    def table(self, labels: list[str], reference: str) -> str:
        """Medians as text; beside each how many times better than the reference it is."""
        first = max([44, *(len(metric.title) + 1 for metric in self.rows)])
        wide = max(20, *(len(label) + 2 for label in labels))
        lines = [" " * first + "".join(f"{label:>{wide}}" for label in labels)]
        for metric, samples in self.rows.items():
            cells = [cell(metric, samples, label, reference) for label in labels]
            lines.append(f"{metric.title:<{first}}" + "".join(f"{text:>{wide}}" for text in cells))
        return "\n".join(lines)


def cell(metric: Metric, samples: Samples, label: str, reference: str) -> str:
    """One cell of the table."""
    if label not in samples:
        return "-"
    value = statistics.median(samples[label])
    text = f"{value:,.{metric.digits}f}"
    if label == reference or reference not in samples:
        return text
    base = statistics.median(samples[reference])
    if not value or not base:
        return text
    ratio = value / base if metric.more_is_better else base / value
    return f"{text} ({ratio:.2g}x)" if ratio < 10 else f"{text} ({ratio:.0f}x)"


def quantile(values: list[float], share: float) -> float:
    """The sample below which `share` of all lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def progress(what: str) -> None:
    """Tells on stderr what is measured now: some of it takes minutes."""
    print(what, file=sys.stderr, flush=True)
