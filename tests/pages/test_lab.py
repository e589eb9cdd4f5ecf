"""JupyterLab: what a person does with a notebook, in Chromium."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.pages.lab import opened
from tests.pages.servers import Server
from tests.support.gateway import Gateway
from tests.support.waiting import seconds

Write = Callable[..., str]


def test_the_tour_runs_and_shows_its_pictures(page: Page, lab: Server, gateway: Gateway) -> None:
    before = {kernel["id"] for kernel in gateway.kernels()}
    notebook = opened(page, lab, "tour.ipynb")
    fresh = [kernel for kernel in gateway.kernels() if kernel["id"] not in before]
    assert [(kernel["via"], kernel["start"]) for kernel in fresh] == [("provisioner", "fork")]
    notebook.picture("lab-tour-opened")
    notebook.run_all()
    last = notebook.cells.count() - 1
    notebook.is_done(last)
    expect(notebook.output(last)).to_contain_text("that is how a trash rack clogs")
    pictures = notebook.panel.locator(".jp-OutputArea-output img[src^='data:image/png']")
    expect(pictures).to_have_count(4)
    for picture in pictures.all():
        assert picture.evaluate("image => image.complete && image.naturalWidth") > 300
    expect(notebook.panel.get_by_text("Traceback")).to_have_count(0)
    pictures.first.scroll_into_view_if_needed()
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
    box = notebook.cell(0).locator(".jp-Stdin-input")
    expect(notebook.cell(0).locator(".jp-Stdin-prompt")).to_contain_text("Who?")
    box.fill("Noyyal")
    box.press("Enter")
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
    assert notebook.text(0) == "".join(f"{n}\n" for n in range(20_000))


def test_a_segfault_is_told_and_the_next_cell_runs(page: Page, lab: Server, write: Write) -> None:
    name = write("print('before')\nimport ctypes\nctypes.string_at(1)", "'queued'", "6 * 7")
    notebook = opened(page, lab, name)
    notebook.run_all()
    expect(notebook.output(0)).to_contain_text("SIGSEGV")
    notebook.output(0).get_by_text("SIGSEGV").scroll_into_view_if_needed()
    notebook.picture("lab-segfault")
    # JupyterLab says that it restarts the kernel; the cells that waited do not wait any more.
    page.locator(".jp-Dialog").get_by_role("button", name="Ok").click()
    expect(notebook.prompt(1)).not_to_have_text("[*]:")
    notebook.is_idle()
    notebook.run(2)
    expect(notebook.output(2)).to_contain_text("42", timeout=seconds(30) * 1000)
    expect(notebook.prompt(2)).to_have_text(re.compile(r"\[1\]:"))
