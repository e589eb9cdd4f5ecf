"""The server by curl, as scripts and people use it."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.served import TOKEN, Served
from tests.support.waiting import seconds

HTTP_ERROR = 22
"""Exit code of curl with --fail-with-body."""
JSON = "-HContent-Type: application/json"

pytestmark = pytest.mark.skipif(not shutil.which("curl"), reason="curl is not installed")


def curl(server: Served, path: str, *options: str, given: str = "", code: int = 0) -> str:
    """Runs curl with the token; what it printed. `given` is its stdin."""
    done = subprocess.run(
        ["curl", "--silent", "--show-error", "--fail-with-body", *options, server.url + path],
        input=given,
        capture_output=True,
        text=True,
        timeout=seconds(60),
        check=False,
    )
    assert done.returncode == code, (done.returncode, done.stdout, done.stderr)
    return done.stdout


@pytest.fixture
def header(tmp_path: Path) -> str:
    """The option that gives the token from a file: others can read command lines."""
    file = tmp_path / "header"
    file.write_text(f"Authorization: token {TOKEN}", encoding="utf-8")
    return f"-H@{file}"


def test_a_kernel_from_start_to_end(server: Served, header: str) -> None:
    kernel = json.loads(curl(server, "api/kernels", header, JSON, '-d{"name": "penstock"}'))
    assert kernel["id"] in curl(server, "api/kernels", header)
    assert curl(server, f"api/kernels/{kernel['id']}/interrupt", header, "-XPOST") == ""
    again = json.loads(curl(server, f"api/kernels/{kernel['id']}/restart", header, "-XPOST"))
    assert again["id"] == kernel["id"]
    assert curl(server, f"api/kernels/{kernel['id']}", header, "-XDELETE") == ""
    gone = json.loads(curl(server, f"api/kernels/{kernel['id']}", header, code=HTTP_ERROR))
    assert kernel["id"] in gone["message"]


def test_a_body_as_curl_sends_it_by_itself(server: Served, header: str) -> None:
    """As a form: what it says of its type is not looked at."""
    kernel = json.loads(curl(server, "api/kernels", header, '-d{"name": "penstock"}'))
    curl(server, f"api/kernels/{kernel['id']}", header, "-XDELETE")


def test_without_the_token(server: Served) -> None:
    refused = json.loads(curl(server, "api/kernels", code=HTTP_ERROR))
    assert "Authorization: token" in refused["message"]


def test_a_large_file_which_it_announces_first(server: Served, header: str, root: Path) -> None:
    """Before more than a megabyte it waits for `100 Continue`."""
    body = json.dumps({"type": "file", "format": "text", "content": "x" * 3_000_000})
    options = (header, JSON, "-XPUT", "-d@-", "-HExpect: 100-continue")
    curl(server, "api/contents/large.txt", *options, given=body)
    assert (root / "large.txt").stat().st_size == 3_000_000
    curl(server, "api/contents/large.txt", header, "-XDELETE")
