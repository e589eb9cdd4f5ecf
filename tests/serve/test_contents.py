"""Files, notebooks and checkpoints over HTTP."""

from __future__ import annotations

import base64
import json
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.served import Served, serving

NOTEBOOK: dict[str, Any] = {
    "cells": [
        {
            "cell_type": "code",
            "execution_count": None,
            "id": "one",
            "metadata": {},
            "outputs": [],
            "source": "1 + 1\n2",
        }
    ],
    "metadata": {},
    "nbformat": 4,
    "nbformat_minor": 5,
}


@pytest.fixture
def place(root: Path) -> Iterator[str]:
    """A directory of the test's own, below the server's root: its path there."""
    made = Path(tempfile.mkdtemp(dir=root))
    yield made.name
    shutil.rmtree(made)


def test_a_file_is_made_changed_and_deleted(server: Served, root: Path, place: str) -> None:
    model = {"type": "file", "format": "text", "content": "grün\n"}
    made = server.call("PUT", f"api/contents/{place}/one%20%C3%BC.txt", model)
    assert made.status == 201
    assert made.headers["Location"] == f"/api/contents/{place}/one%20%C3%BC.txt"
    assert (root / place / "one ü.txt").read_text(encoding="utf-8") == "grün\n"
    assert server.call("PUT", f"api/contents/{place}/one%20%C3%BC.txt", model).status == 200
    renamed = server.call(
        "PATCH", f"api/contents/{place}/one%20%C3%BC.txt", {"path": f"{place}/two.txt"}
    )
    assert renamed.json["path"] == f"{place}/two.txt"
    read = server.call("GET", f"api/contents/{place}/two.txt").json
    assert (read["content"], read["format"], read["mimetype"]) == ("grün\n", "text", "text/plain")
    assert server.call("DELETE", f"api/contents/{place}/two.txt").status == 204
    assert server.call("GET", f"api/contents/{place}/two.txt").status == 404


def test_a_notebook_with_checkpoints(server: Served, place: str) -> None:
    model = {"type": "notebook", "format": "json", "content": NOTEBOOK}
    assert server.call("PUT", f"api/contents/{place}/book.ipynb", model).status == 201
    read = server.call("GET", f"api/contents/{place}/book.ipynb").json
    assert read["type"] == "notebook"
    assert read["content"]["cells"][0]["source"] == "1 + 1\n2"
    checkpoints = f"api/contents/{place}/book.ipynb/checkpoints"
    (first,) = server.call("GET", checkpoints).json  # made by the first save
    assert first["id"] == "checkpoint"
    made = server.call("POST", checkpoints)
    assert made.status == 201
    changed = {**NOTEBOOK, "cells": []}
    server.call("PUT", f"api/contents/{place}/book.ipynb", {**model, "content": changed})
    assert server.call("POST", f"{checkpoints}/{made.json['id']}").status == 204
    assert server.call("GET", f"api/contents/{place}/book.ipynb").json["content"]["cells"]
    assert server.call("DELETE", f"{checkpoints}/{made.json['id']}").status == 204
    assert server.call("POST", f"api/contents/{place}/book.ipynb/trust").status == 201


def test_a_trusted_notebook_is_trusted_by_the_next_server(jupyter: Path, tmp_path: Path) -> None:
    html = {"output_type": "display_data", "data": {"text/html": "<b>"}, "metadata": {}}
    cells = [{**NOTEBOOK["cells"][0], "outputs": [html]}]
    (tmp_path / "book.ipynb").write_text(json.dumps({**NOTEBOOK, "cells": cells}), "utf-8")

    def is_trusted(server: Served) -> bool:
        content = server.call("GET", "api/contents/book.ipynb").json["content"]
        return bool(content["cells"][0]["metadata"].get("trusted", False))

    state = tmp_path / "state"
    with serving(f"--root-dir={tmp_path}", XDG_STATE_HOME=str(state)) as first:
        assert not is_trusted(first)
        assert first.call("POST", "api/contents/book.ipynb/trust").status == 201
        assert is_trusted(first)
    with serving(f"--root-dir={tmp_path}", XDG_STATE_HOME=str(state)) as second:
        assert is_trusted(second)
    assert (state / "penstock" / "trusted-notebooks").stat().st_mode & 0o777 == 0o600


def test_directories_and_new_files(server: Served, root: Path, place: str) -> None:
    deep = f"api/contents/{place}/deep"
    assert server.call("PUT", deep, {"type": "directory"}).status == 201
    names = [server.call("POST", deep, {"type": "notebook"}).json["name"] for _ in range(2)]
    assert names == ["Untitled.ipynb", "Untitled1.ipynb"]
    copy = server.call("POST", deep, {"copy_from": f"{place}/deep/Untitled.ipynb"})
    assert (copy.status, copy.json["name"]) == (201, "Untitled-Copy1.ipynb")
    listed = server.call("GET", deep).json["content"]
    assert {entry["name"] for entry in listed} == {*names, "Untitled-Copy1.ipynb"}
    assert {entry["content"] for entry in listed} == {None}
    around = server.call("GET", f"api/contents/{place}").json["content"]
    assert "deep" in {entry["name"] for entry in around}
    assert server.call("DELETE", deep).status == 204
    assert not (root / place / "deep").exists()


def test_downloads(server: Served, root: Path) -> None:
    data = bytes(range(256)) * 5000
    (root / "data.bin").write_bytes(data)
    reply = server.call("GET", "files/data.bin?download=1")
    assert reply.body == data
    assert "data.bin" in reply.headers["Content-Disposition"]
    model = server.call("GET", "api/contents/data.bin?format=base64&hash=1").json
    assert base64.b64decode(model["content"]) == data
    assert model["hash_algorithm"] == "sha256"
    (root / "page.html").write_text("<script>alert(1)</script>")
    page = server.call("GET", "files/page.html")
    assert "sandbox" in page.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "path",
    [
        "api/contents/../outside",
        "api/contents/%2e%2e/outside",
        "api/contents/a%2F..%2F..%2Foutside",
        "files/..%2Foutside",
        "files/link/outside",
        "files/.hidden",
        "api/contents/%00",
    ],
)
def test_nothing_outside_of_the_root_is_served(server: Served, root: Path, path: str) -> None:
    (root.parent / "outside").write_text("secret")
    (root / ".hidden").write_text("secret")
    link = root / "link"
    if not link.is_symlink():
        link.symlink_to(root.parent)
    reply = server.call("GET", path)
    assert reply.status in (400, 403, 404)
    assert b"secret" not in reply.body


def test_where_a_path_is(server: Served, root: Path, kernel: str) -> None:
    (root / "here.txt").write_text("")
    found = server.call("GET", "api/resolvePath?path=here.txt").json["resolved"]
    assert {"scope": "server", "path": "here.txt"} in found
    found = server.call("GET", f"api/resolvePath?path=here.txt&kernel={kernel}").json["resolved"]
    assert {entry["scope"] for entry in found} == {"server", "kernel"}
    assert server.call("GET", "api/resolvePath").status == 400
