"""Who is measured, and how one of their kernels is started."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from jupyter_client.manager import KernelManager

from tests.support.kernel import Kernel
from tests.support.specs import KERNEL_NAMES


@dataclass(frozen=True)
class Contestant:
    """A kernel and a way to start it. `label` names its column in the table."""

    label: str
    via: str

    @property
    def is_penstock(self) -> bool:
        """Whether a gateway stands behind it."""
        return self.via != "reference"


CONTESTANTS = (
    Contestant("ipykernel", "reference"),
    Contestant("provisioner", "provisioner"),
    Contestant("argv", "launcher"),
)
REFERENCE = CONTESTANTS[0]
BOUND_WITHIN_S = 60


@dataclass(frozen=True)
class Started:
    """A kernel that has answered its first execute_request, `seconds` after it was asked for."""

    kernel: Kernel
    seconds: float


def seconds_until_bound(contestant: Contestant, env: dict[str, str]) -> float:
    """Starts a kernel and tells when its shell port takes connections; ends it at once.

    A ZeroMQ client that connects before then tries again only after 100 to 200 ms, so this is the
    part of an early client's wait that a kernel has in its hands.
    """
    os.environ.update(env)
    began = time.perf_counter()
    manager = KernelManager(kernel_name=KERNEL_NAMES[contestant.via])
    manager.start_kernel(env=env, stderr=subprocess.DEVNULL)
    try:
        while time.perf_counter() - began < BOUND_WITHIN_S:
            with socket.socket() as probe:
                if probe.connect_ex((manager.ip, manager.shell_port)) == 0:
                    return time.perf_counter() - began
            time.sleep(0.0005)
        raise TimeoutError(f"{contestant.label}: no shell socket within {BOUND_WITHIN_S} s")
    finally:
        manager.shutdown_kernel(now=True)


@contextmanager
def start(contestant: Contestant, env: dict[str, str]) -> Iterator[Started]:
    """Starts a kernel and times it until its first execute_reply; ends it politely.

    `env` is the kernel's environment, and this process takes it too: by its own environment the
    provisioner finds the gateway, or starts it. The request is sent at once, without
    jupyter_client's wait_for_ready: that waits 0.2 s by itself.
    """
    os.environ.update(env)
    began = time.perf_counter()
    manager = KernelManager(kernel_name=KERNEL_NAMES[contestant.via])
    manager.start_kernel(env=env, stderr=subprocess.DEVNULL)
    client = manager.blocking_client()
    try:
        client.start_channels(hb=False)
        request = client.execute("1 + 1")
        while client.get_shell_msg(timeout=120)["parent_header"].get("msg_id") != request:
            continue
        yield Started(Kernel(manager, client), time.perf_counter() - began)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=not manager.is_alive())
