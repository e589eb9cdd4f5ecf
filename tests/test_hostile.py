"""Whatever a stranger sends to the kernel's ports, nobody else notices."""

from __future__ import annotations

import random
from typing import Any

import pytest
import zmq

from tests.support import raw
from tests.support.gateway import Gateway
from tests.support.kernel import Kernel, started

SEED = 20_240_229
SOCKET_TYPE = {
    "shell": "DEALER",
    "control": "DEALER",
    "stdin": "DEALER",
    "iopub": "SUB",
    "hb": "REQ",
}
SILENCE_MS = 500


def connection_of(kernel: Kernel) -> dict[str, Any]:
    """The kernel's connection file."""
    return dict(kernel.manager.get_connection_info())


def assert_refused(peer: Any) -> None:
    """No answer comes."""
    assert peer.poll(SILENCE_MS, zmq.POLLIN) == 0


@pytest.mark.parametrize("channel", ["shell", "control"])
def test_wrong_signature_is_refused(kernel: Kernel, channel: str) -> None:
    connection = connection_of(kernel)
    with raw.dealer(connection, channel) as peer:
        peer.send_multipart(raw.execute_request(connection, "stolen = 1", key=b"guessed"))
        assert_refused(peer)
    assert kernel.run("stolen").ename == "NameError"
    kernel.assert_healthy()


def test_missing_and_broken_signatures_are_refused(kernel: Kernel) -> None:
    connection = connection_of(kernel)
    good = raw.execute_request(connection, "stolen = 1")
    with raw.dealer(connection) as peer:
        for signature in (b"", b"0", b"zz" * 32, good[1][:-2], good[1] + b"00", b"\xff" * 64):
            peer.send_multipart([good[0], signature, *good[2:]])
        assert_refused(peer)
    assert kernel.run("stolen").ename == "NameError"


def test_replayed_message_runs_once(kernel: Kernel) -> None:
    connection = connection_of(kernel)
    kernel.run("runs = 0")
    frames = raw.execute_request(connection, "runs += 1")
    with raw.dealer(connection) as peer:
        peer.send_multipart(frames)
        assert peer.poll(10_000, zmq.POLLIN)
        peer.recv_multipart()
        peer.send_multipart(frames)
        assert_refused(peer)
    with raw.dealer(connection) as another:
        another.send_multipart(frames)
        assert_refused(another)
    assert kernel.value("runs") == "1"
    kernel.assert_healthy()


def test_changed_content_is_refused(kernel: Kernel) -> None:
    connection = connection_of(kernel)
    frames = raw.execute_request(connection, "changed = 1")
    frames[-1] = frames[-1].replace(b"changed = 1", b"changed = 2")
    with raw.dealer(connection) as peer:
        peer.send_multipart(frames)
        assert_refused(peer)
    assert kernel.run("changed").ename == "NameError"


@pytest.mark.parametrize("channel", ["shell", "control", "stdin"])
def test_garbage_frames_do_no_harm(kernel: Kernel, channel: str) -> None:
    connection = connection_of(kernel)
    chance = random.Random(SEED)
    with raw.dealer(connection, channel) as peer:
        for _ in range(300):
            frames = [
                chance.randbytes(chance.choice([0, 1, 9, 200, 5_000]))
                for _ in range(chance.randint(1, 9))
            ]
            if chance.random() < 0.5:
                frames.insert(chance.randrange(len(frames)), raw.DELIMITER)
            peer.send_multipart(frames)
        assert_refused(peer)
    kernel.assert_healthy()


def test_signed_nonsense_does_no_harm(kernel: Kernel) -> None:
    connection = connection_of(kernel)
    with raw.dealer(connection) as peer:
        for parts in (
            [b"[]"] * 4,
            [b"null"] * 4,
            [b"{"] * 4,
            [b"\xff\xfe"] * 4,
            [b"{}"] * 4,
            [b"{}"] * 3,
        ):
            peer.send_multipart(raw.signed(connection, parts))
        peer.poll(SILENCE_MS)
    kernel.assert_healthy()


@pytest.mark.parametrize("channel", raw.CHANNELS)
def test_plain_bytes_do_no_harm(kernel: Kernel, channel: str) -> None:
    connection = connection_of(kernel)
    chance = random.Random(SEED)
    for data in (
        b"GET / HTTP/1.1\r\nHost: kernel\r\n\r\n",
        chance.randbytes(4096),
        raw.GREETING + chance.randbytes(4096),
    ):
        raw.send_bytes(connection, channel, data)
    kernel.assert_healthy()


@pytest.mark.beyond_reference
@pytest.mark.parametrize("channel", raw.CHANNELS)
@pytest.mark.parametrize("length", [raw.NEGATIVE_LENGTH, raw.HUGE_LENGTH], ids=["negative", "huge"])
@pytest.mark.parametrize("handshake", ["begun", "done"])
def test_lying_frame_lengths_do_no_harm(
    kernel: Kernel, gateway: Gateway, channel: str, length: bytes, handshake: str
) -> None:
    connection = connection_of(kernel)
    opening = raw.GREETING + (
        raw.ready_command(SOCKET_TYPE[channel]) if handshake == "done" else b""
    )
    with started("provisioner") as neighbour:
        for _ in range(3):
            raw.send_bytes(connection, channel, opening + length + b"x" * 64)
        kernel.assert_healthy()
        neighbour.assert_healthy()


@pytest.mark.beyond_reference
def test_the_log_tells_of_a_refused_message_but_not_its_content(
    kernel: Kernel, gateway: Gateway
) -> None:
    connection = connection_of(kernel)
    with raw.dealer(connection) as peer:
        peer.send_multipart(raw.execute_request(connection, "very_secret_word", key=b"guessed"))
        assert_refused(peer)
    kernel.run("another_secret_word = 1")
    log = gateway.log()
    assert "signature" in log.lower()
    assert "secret_word" not in log
