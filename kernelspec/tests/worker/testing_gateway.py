"""The gateway's end of the worker link, for tests: real sockets, FIFOs and processes.

It speaks ``docs/worker-link.md`` on its own (it shares the frame codec only) and plays the keeper
of ``docs/local-sockets.md`` for one zygote.
"""

from __future__ import annotations

import ctypes
import itertools
import json
import os
import secrets
import select
import signal
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from penstock.worker.frames import TO_GATEWAY, Frame, FrameDecoder, FrameType, encode

TIMEOUT = 20.0
#: Code for a worker's first cell: however slow the machine is, it ends politely or not at all.
PATIENT = "import penstock.worker.ending as _e; _e._LEAVE = _e._CLEAN = 20"
_MAGIC = b"\0PSK"
_MARKER = 28


def be_subreaper(yes: bool) -> None:
    """Whether orphaned grandchildren of this process become its children, as they do of the keeper.

    A worker that is forked needs it.
    """
    ctypes.CDLL(None).prctl(36, int(yes), 0, 0, 0)


@dataclass
class Message:
    """A message of the worker's, or (type ``lane``) bytes that came between two messages."""

    type: str
    content: dict[str, Any]
    parent: dict[str, Any] = field(default_factory=dict)
    metadata: dict[str, Any] = field(default_factory=dict)
    topic: bytes = b""
    buffers: list[bytes] = field(default_factory=list)
    marker: int = 0


@dataclass
class Result:
    """What one request gave: its reply and the messages before it, in order."""

    type: str
    reply: dict[str, Any]
    metadata: dict[str, Any]
    flags: int
    messages: list[Message]
    msg_id: str

    def of(self, *types: str) -> list[Message]:
        """The messages of these types."""
        return [m for m in self.messages if m.type in types]

    def text(self, name: str = "stdout") -> str:
        """All text of one stream."""
        return "".join(m.content["text"] for m in self.of("stream") if m.content["name"] == name)

    def all_text(self) -> str:
        """Text of both streams and both lanes in the order of delivery."""
        return "".join(m.content["text"] for m in self.of("stream", "lane"))

    @property
    def value(self) -> str:
        """The text/plain of the result."""
        (message,) = self.of("execute_result")
        return str(message.content["data"]["text/plain"])


class Lane:
    """One FIFO, cut at its markers."""

    def __init__(self, path: Path, nonce: bytes) -> None:
        os.mkfifo(path, 0o600)
        self.fd = os.open(path, os.O_RDWR | os.O_NONBLOCK)
        self._prefix = _MAGIC + nonce
        self._buffer = b""

    def read(self) -> bool:
        """Take what is there; False when nothing was."""
        try:
            data = os.read(self.fd, 1 << 16)
        except BlockingIOError:
            return False
        self._buffer += data
        return bool(data)

    def until(self, marker: int) -> bytes:
        """What was written before ``marker``; waits for it."""
        deadline = time.monotonic() + TIMEOUT
        taken = b""
        while True:
            at = self._buffer.find(self._prefix)
            if at >= 0 and len(self._buffer) >= at + _MARKER:
                taken += self._buffer[:at]
                (number,) = struct.unpack(">Q", self._buffer[at + 20 : at + _MARKER])
                self._buffer = self._buffer[at + _MARKER :]
                if number >= marker:
                    assert number == marker
                    return taken
            elif not self.read():
                assert time.monotonic() < deadline, f"marker {marker} did not come"
                select.select([self.fd], [], [], 0.5)

    def rest(self) -> bytes:
        """What is there now, without markers."""
        while self.read():
            continue
        data, self._buffer = self._buffer, b""
        while (at := data.find(self._prefix)) >= 0:
            data = data[:at] + data[at + _MARKER :]
        return data


class Worker:
    """One worker process and its link."""

    def __init__(self, pid: int, data: socket.socket, control: socket.socket, hello: dict) -> None:
        self.pid = pid
        self.data = data
        self.control = control
        self.hello = hello
        self.lanes: tuple[Lane, Lane]
        self.number = 0
        #: Number of the last reply that was taken: each request tells it.
        self.seen = 0
        self.exit: int | None = None
        self.decoder = FrameDecoder(TO_GATEWAY)
        self._frames: list[Frame] = []

    def send(self, msg_type: str, content: Any, *, control: bool = False, **more: Any) -> str:
        """Send a request; its msg_id."""
        self.number += 1
        msg_id = more.pop("msg_id", None) or secrets.token_hex(8)
        header = {
            "msg_id": msg_id,
            "session": "client",
            "username": "user",
            "date": "2026-01-01T00:00:00.000000Z",
            "msg_type": msg_type,
            "version": "5.5",
            **more.pop("header", {}),
        }
        parts = [json.dumps(p).encode() for p in (header, {}, more.pop("metadata", {}), content)]
        parts += more.pop("buffers", [])
        assert not more
        frame = Frame(FrameType.REQUEST, int(control), self.number, self.seen, parts)
        self.data.sendall(encode(frame))
        return msg_id

    def request(self, msg_type: str, content: Any, **more: Any) -> Result:
        """Send a request and collect everything up to its reply."""
        return self.result(self.send(msg_type, content, **more))

    def execute(self, code: str, **content: Any) -> Result:
        """Run ``code``."""
        more = {k: content.pop(k) for k in ("metadata", "header", "msg_id") if k in content}
        return self.request("execute_request", {"code": code, **content}, **more)

    def start(self, code: str, **content: Any) -> str:
        """Send code and do not wait."""
        return self.send("execute_request", {"code": code, **content})

    def result(self, msg_id: str, stdin: Any = None) -> Result:
        """Collect up to the reply of the current request; ``stdin(content)`` answers input."""
        messages: list[Message] = []
        for message in self.messages():
            if message.type == "reply":
                assert message.content["number"] == self.number
                return Result(
                    message.content["msg_type"],
                    message.content["content"],
                    message.metadata,
                    message.content["flags"],
                    messages,
                    msg_id,
                )
            if message.type == "input_request" and stdin is not None:
                self.answer(stdin(message.content))
            messages.append(message)
        raise AssertionError("link ended before the reply")

    def until(self, predicate: Any) -> list[Message]:
        """The messages up to the first that satisfies ``predicate``."""
        messages = []
        for message in self.messages():
            messages.append(message)
            if predicate(message):
                return messages
        raise AssertionError("link ended")

    def until_text(self, text: str) -> None:
        """Wait until a stream message holds ``text``."""
        self.until(lambda m: m.type == "stream" and text in m.content["text"])

    def answer(self, value: str, number: int | None = None) -> None:
        """Send an INPUT_REPLY."""
        number = self.number if number is None else number
        part = json.dumps({"status": "ok", "value": value}).encode()
        self.data.sendall(encode(Frame(FrameType.INPUT_REPLY, 0, number, 0, [part])))

    def messages(self) -> Iterator[Message]:
        """What the worker sends, lanes in their place, until the link ends."""
        while (frame := self.frame()) is not None:
            if frame.marker:
                for name, lane in zip(("stdout", "stderr"), self.lanes, strict=False):
                    if data := lane.until(frame.marker):
                        text = data.decode(errors="replace")
                        yield Message("lane", {"name": name, "text": text})
            if frame.type is FrameType.REPLY:
                self.seen = frame.number
            yield _message(frame)

    def take_replies(self, count: int) -> list[Message]:
        """The next replies, whatever comes between them."""
        replies = (message for message in self.messages() if message.type == "reply")
        return list(itertools.islice(replies, count))

    def frame(self) -> Frame | None:
        """The next frame, None at the end of the link."""
        deadline = time.monotonic() + TIMEOUT
        while not self._frames:
            assert time.monotonic() < deadline, "worker sends nothing"
            if select.select([self.data], [], [], 1.0)[0]:
                try:
                    data = self.data.recv(1 << 20)
                except ConnectionError:
                    return None
                if not data:
                    return None
                self.decoder.feed(data)
                self._frames = list(self.decoder.frames())
        return self._frames.pop(0)

    def interrupt(self) -> None:
        """SIGINT to the worker's group, as the keeper does."""
        os.killpg(self.pid, signal.SIGINT)

    def shutdown(self) -> int:
        """Ask it to end; its exit code."""
        part = [b'{"restart": false}']
        self.control.sendall(encode(Frame(FrameType.SHUTDOWN, 0, 0, 0, part)))
        return self.wait()

    def wait(self, timeout: float = TIMEOUT) -> int:
        """The exit code, or minus the signal."""
        deadline = time.monotonic() + timeout
        while self.exit is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.exit = os.waitstatus_to_exitcode(status)
                break
            assert time.monotonic() < deadline, "worker does not end"
            time.sleep(0.005)
        return self.exit

    def close(self) -> None:
        """End it whatever it does."""
        if self.exit is None:
            try:
                os.killpg(self.pid, signal.SIGKILL)
            except ProcessLookupError:
                os.kill(self.pid, signal.SIGKILL)
            self.wait()
        for closing in (self.data, self.control):
            closing.close()
        for lane in self.lanes:
            os.close(lane.fd)


def _message(frame: Frame) -> Message:
    if frame.type is FrameType.PUBLISH:
        kind, topic, parent, metadata, content, *buffers = map(bytes, frame.parts)
        return Message(
            kind.decode(),
            json.loads(content),
            json.loads(parent),
            json.loads(metadata),
            topic,
            buffers,
            frame.marker,
        )
    if frame.type is FrameType.INPUT_REQUEST:
        parent, metadata, content = map(bytes, frame.parts)
        return Message("input_request", json.loads(content), json.loads(parent))
    assert frame.type is FrameType.REPLY
    kind, metadata, content, *buffers = map(bytes, frame.parts)
    reply = {
        "msg_type": kind.decode(),
        "content": json.loads(content),
        "flags": frame.flags,
        "number": frame.number,
    }
    return Message("reply", reply, {}, json.loads(metadata), b"", buffers, frame.marker)


class Zygote:
    """A zygote process; plays the keeper."""

    def __init__(self, env: dict[str, str], python: str = sys.executable) -> None:
        ours, theirs = socket.socketpair()
        argv = [python, "-m", "penstock.worker.zygote", "--fd", str(theirs.fileno())]
        self.process = subprocess.Popen(
            argv, pass_fds=[theirs.fileno()], env=env, stdin=subprocess.DEVNULL, cwd="/"
        )
        theirs.close()
        ours.settimeout(120)  # long: after a timeout makefile's reader refuses every later read
        self.peer = ours
        self._lines = ours.makefile("rb")
        self.ready = json.loads(self._lines.readline())

    def fork(self, spec: Any) -> dict[str, Any]:
        """The zygote's answer to a fork request."""
        self.peer.sendall(json.dumps({"op": "fork", "id": 7, "spec": spec}).encode() + b"\n")
        return dict(json.loads(self._lines.readline()))

    def close(self) -> int:
        """Close the socket: the zygote ends."""
        self._lines.close()
        self.peer.close()
        return self.process.wait(TIMEOUT)


class Gateway:
    """Listens for workers and starts them, forked from ``zygote`` or afresh."""

    def __init__(self, folder: Path, env: dict[str, str]) -> None:
        self.folder = folder
        self.env = env
        self.zygote: Zygote | None = None
        self.workers: list[Worker] = []
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listener.bind(str(folder / "worker.sock"))
        self._listener.listen(16)
        self._listener.settimeout(TIMEOUT)

    def spec(self, **more: Any) -> dict[str, Any]:
        """A spec with fresh lanes; ``more`` overrides its fields."""
        session = secrets.token_hex(6)
        nonce = secrets.token_bytes(16)
        folder = self.folder / session
        folder.mkdir()
        lanes = Lane(folder / "out", nonce), Lane(folder / "err", nonce)
        self._lanes = lanes
        return {
            "session": session,
            "link": str(self.folder / "worker.sock"),
            "token": secrets.token_hex(32),
            "nonce": nonce.hex(),
            "lanes": [str(folder / "out"), str(folder / "err")],
            "env": self.env,
            "cwd": str(self.folder),
            "args": [],
            "umask": 0o022,
            "affinity": None,
            "rlimits": {},
            "kernel_session": secrets.token_hex(8),
            **more,
        }

    def start(self, mode: str, **more: Any) -> Worker:
        """A worker that has been welcomed; ``mode`` is ``fork`` or ``fresh``."""
        spec = self.spec(**more)
        lanes = self._lanes
        pid = self._fork(spec) if mode == "fork" else self._spawn(spec)
        return self.accept(pid, spec, lanes)

    def accept(self, pid: int, spec: dict[str, Any], lanes: tuple[Lane, Lane]) -> Worker:
        """Take the two connections of a worker and welcome it."""
        found: dict[str, tuple[socket.socket, dict[str, Any]]] = {}
        try:
            while len(found) < 2:
                connection, _ = self._listener.accept()
                hello = _read_hello(connection)
                assert hello["token"] == spec["token"]
                assert hello["session"] == spec["session"]
                found[hello["lane"]] = connection, hello
        except TimeoutError:
            raise AssertionError(lanes[1].rest().decode()) from None
        data, hello = found["data"]
        worker = Worker(pid, data, found["control"][0], hello)
        worker.lanes = lanes
        welcome = encode(Frame(FrameType.WELCOME, 0, 0, 0, [b'{"version": 1}']))
        worker.data.sendall(welcome)
        worker.control.sendall(welcome)
        self.workers.append(worker)
        return worker

    def close(self) -> None:
        """End everything."""
        for worker in self.workers:
            worker.close()
        self._listener.close()

    def _fork(self, spec: dict[str, Any]) -> int:
        assert self.zygote is not None
        answer = self.zygote.fork(spec)
        assert answer["ok"], answer
        return int(answer["pid"])

    def _spawn(self, spec: dict[str, Any]) -> int:
        out, err = (os.open(path, os.O_WRONLY) for path in spec["lanes"])
        process = subprocess.Popen(
            [sys.executable, "-m", "penstock.worker"],
            stdin=subprocess.PIPE,
            stdout=out,
            stderr=err,
            env=spec["env"],
            cwd="/",
            start_new_session=True,
        )
        os.close(out)
        os.close(err)
        assert process.stdin is not None
        process.stdin.write(json.dumps(spec).encode() + b"\n")
        process.stdin.close()
        process.returncode = 0  # the test reaps it, as the keeper does
        return process.pid


def _read_hello(connection: socket.socket) -> dict[str, Any]:
    connection.settimeout(TIMEOUT)
    decoder = FrameDecoder(TO_GATEWAY)
    while True:
        data = connection.recv(1)
        assert data, "worker closed the link before HELLO"
        decoder.feed(data)
        for frame in decoder.frames():
            assert frame.type is FrameType.HELLO
            assert frame.marker == 0
            return dict(json.loads(bytes(frame.parts[0])))
