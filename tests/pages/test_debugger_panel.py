"""JupyterLab's debugger on the kernel: what a person does in its panel, in Chromium."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.pages.debugger import DebuggerPanel
from tests.pages.lab import Notebook, opened
from tests.pages.servers import Server

Write = Callable[..., str]

FUNCTION = """flow = 2.5
def power(head):
    lost = 0.06 * head
    net = head - lost
    return 9.81 * flow * net"""
CALL = "print(f'{power(20):.1f} kW')"


@pytest.fixture
def notebook(page: Page, lab: Server, write: Write) -> Notebook:
    """A notebook whose first cell has run, so that the second calls its function."""
    fresh = opened(page, lab, write(FUNCTION, CALL, "net"))
    return fresh


@pytest.fixture
def panel(notebook: Notebook) -> DebuggerPanel:
    """Its debugger, switched on, with a breakpoint within the function."""
    switched_on = DebuggerPanel(notebook)
    switched_on.switch_on()
    switched_on.break_at(0, 4)
    notebook.run(0)
    notebook.is_done(0)
    return switched_on


def test_a_breakpoint_is_hit_and_variables_are_seen(
    notebook: Notebook, panel: DebuggerPanel
) -> None:
    notebook.run(1)
    panel.stands_at("    net = head - lost", "power", "<module>")
    panel.has("head", "20")
    panel.has("lost", "1.2")
    panel.scope("Globals")
    panel.has("flow", "2.5")
    panel.scope("Locals")
    notebook.picture("lab-debugger")
    panel.press("Next")
    panel.stands_at("    return 9.81 * flow * net", "power", "<module>")
    panel.has("net", "18.8")
    panel.choose("net", "Copy Variable to Globals")
    panel.scope("Globals")
    panel.has("net", "18.8")
    panel.press("Continue")
    panel.goes_on()
    notebook.is_done(1)
    expect(notebook.output(1)).to_contain_text("461.1 kW")
    notebook.run(2)
    expect(notebook.output(2)).to_contain_text("18.8")


def test_a_restarted_kernel_stops_at_the_same_breakpoint(
    notebook: Notebook, panel: DebuggerPanel
) -> None:
    notebook.restart()
    panel.is_on()
    expect(panel.marks(0)).to_have_count(1)
    notebook.run(0)
    notebook.is_done(0)
    notebook.run(1)
    panel.stands_at("    net = head - lost", "power", "<module>")
    panel.press("Continue")
    panel.goes_on()
    expect(notebook.output(1)).to_contain_text("461.1 kW")


def test_a_reloaded_page_shows_where_execution_stands(
    page: Page, notebook: Notebook, panel: DebuggerPanel
) -> None:
    notebook.save()
    notebook.run(1)
    panel.stands_at("    net = head - lost", "power", "<module>")
    page.reload()
    panel.is_on()
    panel.stands_at("    net = head - lost", "power", "<module>")
    expect(panel.marks(0)).to_have_count(1)
    panel.has("head", "20")
    panel.press("Next")
    panel.stands_at("    return 9.81 * flow * net", "power", "<module>")
    panel.press("Continue")
    panel.goes_on()
    notebook.is_idle()
