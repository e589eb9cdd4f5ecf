"""docs/conformance.md names tests that exist, and leaves no demand without a word."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "conformance.md"
ROW = re.compile(
    r"\| (?P<item>[A-Z]+-\d\d) \| (?P<level>[MSB, ]+) \| (?P<demand>.+?) \| (?P<shown>.*) \|"
)
PYTHON = re.compile(r"`((?:kernelspec/)?tests/[\w/]+\.py)::(\w+)`")
JAVA = re.compile(r"`(protocol|kernel-gateway)/(\w+)#(\w+)`")
GROUPS = (
    "VER",
    "CONN",
    "WIRE",
    "SOCK",
    "IOP",
    "SH",
    "CTL",
    "IN",
    "OUT",
    "SPEC",
    "LIFE",
    "WS",
    "REST",
    "NBH",
)


def rows() -> list[re.Match[str]]:
    """The rows of all tables."""
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    items = [line for line in lines if re.match(r"\| [A-Z]+-", line)]
    found = [ROW.fullmatch(line) for line in items]
    assert None not in found, [line for line, row in zip(items, found, strict=True) if row is None]
    return [row for row in found if row is not None]


@cache
def python_names(file: str) -> frozenset[str]:
    """Functions and classes of a test file; none when it is not there."""
    path = ROOT / file
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    return frozenset(re.findall(r"^(?:async )?(?:def|class) (\w+)", text, re.MULTILINE))


@cache
def java_names(module: str, name: str) -> frozenset[str]:
    """Test methods of a Java class; none when it is not there."""
    files = list((ROOT / module / "src" / "test").rglob(f"{name}.java"))
    text = "".join(file.read_text(encoding="utf-8") for file in files)
    return frozenset(re.findall(r"^  (?:public )?(?:void|boolean) (\w+)\(", text, re.MULTILINE))


@pytest.mark.parametrize("row", rows(), ids=lambda row: row["item"])
def test_the_named_tests_exist(row: re.Match[str]) -> None:
    for file, name in PYTHON.findall(row["shown"]):
        assert name in python_names(file), f"{file} has no {name}"
    for module, name, method in JAVA.findall(row["shown"]):
        assert method in java_names(module, name), f"{name} in {module} has no {method}"
    named = row["shown"].count("`tests/") + row["shown"].count("`kernelspec/tests/")
    assert named == len(PYTHON.findall(row["shown"])), "a name that cannot be read"


@pytest.mark.parametrize("row", rows(), ids=lambda row: row["item"])
def test_a_demand_has_a_test_or_a_reason(row: re.Match[str]) -> None:
    named = PYTHON.findall(row["shown"]) + JAVA.findall(row["shown"])
    if row["level"].startswith("M"):
        assert named, "what clients break without is shown by a test"
    assert row["shown"].strip()


def test_every_group_is_there_and_items_stand_once() -> None:
    items = [row["item"] for row in rows()]
    assert len(set(items)) == len(items)
    assert [*dict.fromkeys(item.partition("-")[0] for item in items)] == list(GROUPS)
