"""Debug requests on the control lane."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import psutil
from testing_gateway import TIMEOUT, Gateway, Worker

from penstock.worker.frames import TO_GATEWAY, Frame, FrameDecoder, FrameType, encode

HEADER = {"msg_id": "d", "msg_type": "debug_request", "session": "client"}


class ControlLane:
    """The control lane of a worker, for debug requests."""

    def __init__(self, worker: Worker) -> None:
        self._socket = worker.control
        self._socket.settimeout(TIMEOUT)
        self._decoder = FrameDecoder(TO_GATEWAY)
        self._frames: list[Frame] = []
        self._number = 0

    def send(self, content: bytes) -> None:
        """Send a debug_request."""
        self._number += 1
        parts = [json.dumps(HEADER).encode(), b"{}", b"{}", content]
        self._socket.sendall(encode(Frame(FrameType.REQUEST, 1, self._number, 0, parts)))

    def frame(self, kind: FrameType) -> Frame:
        """The next frame of that type."""
        while True:
            while self._frames:
                frame = self._frames.pop(0)
                assert frame.marker == 0, "the control lane has no order with the others"
                if frame.type is kind:
                    return frame
            data = self._socket.recv(1 << 16)
            assert data, "the worker closed its control lane"
            self._decoder.feed(data)
            self._frames += self._decoder.frames()

    def ask(self, command: Any, **arguments: Any) -> dict[str, Any]:
        """The content of the reply to a request."""
        content = {"type": "request", "seq": 9, "command": command, "arguments": arguments}
        self.send(json.dumps(content).encode())
        return self.reply()

    def reply(self) -> dict[str, Any]:
        """The content of the reply to the request sent last."""
        frame = self.frame(FrameType.REPLY)
        assert frame.number == self._number
        kind, metadata, content = map(bytes, frame.parts)
        assert (kind, metadata) == (b"debug_reply", b"{}")
        return dict(json.loads(content))

    def event(self, name: str) -> dict[str, Any]:
        """The content of the next event of that name."""
        while True:
            kind, topic, parent, _, content = map(bytes, self.frame(FrameType.PUBLISH).parts)
            assert kind == b"debug_event"
            assert topic.startswith(b"kernel.")
            assert topic.endswith(b".debug_event")
            assert json.loads(parent) == HEADER
            event = dict(json.loads(content))
            if event["event"] == name:
                return event


def test_a_request_passes_a_busy_main_thread(worker: Worker) -> None:
    msg_id = worker.start("print('in', flush=True)\nwhile True: pass")
    worker.until_text("in")
    answer = ControlLane(worker).ask("debugInfo")
    assert answer["success"]
    assert answer["request_seq"] == 9
    assert answer["body"]["tmpFilePrefix"].endswith(f"ipykernel_{worker.pid}/")
    worker.interrupt()
    assert worker.result(msg_id).reply["ename"] == "KeyboardInterrupt"
    assert worker.shutdown() == 0


def test_a_worker_that_is_not_debugged_pays_nothing(forked: Worker) -> None:
    code = "import sys, threading; [t.name for t in threading.enumerate() if 'debug' in t.name]"
    assert forked.execute(code).value == "[]"
    ControlLane(forked).ask("debugInfo")
    assert forked.execute(code).value == "['penstock-debugger']"
    assert (
        forked.execute("[n for n in sys.modules if 'pydev' in n or n == 'debugpy']").value == "[]"
    )


def test_nonsense_is_answered(forked: Worker) -> None:
    lane = ControlLane(forked)
    for content in (b"{", b"[]", b"{}", b'{"command": [], "seq": "x"}', b'{"command": "attach"}'):
        lane.send(content)
        answer = lane.reply()
        assert answer["success"] is False
        assert answer["message"]
    assert forked.execute("1").value == "1"


def test_a_folder_that_somebody_else_made_is_not_used(gateway: Gateway, tmp_path: Path) -> None:
    worker = gateway.start("fork", env={**gateway.env, "TMPDIR": str(tmp_path)})
    (tmp_path / f"ipykernel_{worker.pid}").write_text("not a folder")
    answer = ControlLane(worker).ask("initialize", adapterID="")
    assert answer["success"] is False
    assert "TMPDIR" in answer["message"]


def test_the_loss_of_the_adapter_is_told(forked: Worker) -> None:
    lane = ControlLane(forked)
    assert lane.ask("initialize", adapterID="")["success"]
    lane.send(b'{"seq": 1, "command": "attach", "type": "request"}')
    lane.event("initialized")
    assert lane.reply()["success"]
    port = forked.execute(
        "import debugpy.server.api as api; int(api._adapter_process.args[3])"
    ).value
    processes = psutil.process_iter(["cmdline"])
    (adapter,) = [process for process in processes if port in (process.info["cmdline"] or [])]
    adapter.kill()
    lane.event("terminated")
    assert lane.ask("debugInfo")["body"]["isStarted"] is False
    answer = lane.ask("initialize", adapterID="")
    assert answer["success"] is False
    assert "restart the kernel" in answer["message"]
    assert forked.execute("1").value == "1"
