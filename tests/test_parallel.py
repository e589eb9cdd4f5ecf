"""Many notebooks at once, each in its own kernel."""

from __future__ import annotations

import multiprocessing
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.support import notebooks, processes
from tests.support.gateway import Gateway
from tests.support.waiting import eventually

NOTEBOOKS = 20


def executed(number: int, via: str) -> list[str]:
    """Runs one small notebook; the texts of its cells."""
    notebook = notebooks.of_cells(
        f"import os, time\nnumber = {number}\nprint('notebook', number)",
        "squares = [n * n for n in range(number * 1000)]\ntime.sleep(0.05)\nprint(len(squares))",
        "print(sum(squares) % 9973, flush=True)\nfor n in range(200): print(number, n)",
        "print(os.getpid())",
    )
    notebooks.execute(notebook, via)
    return ["".join(output["text"] for output in cell.outputs) for cell in notebook.cells]


def test_twenty_notebooks_in_parallel(via: str, gateway: Gateway) -> None:
    with ThreadPoolExecutor(NOTEBOOKS) as pool:
        texts = list(pool.map(lambda number: executed(number, via), range(NOTEBOOKS)))
    for number, cells in enumerate(texts):
        assert cells[0] == f"notebook {number}\n"
        assert cells[1] == f"{number * 1000}\n"
        expected = f"{sum(n * n for n in range(number * 1000)) % 9973}\n"
        assert cells[2] == expected + "".join(f"{number} {n}\n" for n in range(200))
    pids = [int(cells[3]) for cells in texts]
    assert len(set(pids)) == NOTEBOOKS
    eventually(lambda: not any(map(processes.alive, pids)), 10, "every worker has ended")


@pytest.mark.beyond_reference
def test_all_share_one_gateway(via: str, gateway: Gateway) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda number: executed(number, via), range(4)))
    status = gateway.status()
    # Other tests' environments have zygotes of their own.
    mine = [zygote for zygote in status["zygotes"] if zygote["python"] == sys.executable]
    assert len(mine) == 1
    eventually(lambda: gateway.status()["kernels"] == 0, 10, "no kernel is left")


def test_a_client_that_forked_starts_kernels_too(via: str, gateway: Gateway) -> None:
    """As with process pools: a fork has its parent's event loop, but none of its threads."""
    executed(1, via)
    children = [
        multiprocessing.get_context("fork").Process(target=executed, args=(number, via))
        for number in range(2)
    ]
    for child in children:
        child.start()
    try:
        eventually(lambda: not any(child.is_alive() for child in children), 30, "forks are done")
        assert [child.exitcode for child in children] == [0, 0]
    finally:
        for child in children:
            child.kill()
            child.join()
