"""The gateway's control socket, served by the test: behind each kernel is a real process that
sleeps.

For what clients do with answers. Everything that needs a kernel that computes is tested with the
real gateway.
"""

from __future__ import annotations

import json
import os
import signal
import socketserver
import subprocess
import threading
from pathlib import Path
from typing import Any

from penstock import surroundings

PORTS = ("shell_port", "iopub_port", "stdin_port", "control_port", "hb_port")


class StandInGateway:
    """Serves `directory`/gateway.sock in threads. `requests` are all that came; `fail` maps an
    operation to the error that it answers; `echoed` are the answers to `echo` before the last.
    """

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.requests: list[dict[str, Any]] = []
        self.fail: dict[str, dict[str, str]] = {}
        self.echoed: list[dict[str, Any]] = []
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.kernels: dict[str, dict[str, Any]] = {}
        self._ports = iter(range(2000, 9000))
        surroundings.write(str(directory))
        gateway = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                for line in self.rfile:
                    request = json.loads(line)
                    first = gateway.echoed if request["op"] == "echo" else []
                    try:
                        for answer in first:
                            self.wfile.write(json.dumps({"ok": True, **answer}).encode() + b"\n")
                        self.wfile.write(json.dumps(gateway.answer(request)).encode() + b"\n")
                    except BrokenPipeError:
                        return  # a launcher that was killed does not wait for its answer
                    except SystemExit:
                        return  # the gateway has left

        class Server(socketserver.ThreadingUnixStreamServer):
            daemon_threads = True
            request_queue_size = 64

        self._server = Server(str(directory / "gateway.sock"), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()

    def asked(self, op: str) -> list[dict[str, Any]]:
        return [request for request in self.requests if request["op"] == op]

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        self.requests.append(request)
        op = request["op"]
        if op in self.fail:
            return {"ok": False, "error": self.fail[op]}
        if "id" in request and request["id"] not in self.processes:
            error = {"code": "no-such-kernel", "message": "there is no kernel", "hint": ""}
            return {"ok": False, "error": error}
        return {"ok": True, **(getattr(self, f"on_{op}")(request) or {})}

    def on_ping(self, _request: dict[str, Any]) -> dict[str, Any]:
        return {"version": "0.1.0", "pid": os.getpid(), "keeper_pid": os.getpid()}

    def on_leave(self, _request: dict[str, Any]) -> None:
        """Ends before the answer is out, as a gateway may."""
        raise SystemExit

    def on_status(self, request: dict[str, Any]) -> dict[str, Any]:
        zygotes = [{"key": "k", "pid": 1, "python": "/p"}]
        kernels = {"kernels": len(self.kernels), "attached": 0}
        counts = {"uptime_s": 61, **kernels, "heap_mb": 9, "zygotes": zygotes}
        return {**self.on_ping(request), **counts}

    def on_guard(self, _request: dict[str, Any]) -> None:
        pass  # it is asked for nothing

    def on_start(self, request: dict[str, Any]) -> dict[str, Any]:
        session = f"session-{len(self.processes)}"
        process = subprocess.Popen(["/bin/sleep", "600"], start_new_session=True)
        self.processes[session] = process
        wanted = request["connection"]
        connection = {"ip": "127.0.0.1", "transport": "tcp", "key": "made", **wanted}
        connection.setdefault("signature_scheme", "hmac-sha256")
        for port in PORTS:
            connection[port] = int(connection.get(port) or next(self._ports))
        self.kernels[session] = {
            "id": session,
            "name": request["name"],
            "state": "idle",
            "worker_pid": process.pid,
            "start": "fork",
            "via": request["via"],
            "started": "2026-01-01T00:00:00Z",
            "cwd": request["cwd"],
            "connection_file": request["connection_file"],
            "attached": 0,
        }
        told = {"id": session, "start": "fork", "worker_pid": process.pid}
        return {**told, "connection": connection}

    def on_list(self, _request: dict[str, Any]) -> dict[str, Any]:
        return {"kernels": list(self.kernels.values())}

    def on_poll(self, request: dict[str, Any]) -> dict[str, Any]:
        return {"exit": self.processes[request["id"]].poll(), "cause": None}

    def on_wait(self, request: dict[str, Any]) -> dict[str, Any]:
        return {"exit": self.processes[request["id"]].wait(), "cause": None}

    def on_echo(self, request: dict[str, Any]) -> dict[str, Any]:
        self.processes[request["id"]].wait()
        return {"over": True}

    def on_signal(self, request: dict[str, Any]) -> None:
        if request["signal"] != signal.SIGINT:
            os.killpg(self.processes[request["id"]].pid, request["signal"])

    def on_stop(self, request: dict[str, Any]) -> dict[str, Any]:
        self.processes[request["id"]].kill()
        return self.on_wait(request)

    def on_release(self, request: dict[str, Any]) -> None:
        self.kernels.pop(request["id"], None)

    def on_output(self, request: dict[str, Any]) -> dict[str, Any]:
        entries = [
            {"seq": 4, "msg_type": "stream", "parent": "p", "content": {"text": "hello\n"}},
            {
                "seq": 5,
                "msg_type": "execute_result",
                "parent": "p",
                "content": {"data": {"text/plain": "42"}},
            },
        ]
        rest = [entry for entry in entries if entry["seq"] >= request["from"]]
        return {"entries": rest, "next": 6, "lost": 3 if request["from"] == 0 else 0}

    def close(self) -> None:
        """Ends the processes and stops listening: as if the gateway had been killed."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
        (self.directory / "gateway.sock").unlink(missing_ok=True)
        for process in self.processes.values():
            process.kill()
            process.wait()
