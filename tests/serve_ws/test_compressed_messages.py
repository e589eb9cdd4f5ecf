"""Messages to a client that offers permessage-deflate (RFC 7692), as all browsers do."""

from __future__ import annotations

import asyncio
import json
import random
from typing import Any

import pytest
from tornado.httpclient import HTTPRequest
from tornado.websocket import websocket_connect

from tests.serve_ws.server import TOKEN, Server
from tests.support.waiting import seconds

SEED = 20_261_121
LARGEST = 64 << 20
PRINT = f"import random\nprint(random.Random({SEED}).randbytes({{size}}).hex())"


async def printed(url: str, code: str) -> str:
    """What a cell prints, through a WebSocket with compression."""
    request = HTTPRequest(url, headers={"Authorization": f"token {TOKEN}"})
    socket = await websocket_connect(request, compression_options={}, max_message_size=LARGEST)
    assert socket.headers is not None
    assert "permessage-deflate" in socket.headers["Sec-WebSocket-Extensions"]
    header = {"msg_id": "cell", "session": "s", "username": "u", "msg_type": "execute_request"}
    content = {"code": code, "silent": False, "allow_stdin": False}
    cell: dict[str, Any] = {"channel": "shell", "header": header, "content": content}
    await socket.write_message(json.dumps({**cell, "parent_header": {}, "metadata": {}}))
    said = ""
    while True:
        text = await socket.read_message()
        assert text is not None, "the server closed the WebSocket"
        message = json.loads(text)
        said += message["content"].get("text", "")
        if (
            message["parent_header"].get("msg_id") == "cell"
            and message["content"].get("execution_state") == "idle"
        ):
            socket.close()
            return said


@pytest.mark.parametrize("size", [2_000, 5_000, 50_000, 4_000_000])
def test_what_hardly_compresses_comes_whole(server: Server, kernel: str, size: int) -> None:
    url = f"{server.url}api/kernels/{kernel}/channels".replace("http", "ws", 1)
    within = asyncio.wait_for(printed(url, PRINT.format(size=size)), seconds(60))
    assert asyncio.run(within) == random.Random(SEED).randbytes(size).hex() + "\n"
