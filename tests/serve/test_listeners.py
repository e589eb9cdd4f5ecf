"""Where the server listens: ports, TLS, Unix-domain sockets."""

from __future__ import annotations

import shutil
import socket
import ssl
import stat
import subprocess
from pathlib import Path
from uuid import uuid4

import pytest

from tests.support.served import TOKEN, refused, serving
from tests.support.tab import Tab
from tests.support.waiting import seconds


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    """A self-signed certificate for the loopback address, and its key."""
    if not shutil.which("openssl"):
        pytest.skip("openssl is not installed")
    certfile, keyfile = tmp_path / "cert.pem", tmp_path / "key.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
            *("-nodes", "-days", "2", "-subj", "/CN=localhost"),
            *("-addext", "subjectAltName=IP:127.0.0.1"),
            *("-keyout", keyfile, "-out", certfile),
        ],
        check=True,
        capture_output=True,
        timeout=seconds(30),
    )
    return certfile, keyfile


def test_tls(certificate: tuple[Path, Path]) -> None:
    certfile, keyfile = certificate
    with serving(f"--certfile={certfile}", f"--keyfile={keyfile}") as server:
        assert server.url.startswith("https://127.0.0.1:")
        server.trust = ssl.create_default_context(cafile=str(certfile))
        assert server.call("GET", "api/kernels").json == []
        cookie = server.call("GET", f"api/status?token={TOKEN.replace(' ', '%20')}", token=False)
        assert "Secure" in cookie.headers["Set-Cookie"]
        with socket.create_connection(("127.0.0.1", server.port), seconds(20)) as plain:
            plain.sendall(b"GET /api HTTP/1.0\r\n\r\n")
            assert b"200" not in plain.recv(1000)


def test_only_clients_with_a_certificate(certificate: tuple[Path, Path], tmp_path: Path) -> None:
    certfile, keyfile = certificate
    own, own_key = tmp_path / "own.pem", tmp_path / "own-key.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
            *("-nodes", "-days", "2", "-subj", "/CN=client", "-keyout", own_key, "-out", own),
        ],
        check=True,
        capture_output=True,
        timeout=seconds(30),
    )
    files = (f"--certfile={certfile}", f"--keyfile={keyfile}")
    with serving(*files, f"--client-ca={own}") as server:
        server.trust = ssl.create_default_context(cafile=str(certfile))
        # TLS 1.3 tells it with the first byte that is read, if that comes before the reset.
        refusals = (ssl.SSLError, ConnectionError)
        with pytest.raises(refusals):
            server.call("GET", "api/kernels")
        server.trust.load_cert_chain(certfile, keyfile)  # of no authority that was named
        with pytest.raises(refusals):
            server.call("GET", "api/kernels")
        server.trust.load_cert_chain(own, own_key)
        assert server.call("GET", "api/kernels").json == []
        assert server.call("GET", "api/kernels", token=False).status == 403  # and the token still
    assert "own-key.pem" in refused(*files, f"--client-ca={own_key}")


def test_a_key_of_another_certificate_is_told(
    certificate: tuple[Path, Path], tmp_path: Path
) -> None:
    certfile, keyfile = certificate
    assert "cert.pem" in refused(f"--certfile={keyfile}", f"--keyfile={keyfile}").replace(
        "key.pem", "cert.pem"
    )
    old = tmp_path / "old.pem"
    text = keyfile.read_text(encoding="ascii").replace("PRIVATE KEY", "EC PRIVATE KEY")
    old.write_text(text, encoding="ascii")
    assert "openssl pkcs8 -topk8" in refused(f"--certfile={certfile}", f"--keyfile={old}")
    other = tmp_path / "other.pem"
    subprocess.run(
        ["openssl", "genpkey", "-algorithm", "ed25519", "-out", other],
        check=True,
        capture_output=True,
        timeout=seconds(30),
    )
    assert "do not fit" in refused(f"--certfile={certfile}", f"--keyfile={other}")


def test_a_unix_socket(short_folder: Path) -> None:
    path = short_folder / "http.sock"
    with serving(f"--socket={path}") as server:
        assert server.url.startswith("http+unix://")
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        kernel = server.kernel()
        assert server.call("GET", "api/kernels").json[0]["id"] == kernel
        assert server.call("GET", "api/kernels", token=False).status == 403
        assert "is in use" in refused(f"--socket={path}")
        assert server.call("GET", "api/kernels").status == 200
    assert not path.exists()


def test_curl_over_a_unix_socket(short_folder: Path) -> None:
    if not shutil.which("curl"):
        pytest.skip("curl is not installed")
    path = short_folder / "curl.sock"
    with serving(f"--socket={path}"):
        done = subprocess.run(
            ["curl", "--silent", "--unix-socket", path, "http://localhost/api"],
            capture_output=True,
            text=True,
            check=True,
            timeout=seconds(30),
        )
        assert '"version"' in done.stdout


def test_a_socket_that_a_dead_server_left_is_taken_over(short_folder: Path) -> None:
    path = short_folder / f"stale-{uuid4().hex[:8]}.sock"
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(path))
    with serving(f"--socket={path}") as server:
        assert server.call("GET", "api/kernels").json == []


def test_a_file_in_the_place_of_the_socket_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "precious"
    path.write_text("text", encoding="utf-8")
    assert str(path) in refused(f"--socket={path}")
    assert path.read_text(encoding="utf-8") == "text"


def test_the_next_port_is_taken() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with serving(f"--port={port}", "--port-retries=20") as server:
            assert port < server.port <= port + 20
        assert f"127.0.0.1:{port}" in refused(f"--port={port}", "--port-retries=0")


def test_the_other_loopback_address() -> None:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("this machine has no IPv6")
    with serving("--ip=::1") as server:
        assert server.url.startswith("http://[::1]:")
        kernel = server.kernel()
        assert Tab(server.as_server(), kernel).value("6 * 7") == "42"
