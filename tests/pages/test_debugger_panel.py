"""JupyterLab's debugger on the kernel: what a person does in its panel, in Chromium."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.pages.debugger import DebuggerPanel
from tests.pages.lab import Notebook, opened
from tests.pages.servers import Server

FUNCTION = """import pandas as pd

flow = 2.5  # cubic metres a second

def energy(heads):
    log = pd.DataFrame({"head": heads})
    lost = 0.06 * sum(heads) / len(heads)
    log["power"] = 9.81 * flow * (log["head"] - lost)
    return 24 * log["power"].sum()"""
CALL = "print(f'{energy([19, 21]):,.0f} kWh in two days')"
STOP = '    log["power"] = 9.81 * flow * (log["head"] - lost)'
AFTER = '    return 24 * log["power"].sum()'
FRAMES = ("energy", "<module>")
RESULT = "22,131 kWh in two days"
FAULT = "def divide(by):\n    return 1 / by\ndivide(0)"


@pytest.fixture
def notebook(page: Page, lab: Server, write: Callable[..., str]) -> Notebook:
    """A notebook whose second cell calls the function of its first one."""
    return opened(page, lab, write(FUNCTION, CALL, "lost", FAULT))


@pytest.fixture
def panel(notebook: Notebook) -> DebuggerPanel:
    """Its debugger, switched on; the first cell has run, and has a breakpoint in the function."""
    switched_on = DebuggerPanel(notebook)
    switched_on.switch_on()
    switched_on.break_at(0, 8)
    notebook.run(0)
    notebook.is_done(0)
    return switched_on


def test_a_breakpoint_is_hit_and_variables_are_seen(
    page: Page, notebook: Notebook, panel: DebuggerPanel
) -> None:
    page.keyboard.press("Escape")
    page.keyboard.press("Control+b")  # the list of files leaves its room to the notebook
    notebook.run(1)
    panel.stands_at(STOP, *FRAMES)
    panel.has("lost", "1.2")
    panel.scope("Globals")
    panel.has("flow", "2.5")
    panel.scope("Locals")
    rendered = panel.render("log")
    expect(rendered.locator("th")).to_have_text(["", "head", "0", "1"])
    panel.press("Next")
    panel.stands_at(AFTER, *FRAMES)
    expect(rendered.locator("thead th")).to_have_text(["", "head", "power"])
    expect(rendered.locator("td")).to_have_text(["19", "436.545", "21", "485.595"])
    notebook.picture("lab-debugger")
    panel.choose("lost", "Copy Variable to Globals")
    panel.scope("Globals")
    panel.has("lost", "1.2")
    panel.press("Continue")
    panel.goes_on()
    notebook.is_done(1)
    expect(notebook.output(1)).to_have_text(RESULT)
    notebook.run(2)
    expect(notebook.output(2)).to_contain_text("1.2")


def test_a_restarted_kernel_stops_at_the_same_breakpoint(
    notebook: Notebook, panel: DebuggerPanel
) -> None:
    before = panel.breakpoints.get_attribute("title")
    notebook.restart()
    # JupyterLab shows the path of the new kernel's cell when the kernel has taken the breakpoint.
    expect(panel.breakpoints).not_to_have_attribute("title", str(before))
    expect(panel.marks(0)).to_have_count(1)
    notebook.run(0)
    notebook.is_done(0)
    notebook.run(1)
    panel.stands_at(STOP, *FRAMES)
    panel.press("Continue")
    panel.goes_on()
    expect(notebook.output(1)).to_have_text(RESULT)


def test_a_kernel_that_stands_still_is_restarted_to_be_debugged(
    page: Page, notebook: Notebook, panel: DebuggerPanel
) -> None:
    notebook.run(1)
    panel.stands_at(STOP, *FRAMES)
    before = panel.breakpoints.get_attribute("title")
    notebook.menu("Kernel", "Restart Kernel and Debug…")
    page.locator(".jp-Dialog").get_by_role("button", name="Confirm").click()
    # The path of the new kernel's cell: what stands still from here on is the new kernel.
    expect(panel.breakpoints).not_to_have_attribute("title", str(before))
    panel.stands_at(STOP, *FRAMES)
    expect(notebook.prompt(0)).to_have_text("[1]:")
    panel.press("Continue")
    panel.goes_on()
    expect(notebook.output(1)).to_have_text(RESULT)


def test_a_reloaded_page_shows_where_execution_stands(
    page: Page, notebook: Notebook, panel: DebuggerPanel
) -> None:
    notebook.save()
    notebook.run(1)
    panel.stands_at(STOP, *FRAMES)
    page.reload()
    panel.is_on()
    # JupyterLab does not highlight the line again, with ipykernel neither.
    panel.stack(*FRAMES)
    expect(panel.marks(0)).to_have_count(1)
    panel.has("lost", "1.2")
    panel.press("Continue")
    panel.goes_on()
    notebook.is_idle()


def test_a_library_is_stepped_into(page: Page, notebook: Notebook, panel: DebuggerPanel) -> None:
    notebook.run(1)
    panel.stands_at(STOP, *FRAMES)
    panel.press("Step In")
    expect(panel.frames.first).to_contain_text("site-packages/pandas/")
    # Its source comes from the kernel.
    expect(page.locator(".jp-mod-readOnly .jp-DebuggerEditor-highlight")).to_be_visible()
    panel.press("Step Out")
    # The line, too: JupyterLab would mark it after it had gone on, and leave it so.
    panel.stands_at(STOP, *FRAMES)
    panel.press("Continue")
    panel.goes_on()
    notebook.is_done(1)


def test_an_exception_stops_where_it_is_raised(
    page: Page, notebook: Notebook, panel: DebuggerPanel
) -> None:
    page.locator("jp-button.jp-PauseOnExceptions").click()
    page.locator(".jp-PauseOnExceptions-menu").get_by_text("raised").click()
    notebook.run(3)
    panel.stands_at("    return 1 / by", "divide", "<module>")
    panel.has("by", "0")
    panel.switch_off()
    expect(notebook.output(3)).to_contain_text("ZeroDivisionError")


def test_a_terminated_cell_runs_on_and_the_debugger_is_switched_off(
    notebook: Notebook, panel: DebuggerPanel
) -> None:
    notebook.run(1)
    panel.stands_at(STOP, *FRAMES)
    panel.press("Terminate")
    panel.goes_on()
    # JupyterLab attaches again by itself, and shows the breakpoint when the kernel has taken it.
    expect(panel.breakpoints).to_have_count(1)
    notebook.is_done(1)
    notebook.run(1)
    panel.stands_at(STOP, *FRAMES)
    panel.switch_off()
    notebook.is_done(1)
    notebook.run(1)
    notebook.is_done(1)
    expect(notebook.output(1)).to_have_text(RESULT)
