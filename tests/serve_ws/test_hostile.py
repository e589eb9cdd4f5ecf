"""Nonsense, half-open connections, clients that do not read: nobody else notices."""

from __future__ import annotations

import contextlib
import json
import random
import socket
import struct
from collections import Counter
from pathlib import Path

import psutil

from tests.serve_ws import frames
from tests.serve_ws.client import Tab, parent, state, text
from tests.serve_ws.server import TOKEN, Server
from tests.support.waiting import eventually, seconds

FRAMES = 2_000
idle = state("idle")
FLOOD = 50_000_000
LINES = 20_000
SPARE_THREADS = 8
"""Of pools that may grow by themselves."""

HANDSHAKE = (
    "GET /api/kernels/{kernel}/channels HTTP/1.1\r\nHost: {host}\r\n"
    f"Authorization: token {TOKEN}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: c2l4dGVlbiBieXRlcyEhIQ==\r\n\r\n"
)


def nonsense(dice: random.Random, good: str | bytes) -> str | bytes:
    """A frame that is broken somewhere."""
    if isinstance(good, str):
        kind = dice.randrange(4)
        if kind == 0:
            return good[: dice.randrange(len(good))]
        if kind == 1:
            return json.dumps({"channel": dice.choice(["shell", "iopub", 3, None, {}])})
        if kind == 2:
            return json.dumps(dice.choice([None, [], 1, "x", {"header": []}, {"header": {}}]))
        return dice.randbytes(dice.randrange(60))
    broken = bytearray(good)
    for _ in range(dice.randrange(1, 4)):
        at = dice.randrange(min(64, len(broken) - 8))
        struct.pack_into("<Q", broken, at, dice.choice([0, 2**63, 2**64 - 1, dice.randrange(400)]))
    return bytes(broken[: dice.randrange(len(broken))]) if dice.random() < 0.5 else bytes(broken)


def kinds(process: psutil.Process) -> Counter[str]:
    """Open file descriptors by what they are, but for files: logs are opened as they are needed."""
    found: Counter[str] = Counter()
    for descriptor in Path(f"/proc/{process.pid}/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):  # closed while we look
            target = str(descriptor.readlink())
            if not target.startswith("/"):
                found[target.split(":")[0]] += 1
    return found


def test_malformed_frames_are_dropped_and_the_socket_lives(tab: Tab) -> None:
    dice = random.Random(20_261_121)
    request = tab.message("kernel_info_request", {})
    request["header"]["msg_type"] = "no_such_type"
    good = frames.encode(tab.protocol, request)
    for _ in range(FRAMES):
        tab.send_frame(nonsense(dice, good))
    assert tab.evaluate("6 * 7") == "42"


def test_text_and_binary_of_the_other_protocol(server: Server, kernel: str) -> None:
    with Tab(server, kernel) as tab:
        tab.send_frame(json.dumps(tab.message("kernel_info_request", {})))
        tab.send_frame("")
        tab.send_frame(b"")
        assert tab.evaluate("6 * 7") == "42"


def test_nothing_is_left_of_bad_connections(server: Server, kernel: str) -> None:
    dice = random.Random(7)
    with Tab(server, kernel) as tab:
        tab.run("pass")
    server.connections(kernel, 0)
    gateway = server.gateway()
    fds, threads = kinds(gateway), gateway.num_threads()
    host, port = server.host.split(":")
    whole = HANDSHAKE.format(kernel=kernel, host=server.host).encode()
    with contextlib.ExitStack() as open_ones:
        for n in range(300):
            tcp = socket.create_connection((host, int(port)), timeout=seconds(20))
            open_ones.callback(tcp.close)
            kind = n % 4
            if kind == 0:  # a handshake that is never finished
                tcp.sendall(whole[: dice.randrange(len(whole))])
            elif kind == 1:  # an upgrade, and half a frame
                tcp.sendall(whole + b"\x82\xff" + dice.randbytes(dice.randrange(20)))
            elif kind == 2:  # no HTTP at all
                tcp.sendall(dice.randbytes(200))
            else:  # closed by us in the middle
                tcp.sendall(whole)
                tcp.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                tcp.close()
        with Tab(server, kernel) as tab:
            assert tab.evaluate("6 * 7") == "42"
    server.connections(kernel, 0)
    eventually(lambda: not kinds(gateway) - fds, 40, "descriptors as before")
    eventually(lambda: gateway.num_threads() <= threads + SPARE_THREADS, 40, "threads as before")


def test_a_client_that_does_not_read_holds_up_nobody(server: Server, kernel: str) -> None:
    gateway = server.gateway()
    with Tab(server, kernel) as reader, Tab(server, kernel) as stuck:
        reader.run("pass")
        stuck.until(idle)
        before = gateway.memory_info().rss
        cell = reader.execute(
            f"for i in range({LINES}): print(i, flush=True)\n"
            f"for i in range({FLOOD // 10_000}): print('x' * 9_999)\n"
        )
        usage = reader.send("usage_request", {}, channel="control")
        found = reader.until(lambda m: m["channel"] == "shell")
        assert found[-1]["content"]["status"] == "ok"
        controlled = [m for m in found if m["channel"] == "control"]
        assert [parent(m) for m in controlled] == [usage], "answered while the cell runs"
        found += reader.until(lambda m: parent(m) == cell and idle(m))
        said = text(found)
        assert said[:-FLOOD].split() == [str(i) for i in range(LINES)]
        assert said[-FLOOD:] == ("x" * 9_999 + "\n") * (FLOOD // 10_000)
        print(f"gateway grew by {(gateway.memory_info().rss - before) >> 20} MiB")
        # What the other one had not read waits for it, in the log.
        assert text(stuck.until(lambda m: parent(m) == cell and idle(m))) == said
