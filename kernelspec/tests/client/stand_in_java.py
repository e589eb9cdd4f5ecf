"""Stands in for `java -jar penstock.jar`: says hello to the keeper, answers on gateway.sock,
trains.

STAND_IN_JAVA says how it misbehaves.
"""

from __future__ import annotations

import json
import os
import socketserver
import sys
import threading
from pathlib import Path
from socket import AF_UNIX, socket


def main() -> None:
    """Runs what the last words of the command line ask for."""
    mode = os.environ.get("PENSTOCK_STAND_IN", "")
    if sys.argv[-1] == "train":
        train(mode)
    elif mode == "refuses":
        sys.exit("Unrecognized option: -XX:+Nonsense")
    else:
        serve(Path(sys.argv[-1]))


def train(mode: str) -> None:
    """Writes the cache, or fails."""
    (output,) = (word for word in sys.argv if word.startswith("-XX:AOTCacheOutput="))
    path = Path(output.partition("=")[2])
    with path.with_name("runs").open("a") as runs:
        runs.write("x")
    if mode == "training-fails":
        sys.exit("out of luck")
    path.write_bytes(b"cache")


def serve(directory: Path) -> None:
    """Is the gateway until it is told to leave."""
    (directory / "gateway.sock").unlink(missing_ok=True)
    keeper = socket(AF_UNIX)
    keeper.connect(str(directory / "keeper.sock"))
    left = threading.Event()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            for line in self.rfile:
                op = json.loads(line)["op"]
                answer = {
                    "ok": True,
                    "version": "0",
                    "pid": os.getpid(),
                    "keeper_pid": os.getppid(),
                }
                self.wfile.write(json.dumps(answer).encode() + b"\n")
                if op == "leave":
                    left.set()

    server = socketserver.ThreadingUnixStreamServer(str(directory / "gateway.sock"), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    keeper.sendall(b'{"op": "hello", "id": 1, "version": 1}\n')
    with (directory / "gateways").open("a") as gateways:
        gateways.write(f"{os.getpid()}\n")
    threading.Thread(target=lambda: (keeper.recv(1 << 20), left.wait()), daemon=True).start()
    left.wait()
    keeper.sendall(b'{"op": "leave", "id": 2}\n')
    os._exit(0)


main()
