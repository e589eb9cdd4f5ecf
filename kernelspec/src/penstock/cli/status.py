"""`penstock status`, `penstock gateway stop`, `penstock --version`."""

from __future__ import annotations

import argparse
import time

from .. import __version__
from ..client.errors import GatewayError
from ..client.gateway import connect_gateway
from ..procstat import start_time
from .printing import print_json

NOT_RUNNING = 3
"""Exit code of commands that ask a gateway when none is running."""

LEAVE_TIMEOUT = 20.0


def version(options: argparse.Namespace) -> int:
    """Prints the version of this package."""
    if options.json:
        print_json({"version": __version__})
    else:
        print(f"penstock {__version__}")
    return 0


def status(options: argparse.Namespace) -> int:
    """Prints what the gateway does; `NOT_RUNNING` when there is none."""
    control = connect_gateway()
    if control is None:
        return not_running(options)
    with control:
        answer = control.request("status")
    del answer["ok"]
    if options.json:
        print_json({"running": True, **answer, "directory": control.directory})
        return 0
    up = duration(answer["uptime_s"])
    print(f"gateway {answer['version']} runs as process {answer['pid']} for {up}")
    print(f"  keeper      process {answer['keeper_pid']}")
    print(f"  kernels     {answer['kernels']}")
    print(f"  pages       {answer['attached']}")
    for zygote in answer["zygotes"]:
        print(f"  zygote      process {zygote['pid']} ({zygote['python']})")
    print(f"  heap        {answer['heap_mb']} MB")
    print(f"  directory   {control.directory}")
    return 0


def stop_gateway(options: argparse.Namespace) -> int:
    """Ends the gateway and returns when its processes are gone."""
    control = connect_gateway()
    if control is None:
        return not_running(options, code=0)
    with control:
        about = control.request("ping")
        control.leave(LEAVE_TIMEOUT)
    _wait_gone([about["keeper_pid"], about["pid"]])
    if options.json:
        print_json({"running": False})
    else:
        print("the gateway has ended")
    return 0


def _wait_gone(pids: list[int]) -> None:
    known = {pid: start_time(pid) for pid in pids}
    deadline = time.monotonic() + LEAVE_TIMEOUT
    while any(start is not None and start_time(pid) == start for pid, start in known.items()):
        if time.monotonic() > deadline:
            names = ", ".join(map(str, pids))
            raise GatewayError(
                "timeout", f"The gateway does not end (processes {names})", f"run: kill {names}"
            )
        time.sleep(0.02)


def not_running(options: argparse.Namespace, code: int = NOT_RUNNING) -> int:
    """Says so; `code` is what the command then ends with."""
    if options.json:
        print_json({"running": False})
    else:
        print("no gateway is running; the first kernel starts it")
    return code


def duration(seconds: float) -> str:
    """A time in its two largest units."""
    minutes, seconds = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return (
        f"{hours} h {minutes} min"
        if hours
        else f"{minutes} min {seconds} s"
        if minutes
        else f"{seconds} s"
    )
