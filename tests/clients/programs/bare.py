"""A Jupyter client of nothing but pyzmq and the standard library. `bare.py CONNECTION_FILE`, then
one JSON object per line: see ../driven.py.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import sys
import time
import uuid
from pathlib import Path
from typing import Any

import zmq

DELIMITER = b"<IDS|MSG>"
PATIENCE = 60_000  # ms


class Bare:
    """The five sockets of one kernel."""

    def __init__(self, connection: dict[str, Any]) -> None:
        self.connection = connection
        self.key = connection["key"].encode()
        self.session = uuid.uuid4().hex
        self.context = zmq.Context()
        self.poller = zmq.Poller()
        identity = uuid.uuid4().bytes
        self.sockets = {
            name: self._connected(name, kind, identity)
            for name, kind in (
                ("shell", zmq.DEALER),
                ("control", zmq.DEALER),
                ("stdin", zmq.DEALER),
                ("iopub", zmq.SUB),
            )
        }
        self.receive({"iopub"})  # iopub_welcome (JEP 65): from here on nothing is missed

    def _connected(self, name: str, kind: int, identity: bytes = b"") -> zmq.Socket[bytes]:
        socket = self.context.socket(kind)
        socket.linger = 0
        if kind == zmq.DEALER:
            socket.identity = identity
        if kind == zmq.SUB:
            socket.subscribe(b"")
            socket.rcvhwm = 0
        port = self.connection[f"{name}_port"]
        socket.connect(f"{self.connection['transport']}://{self.connection['ip']}:{port}")
        if kind != zmq.REQ:
            self.poller.register(socket, zmq.POLLIN)
        return socket

    def send(
        self,
        name: str,
        msg_type: str,
        content: dict[str, Any],
        parent: dict[str, Any] | None = None,
    ) -> str:
        """Signs and sends a message; returns its msg_id."""
        header = {
            "msg_id": uuid.uuid4().hex,
            "session": self.session,
            "username": "bare",
            "date": "2026-01-01T00:00:00.000000Z",
            "msg_type": msg_type,
            "version": "5.5",
        }
        parts = [json.dumps(part).encode() for part in (header, parent or {}, {}, content)]
        self.sockets[name].send_multipart([DELIMITER, self._signature(parts), *parts])
        return str(header["msg_id"])

    def _signature(self, parts: list[bytes]) -> bytes:
        return hmac.new(self.key, b"".join(parts), hashlib.sha256).hexdigest().encode()

    def receive(self, names: set[str]) -> tuple[str, dict[str, Any]]:
        """The next message of one of these channels: the channel and the message."""
        while True:
            ready = dict(self.poller.poll(PATIENCE))
            if not ready:
                raise TimeoutError(f"nothing on {names} within {PATIENCE} ms")
            for name in names:
                if self.sockets[name] in ready:
                    frames = self.sockets[name].recv_multipart()
                    start = frames.index(DELIMITER)
                    parts = frames[start + 2 : start + 6]
                    if not hmac.compare_digest(frames[start + 1], self._signature(parts)):
                        raise ValueError(f"a message on {name} is not signed by the kernel")
                    keys = ("header", "parent_header", "metadata", "content")
                    return name, dict(zip(keys, map(json.loads, parts), strict=True))

    def run(self, code: str, answer: str = "", interrupt_at: str = "") -> dict[str, Any]:
        """Runs a cell to its end; answers its questions, interrupts it at a text on stdout."""
        content = {
            "code": code,
            "silent": False,
            "store_history": True,
            "user_expressions": {},
            "allow_stdin": True,
            "stop_on_error": True,
        }
        asked = self.send("shell", "execute_request", content)
        seen: dict[str, Any] = {
            "stdout": "", "stderr": "", "result": "", "images": [], "error": "", "traceback": "",
        }  # fmt: skip
        replied = idle = False
        while not (replied and idle):
            name, message = self.receive({"shell", "iopub", "stdin"})
            if message["parent_header"].get("msg_id") != asked:
                continue
            if name == "stdin":
                self.send("stdin", "input_reply", {"value": answer}, message["header"])
            elif name == "shell":
                replied = True
            else:
                idle = idle or message["content"].get("execution_state") == "idle"
                note(seen, message["header"]["msg_type"], message["content"])
            if interrupt_at and interrupt_at in seen["stdout"]:
                interrupt_at = ""
                self.ask("control", "interrupt_request", {})
        return seen

    def ask(self, name: str, msg_type: str, content: dict[str, Any]) -> dict[str, Any]:
        """The content of the reply to a request."""
        asked = self.send(name, msg_type, content)
        while True:
            _, message = self.receive({name})
            if message["parent_header"].get("msg_id") == asked:
                reply: dict[str, Any] = message["content"]
                return reply

    def beats(self, patience: int) -> bool:
        """Whether the heartbeat comes back within `patience` milliseconds."""
        heart = self._connected("hb", zmq.REQ)
        heart.send(b"ping")
        beating = bool(heart.poll(patience)) and heart.recv() == b"ping"
        heart.close()
        return beating

    def death(self, code: str) -> dict[str, Any]:
        """Runs code that ends the kernel; what the channels tell then."""
        alive = self.beats(PATIENCE)
        self.send("shell", "execute_request", {"code": code, "silent": False, "allow_stdin": False})
        end = time.monotonic() + PATIENCE / 1000
        while time.monotonic() < end:
            if not self.beats(1000):
                return {"text": f"heartbeat: {str(alive).lower()}, then none"}
            time.sleep(0.05)
        return {"text": "the heart beats on"}

    def obey(self, order: dict[str, Any]) -> dict[str, Any]:
        """Carries out one order."""
        code = order["code"]
        if order["do"] == "run":
            return self.run(code, order["answer"], order["interrupt_at"])
        if order["do"] == "death":
            return self.death(code)
        content = {"code": code, "cursor_pos": len(code), "detail_level": 0}
        if order["do"] == "complete":
            reply = self.ask("shell", "complete_request", content)
            return {"text": " ".join(reply["matches"])}
        return {"text": self.ask("shell", "inspect_request", content)["data"]["text/plain"]}


def note(seen: dict[str, Any], msg_type: str, content: dict[str, Any]) -> None:
    """Adds an iopub message to what was seen of a cell."""
    if msg_type == "stream":
        seen[content["name"]] += content["text"]
    elif msg_type == "execute_result":
        seen["result"] += content["data"]["text/plain"]
    elif msg_type == "display_data" and "image/png" in content["data"]:
        seen["images"].append(content["data"]["image/png"])
    elif msg_type == "error":
        seen["error"] = content["ename"]
        seen["traceback"] = "\n".join(content["traceback"])


def main() -> None:
    """Obeys until stdin ends."""
    client = Bare(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))
    for line in sys.stdin:
        print(json.dumps(client.obey(json.loads(line))), flush=True)
    client.context.destroy(linger=0)


if __name__ == "__main__":
    main()
