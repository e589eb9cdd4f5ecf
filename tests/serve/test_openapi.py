"""The OpenAPI document: what it tells is what the server answers, and all of it (REST-19)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
import yaml
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.support.served import Served, serving
from tests.support.waiting import seconds

DOCUMENT = (
    Path(__file__).parents[2]
    / "kernel-gateway/src/main/resources/dev/penstock/gateway/openapi/openapi.json"
)
VERBS = {"get", "put", "post", "delete", "patch"}
EXAMPLES = 15


def operations(document: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    """All of them, by path and verb."""
    return {
        (path, verb): told
        for path, item in document["paths"].items()
        for verb, told in item.items()
        if verb in VERBS
    }


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server that can be asked for anything: it starts one kernel, and its folder is empty."""
    root = tmp_path_factory.mktemp("fuzzed")
    # To make environments is to ask package indexes, which are others'.
    options = ("--max-kernels=1", "--no-allow-environments")
    with serving(f"--root-dir={root}", *options) as running:
        yield running


def test_it_is_where_others_have_theirs(server: Served) -> None:
    document = server.call("GET", "api/spec").json
    assert document["openapi"].startswith("3.1.")
    assert server.call("GET", "api/swagger.json").json == document
    for path in ("api/swagger.yaml", "api/spec.yaml"):
        reply = server.call("GET", path)
        assert reply.headers["Content-Type"] == "text/x-yaml"
        assert yaml.safe_load(reply.body) == document
        assert server.call("GET", path, token=False).status == 403


def test_every_route_is_described_and_nothing_else(server: Served) -> None:
    served = operations(server.call("GET", "api/spec").json)
    missing = [name for name, told in served.items() if told["summary"] == "Not described"]
    assert not missing
    written = operations(json.loads(DOCUMENT.read_text(encoding="utf-8")))
    assert set(written) == set(served)


def test_it_names_the_base_of_the_server() -> None:
    with serving("--base-url=/deep/er", "--personality=kernel-gateway") as other:
        assert other.call("GET", "api/swagger.json").json["servers"] == [{"url": "/deep/er/"}]
        assert other.call("GET", "api/swagger.json", token=False).status == 401


def test_channels_that_are_asked_for_without_an_upgrade(server: Served, kernel: str) -> None:
    reply = server.call("GET", f"api/kernels/{kernel}/channels")
    assert reply.status == 400
    assert "WebSocket" in reply.error()
    assert server.call("GET", "api/kernels/a-b-c-d-e/channels").status == 404


@pytest.mark.parametrize("verb", sorted(VERBS))
def test_calls_of_all_kinds_are_answered_as_described(small: Served, verb: str) -> None:
    schema = schemathesis.openapi.from_dict(small.call("GET", "api/spec").json)
    asked = 0
    for found in schema.get_all_operations():
        assert isinstance(found, Ok), found
        operation = found.ok()
        if operation.method == verb:
            asked += 1
            ask_for_anything(operation, small)
    assert asked > 0


def ask_for_anything(operation: Any, server: Served) -> None:
    """Calls it with what the document allows."""

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def ask(case: Any) -> None:
        reply = case.call(
            base_url=server.url,
            headers={"Authorization": f"token {server.token}"},
            allow_redirects=False,
            timeout=seconds(30),
        )
        assert reply.status_code < 500 or is_meant(reply.json()["message"]), reply.text
        case.validate_response(
            reply,
            checks=[status_code_conformance, content_type_conformance, response_schema_conformance],
        )

    ask()


def is_meant(message: str) -> bool:
    """Whether a 5xx says what both peers say so: that there is no such kernelspec."""
    return "NoSuchKernel" in message or "kernel is not available" in message
