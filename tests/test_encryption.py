"""CURVE on all five sockets (JEP 145): who has the key is served, and nobody else."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
import zmq
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager

from tests.support import raw
from tests.support.gateway import Gateway
from tests.support.kernel import Kernel, started
from tests.support.specs import KERNEL_NAMES

KEYS = ("curve_publickey", "curve_secretkey")
SOCKET_TYPES = {"iopub": zmq.SUB, "hb": zmq.REQ}


@pytest.fixture
def encrypted(via: str, gateway: Gateway) -> Iterator[Kernel]:
    """A kernel whose manager requires encryption."""
    with started(via, transport_encryption="required") as kernel:
        if via != "reference":
            assert gateway.kernel_of(kernel.worker_pid)["via"] == via
        yield kernel


def connection_of(kernel: Kernel) -> dict[str, Any]:
    """The kernel's connection info."""
    return dict(kernel.manager.get_connection_info())


def keys_of(manager: KernelManager) -> dict[str, Any]:
    """The keys in the manager's connection info; empty when it has none."""
    info: dict[str, Any] = dict(manager.get_connection_info())
    return {name: info[name] for name in KEYS if name in info}


def test_all_channels_work(encrypted: Kernel) -> None:
    assert encrypted.run("6 * 7").result() == "42"
    assert len(encrypted.run("print('x' * 5_000_000)").text()) == 5_000_001
    cell = encrypted.send("input('who? ')", allow_stdin=True)
    question = encrypted.client.get_stdin_msg(timeout=30)
    assert question["content"]["prompt"] == "who? "
    encrypted.client.input("Ada")
    assert cell.finish().result() == "'Ada'"
    encrypted.assert_healthy()
    reply = encrypted.client._recv_reply(
        control_info(encrypted.client), timeout=30, channel="control"
    )
    assert reply["content"]["status"] == "ok"


def control_info(client: BlockingKernelClient) -> str:
    """Asks on the control channel and returns the request's id."""
    request = client.session.msg("kernel_info_request", {})
    client.control_channel.send(request)
    return str(request["header"]["msg_id"])


@contextmanager
def client_of_file(kernel: Kernel) -> Iterator[Kernel]:
    """The same kernel with a new client that knows the connection file only."""
    client = BlockingKernelClient(connection_file=kernel.manager.connection_file)
    client.load_connection_file()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=60)
        yield Kernel(kernel.manager, client)
    finally:
        client.stop_channels()


def test_keys_are_private_and_kept_over_a_restart(encrypted: Kernel) -> None:
    before = keys_of(encrypted.manager)
    path = Path(encrypted.manager.connection_file)
    assert {name: json.loads(path.read_text())[name] for name in KEYS} == before
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    encrypted.restart()
    assert keys_of(encrypted.manager) == before
    # Not the old client: jupyter_client takes a message from before the restart for the sign that
    # its iopub channel is connected again.
    with client_of_file(encrypted) as again:
        again.assert_healthy()


@contextmanager
def stranger(connection: dict[str, Any], channel: str, server_key: bytes | None) -> Iterator[Any]:
    """A pyzmq socket on one channel, with a server key that it believes in, or without CURVE."""
    context = zmq.Context()
    peer = context.socket(SOCKET_TYPES.get(channel, zmq.DEALER))
    peer.linger = 0
    if server_key is not None:
        peer.curve_publickey, peer.curve_secretkey = zmq.curve_keypair()
        peer.curve_serverkey = server_key
    if channel == "iopub":
        peer.subscribe(b"")
    peer.connect(f"tcp://{connection['ip']}:{connection[f'{channel}_port']}")
    try:
        yield peer
    finally:
        peer.close()
        context.term()


@pytest.mark.parametrize("key", ["plain", "wrong"])
def test_strangers_get_nothing(encrypted: Kernel, key: str) -> None:
    """They sign rightly, but do not know the public key."""
    connection = connection_of(encrypted)
    server_key = zmq.curve_keypair()[0] if key == "wrong" else None
    with ExitStack() as stack:
        peers = {
            channel: stack.enter_context(stranger(connection, channel, server_key))
            for channel in raw.CHANNELS
        }
        for channel, peer in peers.items():
            speak(peer, channel, connection)
        for _ in range(3):
            encrypted.assert_healthy()
        assert [name for name, peer in peers.items() if peer.poll(0, zmq.POLLIN)] == []
    assert encrypted.run("stolen").ename == "NameError"


@pytest.mark.parametrize("channel", ["shell", "control", "iopub", "hb"])
def test_who_knows_the_public_key_is_served(encrypted: Kernel, channel: str) -> None:
    connection = connection_of(encrypted)
    with stranger(connection, channel, connection["curve_publickey"].encode()) as peer:
        speak(peer, channel, connection)
        assert peer.poll(30_000, zmq.POLLIN)


def speak(peer: Any, channel: str, connection: dict[str, Any]) -> None:
    """Sends what the kernel would answer; a subscriber gets a welcome without. After a refused
    handshake libzmq takes no more messages, which is fine, too.
    """
    with suppress(zmq.Again):
        if channel == "hb":
            peer.send(b"beat", zmq.NOBLOCK)
        elif channel != "iopub":
            peer.send_multipart(raw.execute_request(connection, "stolen = 1"), zmq.NOBLOCK)


def test_a_wrong_signature_is_refused_in_spite_of_the_key(encrypted: Kernel) -> None:
    connection = connection_of(encrypted)
    with stranger(connection, "shell", connection["curve_publickey"].encode()) as peer:
        peer.send_multipart(raw.execute_request(connection, "stolen = 1", key=b"guessed"))
        assert peer.poll(500, zmq.POLLIN) == 0
    assert encrypted.run("stolen").ename == "NameError"


def test_plain_bytes_do_no_harm(encrypted: Kernel) -> None:
    connection = connection_of(encrypted)
    curve = raw.GREETING.replace(b"NULL" + bytes(16), b"CURVE" + bytes(15))
    with started("provisioner") as neighbour:
        for channel in raw.CHANNELS:
            for data in (raw.GREETING + raw.ready_command("DEALER"), curve + bytes(4096), b"GET /"):
                raw.send_bytes(connection, channel, data)
        encrypted.assert_healthy()
        neighbour.assert_healthy()


@pytest.mark.beyond_reference
def test_the_heart_beats_while_much_is_encrypted(encrypted: Kernel) -> None:
    cell = encrypted.send("for _ in range(5): print('x' * 10_000_000)")
    with started("provisioner") as neighbour:
        neighbour.assert_healthy()
    assert len(cell.finish(120).text()) == 50_000_005
    assert encrypted.client.is_alive()


@pytest.mark.beyond_reference
def test_an_output_too_large_to_encrypt_is_told(gateway: Gateway) -> None:
    """Three copies of it would fill the gateway's memory, and with it end every session."""
    with started("provisioner", transport_encryption="required") as kernel:
        cell = kernel.run("import IPython.display as d\nd.display(d.HTML('x' * 150_000_000))", 120)
        assert "no memory to encrypt" in cell.text("stderr")
        kernel.assert_healthy()


@pytest.mark.beyond_reference
def test_no_log_tells_a_key(encrypted: Kernel, gateway: Gateway) -> None:
    connection = connection_of(encrypted)
    logs = [path for path in gateway.runtime.rglob("*.log") if path.is_file()]
    assert logs
    text = "".join(path.read_text(errors="replace") for path in logs)
    for secret in (*keys_of(encrypted.manager).values(), connection["key"].decode()):
        assert secret not in text


@pytest.mark.parametrize("declared", [True, False])
def test_auto_encrypts_what_declares_it(via: str, declared: bool) -> None:
    manager = KernelManager(kernel_name=KERNEL_NAMES[via], transport_encryption="auto")
    assert manager.kernel_spec is not None
    manager.kernel_spec.metadata["supported_encryption"] = ["CURVE"] if declared else []
    manager.start_kernel()
    client = manager.blocking_client()
    try:
        assert bool(keys_of(manager)) is declared
        client.start_channels()
        client.wait_for_ready(timeout=60)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def test_required_refuses_what_does_not_declare_it(via: str) -> None:
    manager = KernelManager(kernel_name=KERNEL_NAMES[via], transport_encryption="required")
    assert manager.kernel_spec is not None
    del manager.kernel_spec.metadata["supported_encryption"]
    with pytest.raises(RuntimeError, match="does not declare"):
        manager.start_kernel()


def test_it_is_off_unless_asked_for(kernel: Kernel) -> None:
    assert keys_of(kernel.manager) == {}
