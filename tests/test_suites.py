"""No test of a third-party suite that ipykernel passes fails on Penstock."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from tests.suites import run
from tests.suites.suite import SUITES

pytestmark = pytest.mark.beyond_reference


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("name", SUITES)
def test_suite_passes_as_on_ipykernel(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    suite = SUITES[name]
    suite.fetch()
    with ThreadPoolExecutor(len(run.WAYS)) as pool:  # they mostly wait
        results = list(pool.map(partial(run.run, suite), run.WAYS))
    runs = dict(zip(run.WAYS, results, strict=True))
    made = run.rounds(suite, runs)
    with capsys.disabled():
        print("", *(run.table(suite, each) for each in made), sep="\n")
    assert runs["reference"].count("passed") > 0
    assert run.lasting(made) == {}
