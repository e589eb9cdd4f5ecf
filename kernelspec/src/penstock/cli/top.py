"""`penstock top`: what a server's kernels do, as a table that stays up to date."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import time
import urllib.error
import urllib.request
from typing import Any

from ..client.errors import GatewayError
from ..client.gateway import connect_gateway
from .printing import print_json, print_table, table_lines
from .status import NOT_RUNNING, duration, not_running

ANSWER_TIMEOUT = 15.0
MIB = 1 << 20
HOME_AND_CLEAR = "\x1b[H\x1b[J"

HEADINGS = ["KERNEL", "NAME", "STATE", "CPU", "MEMORY", "CELLS", "CONN", "IDLE", "RUNS"]


def top(options: argparse.Namespace) -> int:
    """Shows the table until Ctrl-C; once when nobody watches: into a pipe, --once, --json."""
    if not options.url:
        return _resident(options)
    once = options.once or options.json or not sys.stdout.isatty()
    while True:
        report = _report(options)
        if options.json:
            print_json(report)
        else:
            text = "\n".join(_lines(report))
            print(text if once else HOME_AND_CLEAR + text, flush=True)
        if once:
            return 0
        time.sleep(options.interval)


def _report(options: argparse.Namespace) -> dict[str, Any]:
    url = options.url if options.url.endswith("/") else options.url + "/"
    token = options.token if options.token is not None else os.environ.get("PENSTOCK_TOKEN", "")
    headers = {"Authorization": f"token {token}"} if token else {}
    try:
        request = urllib.request.Request(url + "api/penstock/status", headers=headers)
        with urllib.request.urlopen(request, timeout=ANSWER_TIMEOUT) as answer:
            return dict(json.load(answer))
    except urllib.error.HTTPError as error:
        raise _refused(url, error) from error
    except (OSError, ValueError) as error:  # nobody there, no URL, or an answer of something else
        reason = getattr(error, "reason", error)
        raise GatewayError(
            "server", f"No Penstock server answers at {url}: {reason}", "see `penstock serve`"
        ) from error


def _refused(url: str, error: urllib.error.HTTPError) -> GatewayError:
    if error.code not in (401, 403):
        return GatewayError("server", f"{url} answers {error.code}: is it a Penstock server?")
    try:
        message = str(json.load(error)["message"])
    except (ValueError, KeyError, TypeError):  # another server's page
        message = ""
    if not message or message.startswith(("Forbidden", "Unauthorized")):
        return GatewayError(
            "token", f"{url} wants its token", "set $PENSTOCK_TOKEN to it, or give --token"
        )
    return GatewayError("server", message)


def _lines(report: dict[str, Any]) -> list[str]:
    kernels = sorted(report["kernels"], key=lambda kernel: -kernel["cpu_percent"])
    busy = sum(kernel["running"] is not None for kernel in kernels)
    head = (
        f"penstock  up {duration(report['uptime_s'])}  kernels {len(kernels)}  busy {busy}"
        f"  gateway heap {report['heap_bytes'] // MIB} MiB"
    )
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    rows = [_row(kernel) for kernel in kernels]
    table = table_lines(HEADINGS, rows) if rows else ["no kernels"]
    return [line[:width] for line in [head, "", *table]]


def _row(kernel: dict[str, Any]) -> list[str]:
    running = kernel["running"]
    return [
        kernel["id"][:8],
        kernel["name"],
        kernel["state"],
        f"{kernel['cpu_percent']:.0f}%",
        f"{kernel['memory_bytes'] // MIB} MiB",
        str(kernel["executions"]),
        str(kernel["connections"]),
        "" if running else duration(kernel["idle_s"]),
        f"{duration(running['for_s'])}  {_printable(running['line'])}" if running else "",
    ]


def _printable(text: str) -> str:
    """Code cannot move the terminal's cursor."""
    return "".join(char if char.isprintable() else " " for char in text)


def _resident(options: argparse.Namespace) -> int:
    """The kernels of the resident gateway, which measures nothing until it is asked by a client."""
    control = connect_gateway()
    if control is None:
        return not_running(options, NOT_RUNNING)
    with control:
        kernels = control.request("list")["kernels"]
    if options.json:
        print_json({"kernels": kernels})
    elif kernels:
        rows = [
            [k["id"][:8], k["name"], k["state"], str(k["worker_pid"]), k["cwd"]] for k in kernels
        ]
        print_table(["KERNEL", "NAME", "STATE", "PROCESS", "DIRECTORY"], rows)
    else:
        print("no kernels")
    return 0
