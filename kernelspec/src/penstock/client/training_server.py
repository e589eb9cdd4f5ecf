"""Uses a server as its clients do, for the AOT cache (see `penstock.client.training`)."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import uuid
from collections.abc import Awaitable, Callable
from typing import Any

from tornado.httpclient import AsyncHTTPClient
from tornado.websocket import WebSocketClientConnection, websocket_connect

CELLS = (
    "1 + 1",
    "print('a line'); import sys; print('another', file=sys.stderr)",
    "import os; os.system('echo from a child'); None",
    "from IPython.display import HTML, display; display(HTML('<b>bold</b>'))",
    "for i in range(20): print(i, flush=True)",
    "1 / 0",
    "pass",
)

ROUNDS = 3
CALLS = 300
"""Of each kind over plain HTTP: the cache has profiles of what is called so often (JEP 515)."""
TIMEOUT = 60.0

Call = Callable[..., Awaitable[Any]]
"""Method, path and body of a request; the answer's JSON."""


def use_server(wait_for_end: Callable[[str], None]) -> None:
    """Starts a server, uses it and ends it; `wait_for_end` waits for the end of the gateway in a
    directory.
    """
    command = [sys.executable, "-m", "penstock.cli", "serve", "--port", "0", "--json"]
    command += ["--allow-commands", '[["echo", "*"]]']
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        try:
            told = json.loads(b"".join(iter(process.stdout.readline, b"}\n")) + b"}")
            asyncio.run(asyncio.wait_for(_use(told["url"], told["token"]), TIMEOUT))
        finally:
            process.terminate()
        wait_for_end(told["directory"])


async def _use(url: str, token: str) -> None:
    http = AsyncHTTPClient()
    headers = {"Authorization": f"token {token}", "Content-Type": "application/json"}

    async def call(method: str, path: str, body: str | None = None) -> Any:
        answer = await http.fetch(url + path, method=method, headers=headers, body=body)
        return json.loads(answer.body) if answer.body else None

    for path in ("api", "api/status", "api/kernelspecs", "api/sessions", "api/contents"):
        await call("GET", path)
    for name in ("penstock", None):
        kernel = (await call("POST", "api/kernels", json.dumps({"name": name})))["id"]
        channels = (
            f"ws{url[4:]}api/kernels/{kernel}/channels?token={token}&session_id={uuid.uuid4()}"
        )
        socket = await websocket_connect(channels)
        for _ in range(ROUNDS):
            for code in CELLS:
                await _execute(socket, code)
        socket.close()
        await call("GET", "api/kernels")
        await call("DELETE", f"api/kernels/{kernel}")
    await _use_sessions(call)


async def _use_sessions(call: Call) -> None:
    session = "api/v1/sessions/" + (await call("POST", "api/v1/sessions", "{}"))["id"]
    for code in CELLS:
        order = json.dumps({"code": code, "wait_s": TIMEOUT})
        execution = (await call("POST", f"{session}/executions", order))["id"]
        await call("GET", f"{session}/executions/{execution}/outputs")
    for n in range(CALLS):
        for mode in ("exec", "eval"):
            order = json.dumps({"code": f"{n} + 1", "mode": mode, "wait_s": TIMEOUT})
            await call("POST", f"{session}/executions", order)
    method = {"jsonrpc": "2.0", "id": 1, "method": "evaluate", "params": {"expr": "1 + 1"}}
    await call("POST", "rpc", json.dumps(method))
    await call("DELETE", session)
    await call("POST", "api/v1/commands", json.dumps({"argv": ["echo", "a"], "id": "echo"}))
    await call("GET", "api/v1/commands/echo/output?wait_s=1")
    await call("DELETE", "api/v1/commands/echo")


async def _execute(socket: WebSocketClientConnection, code: str) -> None:
    header = {
        "msg_id": uuid.uuid4().hex,
        "session": "training",
        "username": "",
        "date": "2026-01-01T00:00:00Z",
        "msg_type": "execute_request",
        "version": "5.4",
    }
    content = {
        "code": code,
        "silent": False,
        "store_history": False,
        "user_expressions": {},
        "allow_stdin": False,
        "stop_on_error": False,
    }
    request = {"channel": "shell", "header": header, "parent_header": {}, "metadata": {}}
    await socket.write_message(json.dumps({**request, "content": content}))
    while True:
        text = await socket.read_message()
        if text is None:
            raise ConnectionError("the server closed the WebSocket")
        message = json.loads(text)
        if (
            message["parent_header"].get("msg_id") == header["msg_id"]
            and message["msg_type"] == "status"
            and message["content"]["execution_state"] == "idle"
        ):
            return
