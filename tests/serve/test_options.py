"""Options, variables and files of `penstock serve`, and what it says of wrong ones."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from tests.support.served import TOKEN, Served, refused, serving


def test_as_a_kernel_gateway() -> None:
    with serving("--personality=kernel-gateway") as server:
        for path in ("api", "api/kernels", "api/kernelspecs", "nowhere"):
            reply = server.call("GET", path, token=False)
            assert reply.status == 401
            assert reply.error().startswith("Unauthorized: show the server's token")
        assert server.call("GET", "api").status == 200
        for path in ("api/kernels", "api/sessions"):
            assert server.call("GET", path).status == 403
        kernel = server.kernel()
        assert server.call("GET", f"api/kernels/{kernel}").status == 200
        session = server.call("POST", "api/sessions", {"path": "x", "type": "console"}).json
        assert session["notebook"]["path"] == "x"


def test_a_kernel_gateway_that_lists_below_a_base() -> None:
    with serving(
        "--personality=kernel-gateway",
        KG_LIST_KERNELS="True",
        KG_BASE_URL="/deep/er",
        KG_AUTH_TOKEN=TOKEN,
        token=None,
    ) as server:
        assert server.base == "/deep/er/"
        assert server.call("GET", "api/kernels").json == []
        reply = server.call("POST", "api/kernels")
        assert reply.headers["Location"] == f"/deep/er/api/kernels/{reply.json['id']}"
        specs = server.call("GET", "api/kernelspecs").json["kernelspecs"]
        (logo, *_) = specs["penstock"]["resources"].values()
        assert logo.startswith("/deep/er/kernelspecs/")
        assert server.call("GET", logo, whole=True).status == 200
        outside = server.call("GET", "/api/kernels", whole=True)
        assert outside.status == 404
        assert outside.error()


@pytest.mark.parametrize("ending", ["json", "toml"])
def test_a_configuration_file(tmp_path: Path, ending: str) -> None:
    if ending == "toml" and sys.version_info < (3, 11):
        pytest.skip("this Python reads no TOML")
    file = tmp_path / f"serve.{ending}"
    options = {"token": "filed", "base_url": "filed", "max_kernels": 1, "list_kernels": False}
    lines = [f"{name} = {json.dumps(value)}" for name, value in options.items()]
    file.write_text(json.dumps(options) if ending == "json" else "\n".join(lines), encoding="utf-8")
    with serving(f"--config={file}", "--base-url=given", PENSTOCK_MAX_KERNELS="2", token=None) as s:
        assert s.base == "/given/"
        assert s.token == "filed"
        assert s.call("GET", "api/kernels").status == 403
        s.kernel()
        s.kernel()
        assert s.call("POST", "api/kernels").status == 403


def test_a_default_kernel(server: Served) -> None:
    with serving("--default-kernel=penstock-argv") as other:
        assert other.call("GET", "api/kernelspecs").json["default"] == "penstock-argv"
        assert other.call("POST", "api/kernels").json["name"] == "penstock-argv"


def test_a_forced_kernel(server: Served) -> None:
    with serving(KG_FORCE_KERNEL_NAME="penstock-argv") as other:
        assert other.call("GET", "api/kernelspecs").json["default"] == "penstock-argv"
        reply = other.call("POST", "api/kernels", {"name": "not there"})
        assert reply.json["name"] == "penstock-argv"
        model = {"path": "x", "type": "console", "kernel": {"name": "penstock"}}
        session = other.call("POST", "api/sessions", model).json
        assert session["kernel"]["name"] == "penstock-argv"
        changed = other.call("PATCH", f"api/sessions/{session['id']}", model).json
        assert changed["kernel"]["name"] == "penstock-argv"
        assert changed["kernel"]["id"] != session["kernel"]["id"]


def test_names_that_others_have_for_options(server: Served, tmp_path: Path) -> None:
    file = tmp_path / "serve.json"
    file.write_text('{"default_kernel_name": "penstock-argv"}', encoding="utf-8")
    for given in (f"--config={file}", "--default-kernel-name=penstock-argv"):
        with serving(given) as other:
            assert other.call("GET", "api/kernelspecs").json["default"] == "penstock-argv"


@pytest.mark.parametrize(
    ("option", "named"),
    [
        ("--port=x", "--port must be a whole number up to 65535"),
        ("--port=-1", "--port must be"),
        ("--port=65536", "--port must be"),
        ("--max-kernels=1.5", "--max-kernels must be a whole number"),
        (
            "--websocket-ping-interval=0",
            "--websocket-ping-interval must be a whole number of at least 1 up to 86400, not '0'",
        ),
        ("--rate-limit-window=0", "--rate-limit-window must be a whole number of at least 1"),
        ("--request-timeout=x", "--request-timeout must be a whole number of at least 1"),
        ("--max-message-size=9", "--max-message-size must be a whole number of at least 65536"),
        ("--max-connections=-1", "--max-connections must be a whole number up to"),
        ("--personality=lab", "--personality is jupyter or kernel-gateway, not lab"),
        ("--root-dir=/not/there", "There is no directory /not/there"),
        ("--token-file=/not/there", "The token file cannot be read"),
        ("--config=/not/there", "/not/there cannot be read"),
        ("--certfile=/not/there", "/not/there"),
        ("--keyfile=/not/there", "--certfile"),
        ("--client-ca=/not/there", "--client-ca needs TLS"),
        ("--force-kernel-name=nope", "there is no kernelspec nope"),
        ("--ip=192.0.2.1", "cannot listen on 192.0.2.1"),
        ("--ip=not.a.host.invalid", "cannot listen on not.a.host.invalid"),
        ("--allow-origin-pat=(", "--allow-origin-pat"),
        ("--socket=/not/there/socket", "/not/there/socket"),
    ],
)
def test_a_wrong_option_is_told(option: str, named: str) -> None:
    assert named in refused(option)


@pytest.mark.parametrize(
    ("name", "text", "named"),
    [
        ("x.json", "{", "cannot be read"),
        ("x.json", "[]", "not a JSON object"),
        ("x.json", '{"prot": 1}', "there is no option prot"),
        (
            "x.json",
            '{"max_kernels": true}',
            "max_kernels in the configuration file must be a whole number",
        ),
        ("x.toml", "port = ", "cannot be read"),
    ],
)
def test_a_wrong_configuration_file_is_told(
    tmp_path: Path, name: str, text: str, named: str
) -> None:
    file = tmp_path / name
    file.write_text(text, encoding="utf-8")
    assert named in refused(f"--config={file}")


def test_a_wrong_variable_is_named() -> None:
    assert "$KG_MAX_KERNELS must be a whole number" in refused(KG_MAX_KERNELS="many")
    assert "$PENSTOCK_LIST_KERNELS must be" in refused(PENSTOCK_LIST_KERNELS="perhaps")
    assert "$PENSTOCK_MAX_CONNECTIONS must be" in refused(PENSTOCK_MAX_CONNECTIONS="many")


def test_an_empty_token_file_does_not_open_the_server(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("\n", encoding="utf-8")
    assert "is empty" in refused(f"--token-file={file}")
