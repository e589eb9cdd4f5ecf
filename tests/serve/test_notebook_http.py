"""The cells of a notebook as an HTTP API: kernel_gateway's `notebook-http` mode."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest

from tests.support import notebooks
from tests.support.served import TOKEN, Reply, Served, refused, serving

CELLS = (
    "import json\nseeded = 'seed'\nmessage = 'first'",
    "HEADERS = {'Content-Type': 'application/json', 'Etag': '12'}",
    "# GET /hello\nprint('hello', seeded)",
    "# GET /hello/:person\nprint('hello', json.loads(REQUEST)['path']['person'])",
    "# GET /hello/world\nprint('the world')",
    "# GET /request/:a/x.y/:b\nprint(REQUEST)",
    "# POST /request\nprint(REQUEST)",
    "# PUT /message\nmessage = json.loads(REQUEST)['body']",
    "# GET /message\nprint(message)",
    "# DELETE /message\ndel message",
    "# GET /multi\nx = 1",
    "# GET /multi\nprint(f'x is {x}')",
    "# GET /result\n1 + 1",
    "# GET /rich\nfrom IPython.display import HTML\nHTML('<b>ü</b>')",
    "# GET /nothing\nNone",
    "# GET /stderr\nimport sys\nprint('err', file=sys.stderr); print('out')",
    "# GET /error\nsurely_not_defined",
    "# GET /asks\ninput()",
    "# GET /dies\nimport os; os.kill(os.getpid(), 9)",
    "# GET /pid\nimport os; print(os.getpid())",
    "# GET /json\nprint('{}')",
    "# ResponseInfo GET /json\nprint(json.dumps({'headers': HEADERS, 'status': 201}))",
    "# GET /none\nprint('not to be seen')",
    "# ResponseInfo GET /none\nprint('{\"status\": 204}')",
    "# GET /wrong\nprint('x')",
    "# ResponseInfo GET /wrong\nprint('no JSON')",
)

PARTS = (
    '--xx\r\nContent-Disposition: form-data; name="a"\r\n\r\n1ä\r\n'
    '--xx\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\nfile\r\n'
    "--xx--\r\n"
)


def write(folder: Path, *cells: str, **language_info: str) -> Path:
    """A notebook of these cells."""
    file = folder / "the.api.ipynb"
    notebook = notebooks.of_cells(*cells)
    notebook.metadata.language_info = {"name": "python", **language_info}
    notebooks.write(file, notebook, "penstock")
    return file


@pytest.fixture(scope="module")
def api(jupyter: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server of the cells above."""
    file = write(tmp_path_factory.mktemp("api"), *CELLS)
    with serving("--api=notebook-http", f"--seed-uri={file}") as server:
        yield server


def text(reply: Reply) -> str:
    """The text of a good answer."""
    assert reply.status == 200, reply
    assert reply.headers["Content-Type"] == "text/plain"
    return reply.body.decode()


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("hello", "hello seed\n"),
        ("hello/a%20b+%C3%A4", "hello a b+ä\n"),
        ("hello/world", "the world\n"),
        ("multi", "x is 1\n"),
        ("result", '{"text/plain": "2"}'),
        ("nothing", ""),
        ("stderr", "out\n"),
    ],
)
def test_what_a_cell_says_is_the_answer(api: Served, path: str, wanted: str) -> None:
    assert text(api.call("GET", path)) == wanted


def test_a_result_of_many_kinds(api: Served) -> None:
    assert json.loads(text(api.call("GET", "rich")))["text/html"] == "<b>ü</b>"


def request(reply: Reply) -> Any:
    """The REQUEST that a cell saw."""
    return json.loads(text(reply))


def test_a_request_has_all_but_the_token(api: Served) -> None:
    path = "request/1/x.y/2?one=1&one=%C3%A4+b&flag&token=t"
    seen = request(api.call("GET", path, x_one='"$(id)`\\', cookie="a=b"))
    assert seen["path"] == {"a": "1", "b": "2"}
    assert seen["args"] == {"one": ["1", "ä b"], "flag": [""]}
    assert seen["headers"]["X-One"] == '"$(id)`\\'
    assert seen["body"] == ""
    assert not {"Authorization", "Cookie"} & set(seen["headers"])
    assert TOKEN not in str(seen)
    assert api.call("GET", "request/1/xzy/2").status == 404  # a dot is a dot


@pytest.mark.parametrize(
    ("media", "body", "wanted"),
    [
        (None, "ä\n'\"", "ä\n'\""),
        ("text/plain", "{}", "{}"),
        ("application/json", '{"a": [1, null, "ä\\ud83d\\ude00"]}', {"a": [1, None, "ä😀"]}),
        ("application/json; charset=utf-8", "[]", []),
        ("application/json", "{", "{"),
        ("application/x-www-form-urlencoded", "a=1&a=2&b=%20", {"a": ["1", "2"], "b": [" "]}),
        (
            "multipart/form-data; boundary=xx",
            PARTS,
            {"a": ["1ä"]},
        ),
    ],
)
def test_bodies(api: Served, media: str | None, body: str, wanted: object) -> None:
    headers: dict[str, Any] = {"Content_Type": media} if media else {}
    assert request(api.call("POST", "request", body.encode(), **headers))["body"] == wanted


@pytest.mark.parametrize(
    ("media", "body"),
    [("text/plain", b"\xff"), ("multipart/form-data; boundary=xx", b"no parts at all")],
)
def test_bodies_that_are_refused(api: Served, media: str, body: bytes) -> None:
    reply = api.call("POST", "request", body, Content_Type=media)
    assert reply.status == 400
    assert reply.error()


def test_state_and_verbs(api: Served) -> None:
    assert text(api.call("PUT", "message", b"hola")) == ""
    assert text(api.call("GET", "message")) == "hola\n"
    assert text(api.call("DELETE", "message")) == ""
    failed = api.call("GET", "message")
    assert failed.status == 500
    assert failed.body.startswith(b"Error NameError: ")
    assert text(api.call("PUT", "message", b"first")) == ""
    assert api.call("POST", "message").status == 405
    assert api.call("GET", "message/below").status == 404


@pytest.mark.parametrize(
    ("path", "named"),
    [
        ("error", b"Error NameError: name 'surely_not_defined' is not defined \n"),
        ("asks", b"Error StdinNotImplementedError"),
        ("wrong", b"Error ValueError: ResponseInfo has to print an object in JSON"),
    ],
)
def test_errors_are_told(api: Served, path: str, named: bytes) -> None:
    reply = api.call("GET", path)
    assert reply.status == 500
    assert reply.body.startswith(named)


def test_status_and_headers_by_a_cell(api: Served) -> None:
    reply = api.call("GET", "json")
    assert (reply.status, reply.headers["Etag"], reply.json) == (201, "12", {})
    reply = api.call("GET", "none")
    assert (reply.status, reply.body) == (204, b"")


def test_a_kernel_that_dies_is_told_and_comes_again(api: Served) -> None:
    reply = api.call("GET", "dies")
    assert reply.status == 500
    assert b"DeadKernelError" in reply.body
    assert text(api.call("GET", "hello")) == "hello seed\n"


def test_only_the_notebook_is_served_and_only_with_the_token(api: Served) -> None:
    for path in ("api/kernels", "api/contents", "api/sessions", "_api/source", "public/x", ""):
        assert api.call("GET", path).status == 404, path
    assert api.call("POST", "api/kernels").status == 404
    for path in ("hello", "_api/spec/swagger.json", "nowhere"):
        assert api.call("GET", path, token=False).status == 401, path
    assert api.call("GET", "healthz", token=False).status == 200
    assert b"penstock_" in api.call("GET", "metrics").body


def test_the_document(api: Served) -> None:
    document = api.call("GET", "_api/spec/swagger.json").json
    assert document["swagger"] == "2.0"
    assert document["info"] == {"version": "0.0.0", "title": "the"}
    good = {"responses": {"200": {"description": "Success"}}}
    assert document["paths"]["/message"] == {"get": good, "put": good, "delete": good}
    assert document["paths"]["/hello/:person"] == {"get": good}


def test_kernels_take_turns(jupyter: Path, tmp_path: Path) -> None:
    file = write(
        tmp_path,
        f"from pathlib import Path\nimport os, time\nfolder = Path({str(tmp_path)!r})",
        "# GET /meet/:other\n"
        "(folder / str(os.getpid())).touch()\n"
        "while len(list(folder.glob('[0-9]*'))) < 2: time.sleep(0.01)\n"
        "print(os.getpid())",
        "# GET /pid\nprint(os.getpid())",
    )
    with serving(KG_API="kernel_gateway.notebook_http", KG_SEED_URI=str(file),
                 KG_PRESPAWN_COUNT="2") as server:  # fmt: skip
        pids = [text(server.call("GET", "pid")) for _ in range(4)]
        assert pids[0] != pids[1]
        assert pids[:2] == pids[2:]
        met: list[str] = []
        threads = [
            threading.Thread(target=lambda: met.append(text(server.call("GET", "meet/x"))))
            for _ in range(2)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(met) == sorted(pids[:2])  # at the same time, each in its own kernel


def test_source_and_files(jupyter: Path, tmp_path: Path) -> None:
    public = tmp_path / "public"
    public.mkdir()
    (public / "index.html").write_text("<p>hi", encoding="utf-8")
    (tmp_path / "secret").write_text("no", encoding="utf-8")
    (public / "link").symlink_to(tmp_path / "secret")
    file = write(tmp_path, "# GET /hello\nprint(1)")
    with serving(
        "--api=notebook-http",
        f"--seed-uri={file}",
        "--allow-notebook-download",
        f"--static-path={public}",
        "--base-url=/deep",
    ) as server:
        assert server.call("GET", "_api/source").json["nbformat"] == 4
        reply = server.call("GET", "public/index.html")
        assert (reply.headers["Content-Type"], reply.body) == ("text/html", b"<p>hi")
        for path in ("public/link", "public/../secret", "public/%2e%2e/secret", "public/nope"):
            assert server.call("GET", path).status in (400, 404), path
        assert text(server.call("GET", "hello")) == "1\n"


def test_operations_of_a_swagger_document(jupyter: Path, tmp_path: Path) -> None:
    declared = {
        "swagger": "2.0",
        "info": {"title": "t", "version": "1"},
        "paths": {
            "/a/{id}": {
                "get": {"operationId": "one", "parameters": [{"name": "id", "in": "path"}]},
                "post": {"operationId": "two", "parameters": [{"name": "x", "in": "body"}]},
            }
        },
    }
    notebook = notebooks.of_cells(
        "import json",
        "# operationId: one\nprint(json.loads(REQUEST)['path']['id'])",
        "#operationId: two\nprint('2')",
        "# ResponseInfo operationId: two\nprint('{\"status\": 202}')",
    )
    source = f"Text\n```json\n{json.dumps(declared, indent=1)}\n```\n"
    notebook.cells.insert(0, nbformat.v4.new_markdown_cell(source))
    file = tmp_path / "x.ipynb"
    notebooks.write(file, notebook, "penstock")
    options = ("--api=notebook-http", f"--seed-uri={file}", "--cell-parser=swagger")
    with serving(*options) as server:
        assert text(server.call("GET", "a/7")) == "7\n"
        assert server.call("POST", "a/7").status == 202
        assert server.call("GET", "_api/spec/swagger.json").json == declared
    notebook.cells.append(nbformat.v4.new_code_cell("# operationId: three"))
    notebooks.write(file, notebook, "penstock")
    assert "operation three" in refused(*options)


def test_comments_of_another_language(jupyter: Path, tmp_path: Path) -> None:
    """The code is Python's, what the notebook says of itself is not."""
    cell = '"//" if 0 else 0'
    file = write(tmp_path, f"# GET /no\n{cell}", "# GET /yes\nprint(REQUEST)", name="bash")
    with serving("--api=notebook-http", f"--seed-uri={file}") as server:
        assert request(server.call("GET", "yes"))["body"] == ""
    file = write(tmp_path, "# GET /yes\nprint(1)", name="Scala")
    assert "the seed notebook has no endpoint" in refused(
        "--api=notebook-http", f"--seed-uri={file}"
    )


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (("--api=notebook-http",), "--api=notebook-http needs the notebook: --seed-uri"),
        (("--api=rest",), "--api is jupyter-websocket or notebook-http or pathview, not rest"),
        (("--cell-parser=x",), "--cell-parser is path or swagger, not x"),
        (("--static-path=/not/there",), "There is no directory /not/there"),
    ],
)
def test_a_wrong_option_is_told(options: tuple[str, ...], named: str) -> None:
    assert named in refused(*options)


def test_a_wrong_annotation_is_told(jupyter: Path, tmp_path: Path) -> None:
    file = write(tmp_path, "# GET /a/:b-c\n1")
    said = refused("--api=notebook-http", f"--seed-uri={file}")
    assert "'GET /a/:b-c': a parameter's name is letters, digits and _" in said
