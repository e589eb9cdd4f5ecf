"""`penstock kernel logs`: what the logs say about one kernel, or what the kernel itself put out."""

from __future__ import annotations

import argparse
import json
import os
from typing import Any

from ..client.control import Control
from ..client.errors import GatewayError
from ..client.gateway import connect_gateway, directory
from .kernels import find
from .printing import print_json

FILES = ("gateway.log.1", "gateway.log", "keeper.log.1", "keeper.log")
PAGE = 1000
SHORTEST_ID = 8
"""A kernel that is forgotten is not in the list any more; so many characters are needed to look it
up in the logs.
"""


def logs(options: argparse.Namespace) -> int:
    """Prints the log lines of one kernel, or its output."""
    if options.output:
        return _output(options)
    identity = _identity(options.id)
    lines = _lines(directory(), identity)
    if options.json:
        print_json([json.loads(line) for line in lines])
    else:
        print("\n".join(lines) if lines else f"the logs say nothing about kernel {identity}")
    return 0


def _identity(prefix: str) -> str:
    control = connect_gateway()
    kernels = []
    if control is not None:
        with control:
            kernels = control.request("list")["kernels"]
    try:
        return str(find(kernels, prefix)["id"])
    except GatewayError:
        if len(prefix) < SHORTEST_ID:
            raise
        return prefix


def _lines(folder: str, identity: str) -> list[str]:
    found: list[str] = []
    for name in FILES:
        try:
            with open(os.path.join(folder, name), encoding="utf-8", errors="replace") as file:
                found += [line.rstrip("\n") for line in file if identity in line]
        except FileNotFoundError:
            continue  # it has not been needed yet
    return found


def _output(options: argparse.Namespace) -> int:
    control = connect_gateway()
    if control is None:
        raise GatewayError(
            "no-such-kernel", "No gateway is running, and output is kept only while it is"
        )
    with control:
        entries, lost = _entries(
            control, find(control.request("list")["kernels"], options.id)["id"]
        )
    if options.json:
        print_json({"entries": entries, "lost": lost})
        return 0
    if lost:
        print(f"[{lost} older messages are gone]")
    for entry in entries:
        print(as_text(entry), end="")
    return 0


def _entries(control: Control, identity: str) -> tuple[list[dict[str, Any]], int]:
    entries: list[dict[str, Any]] = []
    position, lost = 0, 0
    while True:
        # "from" is a word of Python's
        answer = control.request("output", id=identity, limit=PAGE, **{"from": position})
        lost += answer["lost"]
        entries += answer["entries"]
        if not answer["entries"] or answer["next"] <= position:
            return entries, lost
        position = answer["next"]


def as_text(entry: dict[str, Any]) -> str:
    """What a terminal shows for one message; "" for those without text."""
    content = entry["content"]
    match entry["msg_type"]:
        case "stream":
            return str(content["text"])
        case "execute_result" | "display_data":
            return str(content["data"].get("text/plain", "")) + "\n"
        case "error":
            return "\n".join(content["traceback"]) + "\n"
        case _:
            return ""
