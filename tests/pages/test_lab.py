"""JupyterLab: what a person does with a notebook, in Chromium."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.pages.lab import KILLED, killed, opened, toured
from tests.pages.servers import Server
from tests.support.gateway import Gateway
from tests.support.tab import rest

Write = Callable[..., str]


def test_the_tour_runs_and_shows_its_pictures(page: Page, lab: Server, gateway: Gateway) -> None:
    for session in rest(lab, "GET", "sessions"):
        if session["path"] == "tour.ipynb":  # its kernel would be used again
            rest(lab, "DELETE", f"sessions/{session['id']}")
    before = {kernel["id"] for kernel in gateway.kernels()}
    notebook = opened(page, lab, "tour.ipynb")
    fresh = [kernel for kernel in gateway.kernels() if kernel["id"] not in before]
    assert [(kernel["via"], kernel["start"]) for kernel in fresh] == [("provisioner", "fork")]
    notebook.picture("lab-tour-opened")
    toured(notebook)
    notebook.picture("lab-tour")


def test_a_loop_is_interrupted(page: Page, lab: Server, write: Write) -> None:
    notebook = opened(
        page, lab, write("import time\nprint('in')\nwhile True: time.sleep(9)", "6*7")
    )
    notebook.run(0)
    expect(notebook.output(0)).to_contain_text("in")
    notebook.interrupt()
    expect(notebook.output(0)).to_contain_text("KeyboardInterrupt")
    notebook.run(1)
    expect(notebook.output(1)).to_contain_text("42")


def test_a_question_is_answered(page: Page, lab: Server, write: Write) -> None:
    notebook = opened(page, lab, write("name = input('Who? ')\nprint('Hello,', name)"))
    notebook.run(0)
    expect(notebook.cell(0).locator(".jp-Stdin-prompt")).to_contain_text("Who?")
    notebook.answer(0, "Noyyal")
    expect(notebook.output(0)).to_contain_text("Hello, Noyyal")


def test_a_restart_forgets(page: Page, lab: Server, write: Write) -> None:
    notebook = opened(page, lab, write("x = 1", "'x' in globals()"))
    notebook.run(0)
    notebook.is_done(0)
    notebook.restart()
    notebook.run(1)
    expect(notebook.output(1)).to_contain_text("False")


def test_twenty_thousand_flushed_prints_arrive(page: Page, lab: Server, write: Write) -> None:
    notebook = opened(page, lab, write("for n in range(20_000): print(n, flush=True)"))
    notebook.run(0)
    notebook.is_done(0, within=120)
    notebook.shows(0, "".join(f"{n}\n" for n in range(20_000)))


def test_a_segfault_is_told_and_the_next_cell_runs(page: Page, lab: Server, write: Write) -> None:
    killed(opened(page, lab, write(*KILLED)), "lab-segfault")
