"""Notebook 7, the other page over the same server."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.pages.lab import Notebook
from tests.pages.servers import Server


def test_the_tour_runs_in_notebook_7(page: Page, lab: Server) -> None:
    page.goto(lab.page("notebooks/tour.ipynb"))
    notebook = Notebook(page)
    notebook.is_idle()
    notebook.run_all()
    last = notebook.cells.count() - 1
    notebook.is_done(last)
    expect(notebook.output(last)).to_contain_text("that is how a trash rack clogs")
    notebook.picture("notebook7-tour")
