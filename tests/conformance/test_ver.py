"""Group VER: one version of the protocol, and features that are told as they are."""

from __future__ import annotations

import json
import re

import pytest

from tests.support import specs
from tests.support.kernel import Kernel
from tests.support.wire import Client

pytestmark = pytest.mark.beyond_reference

FEATURES = {"kernel subshells", "debugger"}


def spec() -> dict[str, object]:
    """The installed kernel.json."""
    text = (specs.installed() / "kernel.json").read_text(encoding="utf-8")
    return dict(json.loads(text))


def test_one_version_everywhere(client: Client) -> None:
    cell = client.execute("print(1)")
    versions = {m.header["version"] for m in [*cell.replies, *cell.iopub]}
    info = client.request("kernel_info_request").content
    version = info["protocol_version"]
    assert versions == {version}
    assert re.fullmatch(r"5\.[56]", version)
    assert spec()["kernel_protocol_version"] in (version, f"{version}.0")


def test_features_are_told_as_the_spec_names_them(client: Client) -> None:
    info = client.request("kernel_info_request").content
    assert set(info["supported_features"]) <= FEATURES
    assert info.get("debugger", False) is ("debugger" in info["supported_features"])


def test_kernel_json_tells_of_the_debugger_what_kernel_info_tells(client: Client) -> None:
    info = client.request("kernel_info_request").content
    metadata = spec()["metadata"]
    assert isinstance(metadata, dict)
    assert metadata["debugger"] is ("debugger" in info["supported_features"])


def test_unknown_types_and_fields_do_no_harm(client: Client, shared: Kernel) -> None:
    for channel in ("shell", "control", "stdin"):
        sent = client.send("no_such_request", {"a": 1}, channel=channel, header={"b": [{}]})
        client.settle()
        assert sent.replies == []
        assert sent.types == ([] if channel == "stdin" else ["busy", "idle"])
    known = client.send(
        "execute_request",
        {"code": "5", "unknown": {"x": 1}},
        metadata={"more": []},
        header={"odd": 1},
        parent={"odd": 1},
    ).finish()
    assert known.value == "5"
    shared.assert_healthy()
