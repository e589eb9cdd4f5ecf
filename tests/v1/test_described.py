"""The OpenAPI document against a session that is there: every answer is one that it describes."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.support.served import Served
from tests.support.v1 import Session
from tests.support.waiting import seconds

EXAMPLES = 10
ENDS = {("DELETE", "/api/v1/sessions/{id}"), ("POST", "/api/v1/sessions")}
"""What would end the session, or start one after the other."""


@pytest.mark.parametrize("verb", ["GET", "POST", "PUT", "DELETE"])
def test_calls_about_a_session(server: Served, session: Session, verb: str) -> None:
    run = session.begin("print(1); 6 * 7")
    session.end(run)
    reply = session.call("POST", "/streams", {"expr": "{'done': True}"})
    known = {"id": session.id, "execution": run, "stream": reply.json["id"], "name": "_"}
    schema = schemathesis.openapi.from_dict(server.call("GET", "api/spec").json)
    asked = 0
    for found in schema.get_all_operations():
        assert isinstance(found, Ok), found
        operation = found.ok()
        told = (operation.method.upper(), operation.path)
        if told[1].startswith("/api/v1/sessions") and told[0] == verb and told not in ENDS:
            asked += 1
            ask_for_anything(operation, server, known)
    assert asked > 0
    assert session.value("6 * 7") == 42


def ask_for_anything(operation: Any, server: Served, known: dict[str, str]) -> None:
    """Calls it with what the document allows, about what is there."""

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
        for name in case.path_parameters:
            case.path_parameters[name] = known.get(name, case.path_parameters[name])
        reply = case.call(
            base_url=server.url,
            headers={"Authorization": f"token {server.token}"},
            allow_redirects=False,
            timeout=seconds(90),
        )
        assert reply.status_code < 500, reply.text
        case.validate_response(
            reply,
            checks=[status_code_conformance, content_type_conformance, response_schema_conformance],
        )

    ask()
