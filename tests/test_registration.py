"""A launcher that lets the kernel choose its ports (JEP 66, protocol 5.6), played by pyzmq."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import zmq
from jupyter_client.blocking.client import BlockingKernelClient

from tests.support import raw
from tests.support.gateway import COMMAND, Gateway
from tests.support.waiting import eventually, seconds

pytestmark = pytest.mark.beyond_reference
PORTS = {f"{channel}_port" for channel in raw.CHANNELS}


class Launcher:
    """A registration socket and the kernel process that was started with its file."""

    def __init__(self, folder: Path, **more: Any) -> None:
        self.context = zmq.Context()
        self.socket = self.context.socket(zmq.ROUTER)
        self.socket.linger = 0
        self.file = folder / "registration.json"
        self.fields = {
            "kernel_id": str(uuid.uuid4()),
            "transport": "tcp",
            "registration_ip": "127.0.0.1",
            "registration_port": self.socket.bind_to_random_port("tcp://127.0.0.1"),
            "signature_scheme": "hmac-sha256",
            "key": uuid.uuid4().hex,
            **more,
        }
        self.file.write_text(json.dumps(self.fields))
        self.process = subprocess.Popen(
            [sys.executable, "-m", "penstock.launcher", "-f", str(self.file)],
            stderr=subprocess.PIPE,
            text=True,
        )

    def sign(self, content: bytes) -> bytes:
        key = self.fields["key"].encode()
        return hmac.new(key, content, hashlib.sha256).hexdigest().encode()

    def request(self) -> tuple[bytes, dict[str, str]]:
        """The kernel's identity and what it registers, checked."""
        eventually(
            lambda: self.socket.poll(20, zmq.POLLIN) or self.process.poll() is not None,
            60,
            "a registration",
        )
        assert self.process.poll() is None, self.process.communicate()[1]
        identity, delimiter, signature, content = self.socket.recv_multipart()
        assert delimiter == raw.DELIMITER
        assert hmac.compare_digest(signature, self.sign(content))
        return identity, json.loads(content)

    def acknowledge(self, identity: bytes) -> None:
        self.socket.send_multipart([identity, raw.DELIMITER, self.sign(b"ACK"), b"ACK"])

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
        self.process.communicate(timeout=seconds(30))
        self.socket.close()
        self.context.term()


@pytest.fixture
def launcher(gateway: Gateway, tmp_path: Path) -> Iterator[Launcher]:
    """A launcher whose kernel has not been acknowledged yet."""
    made = Launcher(tmp_path)
    yield made
    made.close()


def kernel_file(registered: dict[str, str]) -> Path:
    """The connection file that the kernel wrote, found by one of its ports."""

    def find() -> Path | None:
        for path in Path(os.environ["JUPYTER_RUNTIME_DIR"]).glob("kernel-*.json"):
            if str(json.loads(path.read_text())["shell_port"]) == registered["shell_port"]:
                return path
        return None

    found = eventually(find, 30, "the kernel's own connection file")
    assert found is not None
    return found


def client_of(launcher: Launcher, registered: dict[str, str]) -> BlockingKernelClient:
    """A client of what was registered."""
    client = BlockingKernelClient(ip="127.0.0.1")
    client.session.key = launcher.fields["key"].encode()
    for port in PORTS:
        setattr(client, port, int(registered[port]))
    return client


def test_the_kernel_tells_its_ports_and_serves_them(launcher: Launcher) -> None:
    before = launcher.file.read_text()
    identity, registered = launcher.request()
    assert registered.keys() == {"kernel_id", *PORTS}
    assert registered["kernel_id"] == launcher.fields["kernel_id"]
    assert all(isinstance(registered[port], str) and int(registered[port]) for port in PORTS)
    launcher.acknowledge(identity)
    client = client_of(launcher, registered)
    client.start_channels()
    try:
        client.wait_for_ready(timeout=seconds(60))
        path = kernel_file(registered)
        written = json.loads(path.read_text())
        assert "registration_port" not in written
        assert written["key"] == launcher.fields["key"]
        assert path.stat().st_mode & 0o777 == 0o600
        assert launcher.file.read_text() == before
        client.shutdown()
        assert launcher.process.wait(seconds(30)) == 0
        assert not path.exists()
    finally:
        client.stop_channels()


def test_a_kernel_that_nobody_acknowledges_ends(launcher: Launcher, gateway: Gateway) -> None:
    identity, _ = launcher.request()
    launcher.socket.send_multipart([identity, raw.DELIMITER, b"00" * 32, b"ACK"])
    _, stderr = launcher.process.communicate(timeout=seconds(60))
    assert launcher.process.returncode == 1
    assert "did not acknowledge" in stderr
    assert len(stderr.splitlines()) == 1
    eventually(lambda: gateway.kernels() == [], 30, "the kernel is gone")


def test_keys_in_the_file_encrypt_the_kernel(gateway: Gateway, tmp_path: Path) -> None:
    public, secret = (key.decode() for key in zmq.curve_keypair())
    launcher = Launcher(tmp_path, curve_publickey=public, curve_secretkey=secret)
    try:
        identity, registered = launcher.request()
        launcher.acknowledge(identity)
        client = BlockingKernelClient(connection_file=str(kernel_file(registered)))
        client.load_connection_file()
        assert client.curve_publickey == public.encode()
        client.start_channels()
        client.wait_for_ready(timeout=seconds(60))
        client.stop_channels()
    finally:
        launcher.close()


def test_the_command_leaves_registration_to_the_launcher(tmp_path: Path) -> None:
    file = tmp_path / "registration.json"
    file.write_text(json.dumps({"registration_port": 5, "kernel_id": "k", "key": "secret"}))
    done = subprocess.run(
        [COMMAND, "kernel", "start", "-f", str(file)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "registration file" in done.stderr
    assert "secret" not in done.stderr
