"""Per-test results out of a JUnit XML report."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

NOT_PASSED = {"failure": "failed", "error": "failed", "skipped": "skipped"}


@dataclass(frozen=True)
class Results:
    """Outcome (`passed`, `failed`, `skipped`) of each test by name, the time of the whole run in
    seconds, and how many kernels the gateway started for it (none for ipykernel).
    """

    outcomes: dict[str, str]
    seconds: float
    kernels: int

    def count(self, outcome: str) -> int:
        """How many tests had this outcome."""
        return Counter(self.outcomes.values())[outcome]

    def regressions_from(self, reference: Results) -> list[str]:
        """Names of the tests that passed there and did not pass here."""
        passed = [name for name, outcome in reference.outcomes.items() if outcome == "passed"]
        return sorted(name for name in passed if self.outcomes.get(name) != "passed")


def read(report: Path, kernels: int) -> Results:
    """Reads the report that `pytest --junitxml` wrote of a run with that many kernels of ours."""
    root = ET.parse(report).getroot()
    outcomes: dict[str, str] = {}
    for case in root.iter("testcase"):
        kinds = [NOT_PASSED[child.tag] for child in case if child.tag in NOT_PASSED]
        outcomes[f"{case.get('classname')}::{case.get('name')}"] = kinds[0] if kinds else "passed"
    suite = root if root.tag == "testsuite" else root[0]
    return Results(outcomes, float(suite.get("time", "0")), kernels)
