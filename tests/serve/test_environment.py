"""What a kernel gets of the environment: of the server's, and of its client's."""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.served import TOKEN, Served, serving
from tests.support.tab import Tab

LONG = "x" * ((1 << 16) + 1)


@pytest.fixture(scope="module")
def careful(root: Path) -> Iterator[Served]:
    """A server whose own environment has what kernels get and what they do not."""
    with serving(
        f"--root-dir={root}",
        "--allow-env=WANTED,ALSO",
        "--inherit-env=INHERITED",
        INHERITED="yes",
        SOMEBODYS_PASSWORD="no",
        KG_AUTH_TOKEN="no",
        JUPYTER_TOKEN="no",
    ) as server:
        yield server


def value(server: Served, kernel: str, expression: str) -> object:
    """A Python literal that an expression has in the kernel."""
    tab = Tab(server.as_server(), kernel)
    try:
        return ast.literal_eval(tab.value(expression))
    finally:
        tab.close()


def environment(server: Served, kernel: str) -> dict[str, str]:
    """The kernel's environment."""
    found = value(server, kernel, "dict(__import__('os').environ)")
    assert isinstance(found, dict)
    return found


def test_clients_set_what_they_may(careful: Served) -> None:
    env = {"KERNEL_USERNAME": "Aliyar", "WANTED": "=ä\n", "PATH": "/nowhere", "LD_PRELOAD": "x"}
    kernel = careful.kernel(env=env)
    found = environment(careful, kernel)
    assert found["KERNEL_USERNAME"] == "Aliyar"
    assert found["WANTED"] == "=ä\n"
    assert found["PATH"] == os.environ["PATH"]
    assert found["KERNEL_GATEWAY"] == "1"
    assert "LD_PRELOAD" not in found
    assert "ALSO" not in found


def test_kernels_inherit_no_secrets(careful: Served) -> None:
    kernel = careful.kernel()
    found = environment(careful, kernel)
    assert found["INHERITED"] == "yes"
    assert found["PATH"] == os.environ["PATH"]
    assert not {"SOMEBODYS_PASSWORD", "PENSTOCK_TOKEN", "KG_AUTH_TOKEN", "JUPYTER_TOKEN"} & set(
        found
    )
    assert TOKEN not in str(found)


def test_the_lists_by_their_older_names(root: Path) -> None:
    with serving(
        f"--root-dir={root}",
        "--env-process-whitelist=FIRST",
        KG_ENV_WHITELIST="SECOND",
        FIRST="here",
    ) as server:
        found = environment(server, server.kernel(env={"SECOND": "there", "THIRD": "no"}))
        assert (found["FIRST"], found["SECOND"]) == ("here", "there")
        assert "THIRD" not in found


def test_no_parent_of_a_kernel_can_be_asked_for_the_token(careful: Served) -> None:
    """What a kernel's user reads in /proc of keeper, gateway and zygote."""
    kernel = careful.kernel()
    code = (
        "[open(f'/proc/{p}/environ', 'rb').read() for p in"
        " (lambda f: f(f, __import__('os').getpid()))(lambda f, p: [] if p <= 1 else"
        " [p, *f(f, int(open(f'/proc/{p}/stat').read().rpartition(')')[2].split()[1]))])"
        " if b'penstock' in open(f'/proc/{p}/cmdline', 'rb').read()]"
    )
    found = value(careful, kernel, code)
    assert isinstance(found, list)
    assert found
    assert not any(TOKEN.encode() in text for text in found)


@pytest.mark.parametrize(
    ("env", "named"),
    [
        ([], "env"),
        ("x", "env"),
        ({"KERNEL_X": 1}, "KERNEL_X"),
        ({"KERNEL_X": None}, "KERNEL_X"),
        ({"KERNEL_X": "secret\0"}, "KERNEL_X"),
        ({"KERNEL_X": LONG}, "KERNEL_X"),
        ({"KERNEL_=": "secret"}, "env"),
        ({"KERNEL_\0": "secret"}, "env"),
    ],
)
def test_what_is_no_environment(server: Served, env: object, named: str) -> None:
    reply = server.call("POST", "api/kernels", {"env": env})
    assert reply.status == 400
    assert named in reply.error()
    assert "secret" not in reply.error()
    assert LONG not in reply.error()


def test_working_directories(server: Served, root: Path, tmp_path: Path) -> None:
    (root / "below").mkdir(exist_ok=True)
    cwd = "__import__('os').getcwd()"
    cases: list[tuple[dict[str, object], Path]] = [
        ({}, root),
        ({"path": "below/note.ipynb"}, root / "below"),
        ({"path": "/below"}, root / "below"),
        ({"path": "not/there/note.ipynb"}, root),
        ({"path": "../../etc/passwd"}, root),
        ({"path": "a\0b"}, root),
        ({"env": {"KERNEL_WORKING_DIR": str(tmp_path)}}, tmp_path),
        ({"env": {"KERNEL_WORKING_DIR": "/not/there"}}, root),
    ]
    for model, wanted in cases:
        kernel = server.kernel(**model)
        found = value(server, kernel, cwd)
        assert found == os.path.realpath(wanted), model
        assert server.call("DELETE", f"api/kernels/{kernel}").status == 204
