"""Files of a session: up and down as they are, and nothing outside of its directory."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.served import Served
from tests.support.v1 import Session
from tests.support.waiting import eventually


@pytest.fixture
def below(server: Served, root: Path, tmp_path: Path) -> Session:
    """A session in a folder of its own."""
    (root / tmp_path.name).mkdir()
    return Session.start(server, cwd=tmp_path.name)


def test_up_and_down(below: Session) -> None:
    assert below.call("PUT", "/files/a%20b.bin", b"\x00\xffone").status == 201
    assert below.call("PUT", "/files/a%20b.bin", b"\x00\xfftwo").status == 200
    assert below.value("open('a b.bin', 'rb').read().hex()") == b"\x00\xfftwo".hex()
    below.run("open('made.txt', 'w').write('é')", "exec")
    reply = below.call("GET", "/files/made.txt")
    assert (reply.status, reply.body) == (200, "é".encode())
    assert reply.headers["Content-Type"].startswith("text/plain")
    told = below.call("GET", "/files").json
    assert sorted(entry["name"] for entry in told["content"]) == ["a b.bin", "made.txt"]
    assert below.call("DELETE", "/files/made.txt").status == 204
    assert below.call("GET", "/files/made.txt").status == 404
    below.delete()


def test_folders(below: Session) -> None:
    below.run("import os; os.mkdir('d')", "exec")
    assert below.call("PUT", "/files/d/x", b"1").status == 201
    assert [entry["name"] for entry in below.call("GET", "/files/d").json["content"]] == ["x"]
    assert below.call("PUT", "/files/none/x", b"1").status == 404
    assert below.call("PUT", "/files/d", b"1").status == 400
    below.delete()


def test_nothing_outside(below: Session, root: Path, tmp_path: Path) -> None:
    (root / "secret").write_text("s")
    (tmp_path / "far").write_text("s")
    below.run(
        f"import os; os.symlink({str(tmp_path / 'far')!r}, 'far'); os.symlink('..', 'up')"
        "; os.symlink('/etc', 'etc'); open('.hidden', 'w').write('h')",
        "exec",
    )
    for path in ("../secret", "..%2Fsecret", "up/secret", "far", "etc/passwd", ".hidden", "%00"):
        for method in ("GET", "PUT", "DELETE"):
            if (method, path) != ("DELETE", "far"):  # that deletes the link
                reply = below.call(method, f"/files/{path}", b"x" if method == "PUT" else None)
                assert reply.status in (400, 403, 404), (method, path, reply)
    assert (root / "secret").read_text() == "s"
    assert (tmp_path / "far").read_text() == "s"
    below.delete()


def test_large_ones_go_through(below: Session) -> None:
    size = 200 << 20
    below.run(
        f"import hashlib\nwith open('big', 'wb') as f:\n  for i in range({size >> 20}):"
        " f.write(bytes([i]) * (1 << 20))",
        "exec",
    )
    wanted = hashlib.sha256()
    connection = below.server.connection()
    headers = {"Authorization": f"token {below.server.token}"}
    url = below.server.base + below.path("/files/")
    connection.request("GET", url + "big", headers=headers)
    answer = connection.getresponse()
    while part := answer.read(1 << 20):
        wanted.update(part)
    digest = "hashlib.sha256(open({!r}, 'rb').read()).hexdigest()"
    assert below.value(digest.format("big")) == wanted.hexdigest()

    def parts() -> Iterator[bytes]:
        for i in range(size >> 20):
            yield bytes([i]) * (1 << 20)

    connection.request("PUT", url + "again", parts(), headers, encode_chunked=True)
    assert connection.getresponse().read()
    connection.close()
    assert below.value(digest.format("again")) == wanted.hexdigest()
    below.delete()


@pytest.mark.parametrize("has_second_name", [False, True])
def test_an_upload_that_breaks_off_leaves_nothing(below: Session, has_second_name: bool) -> None:
    below.call("PUT", "/files/kept", b"before")
    kept = ["kept"]
    if has_second_name:  # it is written in place
        below.run("import os; os.link('kept', 'other')", "exec")
        kept.append("other")
    connection = below.server.connection()
    connection.putrequest("PUT", below.server.base + below.path("/files/kept"))
    connection.putheader("Authorization", f"token {below.server.token}")
    connection.putheader("Content-Length", "1000000")
    connection.endheaders(b"half")
    connection.close()
    names = "sorted(__import__('os').listdir('.'))"
    eventually(lambda: below.value(names) == kept, 30, "what came is gone")
    assert below.value("open('kept').read()") == "before"
    assert below.call("PUT", "/files/kept", b"after").status == 200
    assert {below.value(f"open({name!r}).read()") for name in kept} == {"after"}
    below.delete()


def test_a_head_leaves_nothing_open(below: Session) -> None:
    assert below.call("PUT", "/files/looked-at", b"12345").status == 201
    reply = below.call("HEAD", "/files/looked-at")
    assert (reply.status, reply.body, reply.headers["Content-Length"]) == (200, b"", "5")
    opened = Path(f"/proc/{below.server.gateway()}/fd")
    assert not [link for link in opened.iterdir() if is_at(link, "looked-at")]
    below.delete()


def is_at(link: Path, name: str) -> bool:
    """Whether a link leads to a file of this name; not if it has just been closed."""
    try:
        return link.readlink().name == name
    except FileNotFoundError:
        return False
