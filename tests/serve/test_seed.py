"""Kernels that run from the beginning, and the notebook that new kernels begin with."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import psutil

from tests.support import notebooks, processes
from tests.support.served import Served, asked, command, refused, serving
from tests.support.tab import Tab
from tests.support.waiting import eventually, seconds


def seed(folder: Path, *cells: str, kernel: str = "penstock") -> Path:
    """A notebook of these cells."""
    file = folder / "seed.ipynb"
    notebooks.write(file, notebooks.of_cells(*cells), kernel)
    return file


def value(server: Served, kernel: str, expression: str) -> str:
    """What an expression is in a kernel."""
    tab = Tab(server.as_server(), kernel)
    try:
        return tab.value(expression)
    finally:
        tab.close()


def workers(server: Served) -> list[psutil.Process]:
    """The processes of its kernels: forked ones have the command line of their zygote."""
    zygotes = {zygote["pid"] for zygote in asked(server, "status")["zygotes"]}
    found = processes.belonging_to(server.runtime)
    return [
        process
        for process in found
        if "penstock.worker" in " ".join(processes.command(process)) and process.pid not in zygotes
    ]


def test_prespawned_kernels_are_listed_and_count(jupyter: Path) -> None:
    with serving("--prespawn-count=2", "--max-kernels=3") as server:
        first, second = server.call("GET", "api/kernels").json
        assert first["name"] == second["name"] == "penstock"
        assert value(server, first["id"], "6 * 7") == "42"
        server.kernel()
        assert server.call("POST", "api/kernels").status == 403
    said = refused("--max-kernels=1", KG_PRESPAWN_COUNT="2")
    assert "--prespawn-count is 2, more than --max-kernels allows: 1" in said


def test_every_kernel_of_its_kernelspec_begins_with_the_seed(jupyter: Path, tmp_path: Path) -> None:
    file = seed(tmp_path, "x = 1", "x += 41\nprint('said')")
    with serving(f"--seed-uri={file}", "--prespawn-count=1") as server:
        (prespawned,) = server.call("GET", "api/kernels").json
        assert value(server, prespawned["id"], "x") == "42"
        kernel = server.kernel()
        assert value(server, kernel, "x") == "42"
        assert server.call("POST", f"api/kernels/{kernel}/restart").status == 200
        assert value(server, kernel, "x") == "42"
        other = server.kernel(name="python3")
        assert value(server, other, "'x' in globals()") == "False"


def test_a_kernel_that_died_begins_with_the_seed_again(jupyter: Path, tmp_path: Path) -> None:
    with serving(KG_SEED_URI=str(seed(tmp_path, "x = 42"))) as server:
        kernel = server.kernel()
        tab = Tab(server.as_server(), kernel)
        before = tab.value("__import__('os').getpid()")
        reply = tab.run("import os; os.kill(os.getpid(), 9)").reply
        assert reply
        assert reply["ename"] == "DeadKernelError"
        assert tab.value("__import__('os').getpid()") != before
        assert tab.value("x") == "42"
        tab.close()


def test_another_kind_of_kernel_is_seeded(jupyter: Path, tmp_path: Path) -> None:
    file = seed(tmp_path, "x = 42", kernel="python3")
    with serving(f"--seed-uri=file://{file}") as server:
        assert value(server, server.kernel(name="python3"), "x") == "42"
        assert value(server, server.kernel(name="penstock"), "'x' in globals()") == "False"
    with serving(f"--seed-uri={file}", "--force-kernel-name=penstock") as server:
        assert value(server, server.kernel(name="python3"), "x") == "42"


def test_a_seed_that_fails_leaves_no_kernel(jupyter: Path, tmp_path: Path) -> None:
    file = seed(tmp_path, "1", "surely_not_defined")
    with serving(f"--seed-uri={file}") as server:
        reply = server.call("POST", "api/kernels")
        assert reply.status == 500
        assert "code cell 2 of the seed notebook failed: NameError" in reply.error()
        assert server.call("GET", "api/kernels").json == []
        eventually(lambda: not workers(server), 20, "no worker is left")
    assert "code cell 2 of the seed" in refused(f"--seed-uri={file}", "--prespawn-count=3")


def test_a_seed_that_asks_gets_no_answer(jupyter: Path, tmp_path: Path) -> None:
    with serving(f"--seed-uri={seed(tmp_path, 'input()')}") as server:
        assert "StdinNotImplementedError" in server.call("POST", "api/kernels").error()


def test_a_start_that_waits_for_its_seed_can_be_ended(
    jupyter: Path, tmp_path: Path, short_folder: Path
) -> None:
    begun = tmp_path / "begun"
    runtime = short_folder / "seeded"  # not the resident gateway's, which lives on
    file = seed(tmp_path, f"open({str(begun)!r}, 'w').close()\nwhile True: pass")
    process = command(runtime, "--port=0", f"--seed-uri={file}", "--prespawn-count=1")
    eventually(begun.exists, 60, "the seed runs")
    process.terminate()
    process.communicate(timeout=seconds(20))
    processes.assert_none_left(runtime, within=20)


def test_a_wrong_seed_is_told(jupyter: Path, tmp_path: Path) -> None:
    assert "There is no notebook /not/there" in refused("--seed-uri=/not/there")
    assert "no kernelspec nowhere" in refused(f"--seed-uri={seed(tmp_path, kernel='nowhere')}")
    file = tmp_path / "x.ipynb"
    for text, named in (("{", "not JSON"), ('{"nbformat": 3}', "no notebook of format 4")):
        file.write_text(text, encoding="utf-8")
        assert named in refused(f"--seed-uri={file}")


@contextmanager
def files(folder: Path) -> Iterator[str]:
    """An HTTP server for a folder; its address."""
    handler = partial(http.server.SimpleHTTPRequestHandler, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


def test_a_seed_from_another_server(jupyter: Path, tmp_path: Path) -> None:
    seed(tmp_path, "x = 42")
    with files(tmp_path) as address:
        with serving(f"--seed-uri={address}/seed.ipynb", no_proxy="*") as server:
            assert value(server, server.kernel(), "x") == "42"
        said = refused(f"--seed-uri={address}/other.ipynb", no_proxy="*")
        assert "cannot be fetched" in said
