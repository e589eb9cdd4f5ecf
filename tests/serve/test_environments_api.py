"""Python environments over HTTP: made, followed, cancelled, used by kernels, removed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.support import wheels
from tests.support.environments import (
    EVENTS,
    PATH,
    begun,
    finished,
    followed,
    job_path,
    lines,
)
from tests.support.served import Served, serving
from tests.support.v1 import Session, text
from tests.support.waiting import eventually

pytestmark = [pytest.mark.beyond_reference, pytest.mark.timeout(600)]

MODULE = "penstock_tiny"


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with all wheels that the environments are made of."""
    return wheels.index(tmp_path_factory.mktemp("wheels"), MODULE, "1.0", "2.0")


@pytest.fixture(scope="module")
def data(short_folder: Path, root: Path) -> Path:
    """Where the environments are."""
    return short_folder / "served-xdg" / "penstock" / "envs"


@pytest.fixture(scope="module")
def server(data: Path, root: Path) -> Iterator[Served]:
    """A server that has no environments yet."""
    with serving(f"--root-dir={root}", XDG_DATA_HOME=str(data.parents[1])) as running:
        yield running


@pytest.fixture(scope="module")
def plain(server: Served, index: Path) -> Iterator[dict[str, Any]]:
    """An environment `plain` with version 1.0 of the package, and its kernelspec."""
    reply = server.call("POST", PATH, {"name": "plain", **sources(index, "1.0")})
    made = finished(server, reply)
    spec = server.call("POST", f"{PATH}/plain/kernelspec", {"display_name": "Plain"})
    assert spec.status == 201, spec
    assert spec.json["name"] == "penstock-plain"
    yield made
    removed(server, "plain")
    assert "penstock-plain" not in server.call("GET", "api/kernelspecs").json["kernelspecs"]


def sources(index: Path, *versions: str) -> dict[str, Any]:
    """The list of an environment with a version of the package, from the index alone."""
    own = [f"{MODULE}=={version}" for version in versions]
    return {"packages": ["--no-index", f"--find-links {index}", *own]}


def endless(index: Path, folder: Path) -> tuple[dict[str, Any], Path]:
    """A list whose installation does not end, and where its process writes that it has begun."""
    marker = folder / "building"
    wheels.endless(folder / "source", marker)
    packages = [*sources(index)["packages"], str(folder / "source")]
    return {"packages": packages}, marker


def builder(marker: Path) -> psutil.Process:
    """The process that builds the package without an end."""
    eventually(marker.exists, 120, "the package is being built")
    return psutil.Process(int(marker.read_text()))


def removed(server: Served, name: str) -> None:
    """Removes an environment as soon as its last kernel has ended."""
    there = f"{PATH}/{name}"
    eventually(lambda: server.call("DELETE", there).status == 204, 20, "no kernel is in it")


def version_in(server: Served, kernel: str) -> str:
    """What a kernel imports."""
    session = Session(server, kernel)
    done = session.run(f"import {MODULE}; print({MODULE}.VERSION)")
    return text(session.outputs(done["id"])["entries"]).strip()


def test_an_environment_is_made_and_told(server: Served, plain: dict[str, Any]) -> None:
    job, *_ = server.call("GET", f"{PATH}/plain/jobs").json
    assert (job["action"], job["state"], job["error"]) == ("create", "done", None)
    assert job["result"] == plain
    assert job["started"] < job["ended"]
    assert server.call("GET", f"{PATH}/plain/jobs/{job['id']}").json == job
    told = followed(server, job)
    assert [event["seq"] for event in told] == list(range(job["next"]))
    assert told[0]["event"] == "begin"
    steps = [event["step"] for event in told if event["event"] == "step"]
    assert steps == ["python", "packages", "check", "switch"]
    shown = server.call("GET", f"{PATH}/plain").json
    assert shown.items() >= {"name": "plain", "state": "ready"}.items()
    assert shown["name"] in [found["name"] for found in server.call("GET", PATH).json]


def test_its_kernels_start_without_a_restart_of_the_server(
    server: Served, plain: dict[str, Any]
) -> None:
    shown = server.call("GET", "api/kernelspecs").json["kernelspecs"]
    assert shown["penstock-plain"]["spec"]["display_name"] == "Plain"
    kernel = server.kernel(name="penstock-plain")
    assert version_in(server, kernel) == "1.0"
    assert server.call("DELETE", f"api/kernels/{kernel}").status == 204


def test_a_kernel_of_an_environment_without_a_kernelspec(server: Served, index: Path) -> None:
    finished(server, server.call("PUT", f"{PATH}/bare", sources(index, "1.0")))
    kernel = server.kernel(environment="bare")
    assert server.call("GET", f"api/kernels/{kernel}").json["name"] == "penstock-bare"
    assert version_in(server, kernel) == "1.0"
    session = Session.start(server, environment="bare")
    assert version_in(server, session.id) == "1.0"
    session.delete()
    assert server.call("DELETE", f"{PATH}/bare").json["code"] == "in-use"
    finished(server, server.call("PUT", f"{PATH}/bare", sources(index, "2.0")))
    assert version_in(server, kernel) == "1.0"
    assert server.call("POST", f"api/kernels/{kernel}/restart").status == 200
    assert version_in(server, kernel) == "2.0", "a restart is a new start"
    again = server.call("POST", f"{PATH}/bare/sync", {})
    assert again.status == 200
    assert again.json["state"] == "done"
    assert again.json["result"]["changed"] is False
    assert server.call("DELETE", f"api/kernels/{kernel}").status == 204
    removed(server, "bare")
    assert server.call("GET", f"{PATH}/bare").status == 404
    reply = server.call("POST", "api/kernels", {"environment": "bare"})
    assert (reply.status, reply.error()) == (404, "There is no environment bare")
    assert server.call("POST", "api/kernels", {"environment": "x", "name": "y"}).status == 400


def test_events_go_on_where_a_browser_was(server: Served, plain: dict[str, Any]) -> None:
    job, *_ = server.call("GET", f"{PATH}/plain/jobs").json
    last = job["next"] - 1
    connection, read = lines(server, job, EVENTS, **{"Last-Event-ID": "1"})
    try:
        said = list(read)
    finally:
        connection.close()
    ids = [int(line.removeprefix("id: ")) for line in said if line.startswith("id: ")]
    assert ids == list(range(2, last + 1))
    assert said[-2] == f'data: {{"next":{last + 1}}}'
    path = f"{job_path(job)}/events"
    over = server.call("GET", path, Accept=EVENTS, Last_Event_ID=str(last))
    assert over.status == 204, "it comes no more"
    whole = server.call("GET", f"{path}?from=2").json
    assert [event["seq"] for event in whole["entries"]] == ids
    assert server.call("GET", f"{path}?from=x").status == 400


def test_a_change_goes_on_without_its_client_and_can_be_cancelled(
    server: Served, plain: dict[str, Any], index: Path, tmp_path: Path
) -> None:
    wanted, marker = endless(index, tmp_path)
    job = begun(server.call("POST", f"{PATH}/plain/sync", wanted))
    connection, read = lines(server, job)
    assert json.loads(next(read))["event"] == "begin"
    connection.close()
    process = builder(marker)
    assert server.call("GET", job_path(job)).json["state"] == "running"
    other = server.call("POST", f"{PATH}/plain/sync", {"rebuild": True})
    assert (other.status, other.json["code"]) == (409, "busy")
    assert process.is_running()
    cancelled = server.call("DELETE", job_path(job))
    assert cancelled.status == 202
    assert cancelled.json["state"] in ("cancelling", "cancelled")
    assert followed(server, job)[-1]["error"]["code"] == "cancelled"
    assert server.call("GET", job_path(job)).json["state"] == "cancelled"
    process.wait(20)
    assert server.call("DELETE", job_path(job)).status == 200, "there is nothing more to end"
    assert server.call("POST", f"{PATH}/plain/sync").json["result"]["changed"] is False


def test_a_change_that_fails_tells_why(server: Served, plain: dict[str, Any], index: Path) -> None:
    job = begun(server.call("POST", f"{PATH}/plain/sync", sources(index, "9.0")))
    last = followed(server, job)[-1]
    assert last["event"] == "error"
    assert "==9.0" in last["error"]["message"]
    after = server.call("GET", job_path(job)).json
    assert (after["state"], after["error"]) == ("failed", last["error"])
    assert server.call("GET", f"{PATH}/plain").json["state"] == "ready"


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("POST", "", {"name": "plain"}, 409, "exists"),
        ("POST", "", {"name": "../up"}, 400, "option"),
        ("POST", "", {"name": "half \ud800"}, 400, "option"),
        ("PUT", "/new", {"pakages": []}, 400, "option"),
        ("PUT", "/new", {"packages": ["-r other.txt"]}, 400, "option"),
        ("PUT", "/new", {"python": "./python"}, 400, "option"),
        ("POST", "/new/sync", {}, 404, "no-such-environment"),
        ("POST", "/new/kernelspec", {}, 404, "no-such-environment"),
        ("DELETE", "/new", None, 404, "no-such-environment"),
        ("GET", "/new", None, 404, "no-such-environment"),
        ("GET", "/Big", None, 400, "option"),
    ],
)
def test_what_cannot_be_done_is_told_at_once(
    server: Served,
    plain: dict[str, Any],
    method: str,
    path: str,
    body: object,
    status: int,
    code: str,
) -> None:
    reply = server.call(method, PATH + path, body)
    assert (reply.status, reply.json.get("code")) == (status, code), reply
    assert server.call("GET", f"{PATH}/new/jobs").json == [], "nothing was begun"


def test_calls_without_a_name_or_job(server: Served) -> None:
    assert "name is missing" in server.call("POST", PATH, {}).error()
    for method, path in (("GET", ""), ("DELETE", ""), ("GET", "/events")):
        assert server.call(method, f"{PATH}/plain/jobs/none{path}").status == 404


def test_a_server_ends_what_it_began(index: Path, root: Path, tmp_path: Path) -> None:
    wanted, marker = endless(index, tmp_path)
    with serving(f"--root-dir={root}", XDG_DATA_HOME=str(tmp_path / "xdg")) as other:
        begun(other.call("PUT", f"{PATH}/ending", wanted))
        process = builder(marker)
        assert other.end()[0] == 0
        process.wait(20)
    builds = tmp_path / "xdg" / "penstock" / "envs" / "ending" / "builds"
    assert list(builds.iterdir()) == [], "what was begun is gone"


def test_a_server_that_is_killed_leaves_no_installer(
    index: Path, root: Path, tmp_path: Path
) -> None:
    wanted, marker = endless(index, tmp_path)
    with serving(f"--root-dir={root}", XDG_DATA_HOME=str(tmp_path / "xdg")) as other:
        begun(other.call("PUT", f"{PATH}/ending", wanted))
        process = builder(marker)
        psutil.Process(other.gateway()).kill()
        process.wait(20)
        other.ended()


def test_only_who_may(server: Served, root: Path, tmp_path: Path) -> None:
    assert server.call("GET", PATH, token=False).status == 403
    assert server.call("POST", PATH, {"name": "new"}, token=False).status == 403
    data = str(tmp_path / "xdg")
    with serving(f"--root-dir={root}", "--no-allow-environments", XDG_DATA_HOME=data) as other:
        assert other.call("GET", PATH).json == []
        for method, path in (
            ("POST", ""),
            ("PUT", "/new"),
            ("DELETE", "/new"),
            ("POST", "/new/sync"),
            ("POST", "/new/kernelspec"),
            ("DELETE", "/new/jobs/none"),
        ):
            reply = other.call(method, PATH + path, {"name": "new"})
            assert reply.status == 403
            assert "--no-allow-environments" in reply.error()
    assert not (tmp_path / "xdg").exists()
