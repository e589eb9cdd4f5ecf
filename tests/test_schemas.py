"""Our kernel.json and connection files are what JEP 105 and JEP 106 (and 145) lay down."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from penstock.kernelspec import kernel_json
from tests.support import specs
from tests.support.gateway import Gateway
from tests.support.kernel import started
from tests.support.schemas import CONNECTION_FILE, KERNEL_JSON


def check(document: Any, schema: dict[str, Any]) -> None:
    """Fails with the first thing that is wrong."""
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema).validate(document)


@pytest.mark.parametrize("provisioner", [True, False])
def test_kernel_json(provisioner: bool) -> None:
    check(json.loads((specs.installed() / "kernel.json").read_text()), KERNEL_JSON)
    made = kernel_json(provisioner=provisioner, env={"A": "b"}, profile="p", display_name="Mine")
    check(made, KERNEL_JSON)


@pytest.mark.parametrize("encryption", ["disabled", "required"])
def test_connection_file(via: str, encryption: str) -> None:
    with started(via, transport_encryption=encryption) as kernel:
        written = json.loads(Path(kernel.manager.connection_file).read_text())
    check(written, CONNECTION_FILE)
    assert ("curve_publickey" in written) is (encryption == "required")


def test_connection_file_of_the_command(gateway: Gateway) -> None:
    started_kernel = gateway.ask("kernel", "start")
    try:
        check(json.loads(Path(started_kernel["connection_file"]).read_text()), CONNECTION_FILE)
    finally:
        gateway.ask("kernel", "stop", started_kernel["id"])


@pytest.mark.parametrize("broken", [{"shell_port": 0}, {"iopub_port": 1.5}, {"transport": "udp"}])
def test_the_check_can_fail(broken: dict[str, Any]) -> None:
    ports = dict.fromkeys(("shell_port", "control_port", "stdin_port", "hb_port", "iopub_port"), 1)
    good = {"transport": "tcp", "ip": "::1", "signature_scheme": "hmac-sha256", "key": "", **ports}
    check(good, CONNECTION_FILE)
    with pytest.raises(jsonschema.ValidationError):
        check({**good, **broken}, CONNECTION_FILE)
