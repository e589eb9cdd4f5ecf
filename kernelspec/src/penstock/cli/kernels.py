"""`penstock kernel start|list|stop`."""

from __future__ import annotations

import argparse
import os
import sys
import uuid
from typing import Any

from .. import connection_file as files
from ..client.control import Control
from ..client.errors import GatewayError
from ..client.gateway import connect_gateway, start_kernel
from ..client.request import start_request
from ..envs.folders import existing
from ..kernelspec import NAME
from .printing import print_json, print_table

STOP_TIMEOUT = 30.0


def start(options: argparse.Namespace) -> int:
    """Starts a kernel that is not tied to this process and writes its connection file."""
    path = options.connection_file or files.default_path(f"kernel-{uuid.uuid4()}.json")
    path = os.path.abspath(path)
    cwd = os.path.abspath(options.cwd or os.getcwd())
    if not os.path.isdir(cwd):
        raise GatewayError("option", f"There is no directory {cwd}")
    request = start_request(
        name=NAME,
        via="cli",
        python=sys.executable,
        flags=[],
        args=options.args,
        env={**os.environ, **dict(options.env)},
        cwd=cwd,
        connection=_wanted(path),
        connection_file=path,
        independent=True,
        fresh=options.fresh,
        in_environment=existing(options.environment) if options.environment else None,
    )
    answer, directory = start_kernel(request)
    _write(path, answer, directory)
    if options.json:
        print_json(
            {
                "id": answer["id"],
                "connection_file": path,
                "worker_pid": answer["worker_pid"],
                "start": answer["start"],
            }
        )
    else:
        print(f"kernel {answer['id']}")
        print(f"connection file: {path}")
        print(f"to use it: jupyter console --existing {path}")
    return 0


def list_kernels(options: argparse.Namespace) -> int:
    """Prints the kernels of the gateway; none when none is running."""
    control = connect_gateway()
    kernels: list[dict[str, Any]] = []
    if control is not None:
        with control:
            kernels = control.request("list")["kernels"]
    if options.json:
        print_json(kernels)
    elif not kernels:
        print("no kernels")
    else:
        rows = [
            [
                k["id"],
                k["state"],
                str(k["worker_pid"]),
                str(k["attached"]),
                _start_path(k),
                k["via"],
                k["started"],
                k["cwd"],
            ]
            for k in kernels
        ]
        print_table(["ID", "STATE", "PID", "PAGES", "START", "VIA", "STARTED", "DIRECTORY"], rows)
    return 0


def _start_path(kernel: dict[str, Any]) -> str:
    """Fork, or fresh and why."""
    path = kernel["start"] or ""
    return f"{path} ({kernel['reason']})" if path == "fresh" else path


def stop(options: argparse.Namespace) -> int:
    """Ends the named kernels, or all."""
    if bool(options.ids) == options.all:
        raise GatewayError("option", "Name the kernels to stop, or --all")
    control = connect_gateway()
    if control is None:
        if options.all:
            return _stopped(options, [])
        raise GatewayError("no-such-kernel", "No gateway is running, so there is no kernel to stop")
    with control:
        kernels = control.request("list")["kernels"]
        chosen = kernels if options.all else [find(kernels, prefix) for prefix in options.ids]
        stopped = [_stop(control, kernel, options.now) for kernel in chosen]
    return _stopped(options, stopped)


def find(kernels: list[dict[str, Any]], prefix: str) -> dict[str, Any]:
    """The one kernel whose id begins so. Raises GatewayError unless there is exactly one."""
    found = [kernel for kernel in kernels if kernel["id"].startswith(prefix)]
    if len(found) == 1:
        return found[0]
    if found:
        raise GatewayError(
            "ambiguous",
            f"{len(found)} kernels have an id that begins with {prefix}",
            "give more of it",
        )
    raise GatewayError(
        "no-such-kernel", f"There is no kernel {prefix}", "see: penstock kernel list"
    )


def _wanted(path: str) -> dict[str, Any]:
    try:
        wanted = files.read(path) or {}
    except ValueError as error:
        raise GatewayError("connection-file", str(error)) from error
    if files.is_registration(wanted):
        raise GatewayError(
            "connection-file",
            f"{path} is a registration file, which belongs to the program that listens there",
            "start that kernel with: python -m penstock.launcher -f FILE",
        )
    return wanted


def _write(path: str, answer: dict[str, Any], directory: str) -> None:
    try:
        files.write(path, answer["connection"])
    except ValueError as error:
        # Nobody could reach this kernel: it must not stay.
        with Control(directory) as control:
            control.request("stop", timeout=STOP_TIMEOUT, id=answer["id"], now=True)
        raise GatewayError("connection-file", str(error)) from error


def _stop(control: Control, kernel: dict[str, Any], now: bool) -> dict[str, Any]:
    answer = control.request("stop", timeout=STOP_TIMEOUT, id=kernel["id"], now=now)
    control.request("release", id=kernel["id"])
    path = kernel.get("connection_file")
    if kernel["via"] == "cli" and path and os.path.exists(path):
        os.unlink(path)  # made by `start` above
    return {"id": kernel["id"], "exit": answer["exit"], "cause": answer["cause"]}


def _stopped(options: argparse.Namespace, stopped: list[dict[str, Any]]) -> int:
    if options.json:
        print_json(stopped)
    else:
        for kernel in stopped:
            print(f"kernel {kernel['id']} has ended")
        if not stopped:
            print("no kernels")
    return 0
