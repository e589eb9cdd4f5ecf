"""`penstock.client`: environments, blocking and asynchronous."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from penstock.client import EnvironmentFailedError, RefusedError
from tests.support import wheels
from tests.support.served import Served, serving
from tests.support.waiting import eventually
from tests.v1.test_python_client import Make, make, portal

__all__ = ["make", "portal"]  # fixtures
pytestmark = pytest.mark.timeout(600)
MODULE = "penstock_tiny"


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with all wheels that the environments are made of."""
    return wheels.index(tmp_path_factory.mktemp("wheels"), MODULE, "1.0")


@pytest.fixture
def served(short_folder: Path, root: Path) -> Iterator[Served]:
    """A server that has no environments yet."""
    data = short_folder / f"client-{uuid4().hex[:8]}"
    with serving(f"--root-dir={root}", XDG_DATA_HOME=str(data)) as running:
        yield running


def test_an_environment_from_its_making_to_its_end(served: Served, make: Make, index: Path) -> None:
    sources = ["--no-index", f"--find-links {index}"]
    with make(served.url, served.token) as client:
        change = client.create_environment("mine", packages=[*sources, f"{MODULE}==1.0"])
        told = list(change.events())
        assert [event["seq"] for event in told] == list(range(len(told)))
        steps = [event["step"] for event in told if event["event"] == "step"]
        assert steps == ["python", "packages", "check", "switch"]
        made = change.wait()
        assert made == told[-1]["environment"]
        assert change.info()["state"] == "done"
        environment = client.environment("mine")
        assert environment.info()["state"] == "ready"
        assert [each["name"] for each in client.environments()] == ["mine"]
        with pytest.raises(RefusedError) as there:
            client.create_environment("mine", packages=sources)
        assert there.value.status == 409
        with client.start_session(environment="mine") as session:
            assert session.evaluate(f"__import__({MODULE!r}).VERSION") == "1.0"
            with pytest.raises(RefusedError):
                environment.remove()
        assert environment.sync().wait()["changed"] is False
        failing = client.create_environment("none", packages=[*sources, "no_such_package"])
        with pytest.raises(EnvironmentFailedError) as failed:
            failing.wait()
        assert failed.value.code == "environment"
        ended = environment.sync(rebuild=True)
        ended.cancel()
        with pytest.raises(EnvironmentFailedError) as cancelled:
            ended.wait()
        assert cancelled.value.code == "cancelled"
        assert ended.id in [each["id"] for each in environment.changes()]
        eventually(lambda: removed(environment), 20, "no kernel is in it")
        assert client.environments() == []


def removed(environment: Any) -> bool:
    """Whether it could be removed; its last kernel may not have ended yet."""
    try:
        environment.remove()
    except RefusedError as refused:
        if refused.status != 409:
            raise
        return False
    return True
