"""Group CONN: connection files and how a kernel process starts, through the launcher."""

from __future__ import annotations

import json
import os
import signal
import stat
from pathlib import Path
from typing import Any

import pytest

from tests.support import wire
from tests.support.kernel import started
from tests.support.launching import PORTS, fields, launched
from tests.support.messages import signature
from tests.support.waiting import eventually

pytestmark = [pytest.mark.beyond_reference, pytest.mark.usefixtures("gateway")]

SCHEMES = ("md5", "sha1", "sha224", "sha256", "sha384", "sha512")
GATE = """
import os, sys, time
if "penstock.worker" in sys.orig_argv:
    while not os.path.exists(os.environ["GATE"]):
        time.sleep(0.01)
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where the connection file is, or will be."""
    return tmp_path / "kernel.json"


def computes(connection: dict[str, Any]) -> bool:
    """Whether the kernel serves a client of this connection file on all its channels."""
    with wire.client(connection) as client:
        cell = client.start("input()", allow_stdin=True)
        (question,) = cell.until(lambda e: e.asked, "question").asked
        client.answer(question, {"value": "42"})
        assert client.request("kernel_info_request", channel="control").replies
        assert client.heartbeat([b"x"]) == [b"x"]
        return cell.finish().value == "'42'"


def test_ports_may_be_text_and_other_fields_are_kept(file: Path) -> None:
    wanted = fields(kernel_name="penstock", jupyter_session="x.ipynb", other={"a": [1]})
    asked = {**wanted, **{port: str(wanted[port]) for port in PORTS}}
    with launched(file, asked) as kernel:
        assert computes({**wanted, **{port: int(kernel.connection()[port]) for port in PORTS}})
        assert json.loads(file.read_text("utf-8")) == asked


@pytest.mark.parametrize(
    ("ip", "reached"),
    [("0.0.0.0", "127.0.0.1"), ("*", "127.0.0.1"), ("::1", "::1"), ("localhost", "127.0.0.1")],
)
def test_every_form_of_address(file: Path, ip: str, reached: str) -> None:
    with launched(file, fields(ip=ip)) as kernel:
        assert computes({**kernel.connection(), "ip": reached})


@pytest.mark.parametrize("ip", ["192.0.2.1", "no.such.host.invalid"])
def test_an_address_that_is_not_ours_is_told(file: Path, ip: str) -> None:
    with launched(file, fields(ip=ip)) as kernel:
        complaint = kernel.complaint()
        assert kernel.code() == 1
        assert ip in complaint
        assert complaint.count("\n") == 1


def test_a_missing_file_is_made_for_its_owner_alone_and_removed(file: Path) -> None:
    target = file.parent / "new" / "kernel.json"
    with launched(target, None) as kernel:
        connection = kernel.connection()
        assert stat.S_IMODE(target.stat().st_mode) == 0o600
        assert stat.S_IMODE(target.parent.stat().st_mode) == 0o700
        assert len(connection["key"]) >= 32
        assert computes(connection)
        with wire.client(connection) as client:
            client.send("shutdown_request", {"restart": False}, channel="control")
            assert kernel.code() == 0
    assert not target.exists()


def test_ports_that_are_0_are_chosen_and_written(file: Path) -> None:
    wanted = fields(shell_port=0, hb_port=0, mine="kept")
    with launched(file, wanted) as kernel:
        connection = kernel.connection()
        assert computes(connection)
        chosen = {"shell_port": connection["shell_port"], "hb_port": connection["hb_port"]}
        assert {**wanted, **chosen} == connection
        assert all(chosen.values())
    assert file.exists(), "it was not made by the kernel"


def test_a_second_start_on_the_same_ports_fails_and_harms_nobody(file: Path) -> None:
    with launched(file, fields()) as first:
        connection = first.connection()
        assert computes(connection)
        with launched(file, None) as second:
            complaint = second.complaint()
            assert second.code() == 1
            assert "in use" in complaint
            assert complaint.count("\n") == 1
        assert json.loads(file.read_text("utf-8")) == connection
        assert computes(connection)


def test_an_empty_key_means_no_signatures(file: Path) -> None:
    with launched(file, fields(key="")) as kernel:
        connection = kernel.connection()
        assert connection["key"] == ""
        with wire.client(connection) as client:
            cell = client.execute("1")
            assert cell.value == "1"
            assert {m.signature for m in client.messages} == {b""}


@pytest.mark.parametrize("scheme", SCHEMES)
def test_signature_schemes(file: Path, scheme: str) -> None:
    with launched(file, fields(signature_scheme=f"hmac-{scheme}", key="ключ 0xff")) as kernel:
        connection = kernel.connection()
        with wire.client(connection) as client:
            message = client.execute("1").replies[0]
            assert message.signature == signature(connection, message.parts)


@pytest.mark.parametrize("scheme", ["hmac-crc32", "sha256", "hmac-", ""])
def test_an_unknown_scheme_is_refused(file: Path, scheme: str) -> None:
    with launched(file, fields(signature_scheme=scheme)) as kernel:
        complaint = kernel.complaint()
        assert kernel.code() == 1
        assert "signature_scheme" in complaint
        assert complaint.count("\n") == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ("--HistoryManager.hist_file=:memory:", "-f", "{file}"),
        ("-f={file}", "--HistoryManager.enabled=False"),
        ("--IPKernelApp.connection_file={file}", "--InteractiveShell.colors=nocolor"),
        ("--f", "{file}", "--IPKernelApp.matplotlib=inline", "--no-secure"),
    ],
)
def test_the_file_may_stand_anywhere_among_arguments(
    file: Path, arguments: tuple[str, ...]
) -> None:
    with launched(file, fields(), *arguments) as kernel:
        assert computes(kernel.connection())


def test_an_interrupt_of_the_group_comes_once(file: Path) -> None:
    with launched(file, fields()) as kernel, wire.client(kernel.connection()) as client:
        cell = client.start(
            "import time\nhits = 0\nend = time.monotonic() + 20\n"
            "while not hits and time.monotonic() < end:\n"
            "  try:\n    print('ready', flush=True)\n    time.sleep(20)\n"
            "  except KeyboardInterrupt: hits += 1\n"
            "try: time.sleep(0.3)\nexcept KeyboardInterrupt: hits += 1\nhits"
        )
        cell.until_text("ready")
        os.killpg(kernel.process.pid, signal.SIGINT)
        assert cell.finish().value == "1"
        assert kernel.process.poll() is None


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT])
def test_signals_that_end_leave_nothing_behind(file: Path, number: int) -> None:
    with launched(file, fields()) as kernel:
        connection = kernel.connection()
        with wire.client(connection) as client:
            client.start("print('busy', flush=True)\nwhile True: pass").until_text("busy")
            os.killpg(kernel.process.pid, number)
            assert kernel.code() == -number
    with launched(file, None) as again:
        assert computes(again.connection()), "its ports are free at once"


def test_the_heart_beats_before_python_runs(file: Path, tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(GATE, encoding="utf-8")
    gate = tmp_path / "gate"
    wanted = fields()
    with launched(file, wanted, PYTHONPATH=str(tmp_path), GATE=str(gate)):
        client = wire.Client(wanted)
        try:
            asked = client.send("kernel_info_request")
            assert client.heartbeat([b"early"], within=30) == [b"early"]
            assert not asked.replies
            gate.touch()
            asked.until(lambda e: e.replies, "the request was kept")
        finally:
            client.close()


def test_variables_of_the_client(way: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("JPY_SESSION_NAME", "/books/n.ipynb")
    monkeypatch.setenv("IPYKERNEL_CELL_NAME", "<cell of mine>")
    monkeypatch.setenv("MPLBACKEND", "agg")
    with started(way) as kernel:
        assert kernel.value("__session__") == "'/books/n.ipynb'"
        name = "import inspect; inspect.currentframe().f_code.co_filename"
        assert kernel.run(name).result() == "'<cell of mine>'"
        assert kernel.value("__import__('os').environ['MPLBACKEND']") == "'agg'"


def test_a_polite_shutdown_needs_no_signal(way: str) -> None:
    with started(way) as kernel:
        kernel.send("print('busy', flush=True)\nwhile True: pass").until_text("busy")
        kernel.manager.request_shutdown()
        eventually(lambda: not kernel.manager.is_alive(), 20, "it ends")
        assert kernel.exit_code() == 0
