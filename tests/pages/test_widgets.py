"""Widgets in JupyterLab's page: what a person moves reaches the kernel, and the page shows it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from functools import cache
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.pages.lab import VIEWPORT, Notebook, frame_text, opened
from tests.pages.servers import Server
from tests.support import notebooks
from tests.support.gates import Gate
from tests.support.waiting import eventually

Write = Callable[..., str]
SLIDER = """\
import ipywidgets
slider, label = ipywidgets.IntSlider(30), ipywidgets.Label()
slider.observe(lambda change: setattr(label, "value", f"moved to {change.new}"), "value")
ipywidgets.VBox([slider, label])"""
FINDER = ".jp-Cell:has(.cm-content:has-text('%s'))"


@pytest.fixture(scope="module")
def copies(browser: Browser, lab: Server, root: Path) -> Iterator[Callable[[int], Notebook]]:
    """The notebook of widgets, run to its end: the first copy of it, the second, and so on."""
    with ExitStack() as contexts:

        @cache
        def copy(number: int) -> Notebook:
            name = "widgets.ipynb" if number == 1 else f"widgets-{number}.ipynb"
            shutil.copy(notebooks.FOLDER / "widgets.ipynb", root / name)
            context = contexts.enter_context(closing(browser.new_context(viewport=VIEWPORT)))
            notebook = opened(context.new_page(), lab, name)
            notebook.run_all()
            notebook.is_done(notebook.cells.count() - 1)
            expect(notebook.panel.get_by_text("Traceback")).to_have_count(0)
            return notebook

        yield copy


@pytest.fixture
def widgets(copies: Callable[[int], Notebook], request: pytest.FixtureRequest) -> Notebook:
    """One notebook for all these tests, but another one for a test that is run again: it would find
    what it moved.
    """
    return copies(getattr(request.node, "execution_count", 1))  # by pytest-rerunfailures


def cell(notebook: Notebook, source: str) -> Locator:
    """The cell whose source contains this."""
    return notebook.panel.locator(FINDER % source)


def step(slider: Locator, key: str = "ArrowRight") -> None:
    """Moves a slider by one step, with the keyboard."""
    slider.locator(".noUi-handle").focus()
    slider.page.keyboard.press(key)


def pixels(canvas: Locator) -> str:
    """What a canvas shows, as text."""
    return str(canvas.evaluate("canvas => canvas.toDataURL()"))


def drawn(canvas: Locator) -> str:
    """What a canvas shows once it is not blank."""
    blank = canvas.evaluate(
        "c => Object.assign(document.createElement('canvas'), {width: c.width, height: c.height})"
        ".toDataURL()"
    )
    return eventually(
        lambda: pixels(canvas) if pixels(canvas) != blank else "", 30, "something is drawn"
    )


def test_a_slider_moves_a_plot(widgets: Notebook) -> None:
    area = cell(widgets, "@interact")
    picture = area.locator("img[src^='data:image/png']")
    expect(picture).to_have_count(1)
    before = picture.get_attribute("src")
    step(area.locator(".widget-hslider").first)
    expect(area.locator(".widget-readout").first).to_have_text("8")
    expect(picture).not_to_have_attribute("src", str(before))
    widgets.is_idle()
    before = picture.get_attribute("src")
    area.locator("select").select_option("power_kw")
    expect(picture).not_to_have_attribute("src", str(before))
    widgets.is_idle()
    expect(picture).to_have_count(1)
    picture.scroll_into_view_if_needed()
    widgets.picture("lab-slider")


def test_the_kernel_hears_a_slider_and_a_button(widgets: Notebook) -> None:
    area = cell(widgets, "IntSlider")
    expect(area.get_by_text("30 % was moved to 45 %")).to_be_visible()
    step(area.locator(".widget-hslider").first)
    expect(area.get_by_text("45 % was moved to 46 %")).to_be_visible()
    area = cell(widgets, "widgets.Button").first
    expect(area.locator(".jp-OutputArea").last).to_contain_text("nothing happened yet")
    area.get_by_role("button", name="open the gate").click()
    expect(area.locator(".widget-output pre, .jupyter-widgets-output-area pre").first).to_have_text(
        "nothing happened yet\nthe gate opens\nthe gate opens\n"
    )


def test_bytes_reach_a_widget_of_ones_own_and_its_answer_the_kernel(widgets: Notebook) -> None:
    area = cell(widgets, "class Sparkline")
    canvas = area.locator("canvas.sparkline")
    expect(canvas).to_have_attribute("data-count", "200")
    drawn(canvas)
    expect(area.get_by_text("the page drew 200 points")).to_be_visible()
    canvas.scroll_into_view_if_needed()
    widgets.picture("lab-anywidget")


def test_three_libraries_draw(widgets: Notebook) -> None:
    canvas = cell(widgets, "axis.scatter").locator(".jupyter-matplotlib-canvas-div canvas").first
    canvas.scroll_into_view_if_needed()
    drawn(canvas)
    widgets.picture("lab-ipympl")
    plot = cell(widgets, "plotly.graph_objects").locator(".js-plotly-plot .main-svg").first
    plot.scroll_into_view_if_needed()
    expect(plot).to_be_visible()
    bokeh = cell(widgets, "output_notebook(INLINE").locator(".bk-Figure canvas").first
    bokeh.scroll_into_view_if_needed()
    drawn(bokeh)
    widgets.picture("lab-plots")


def test_a_reloaded_page_finds_its_widgets(page: Page, lab: Server, write: Write) -> None:
    name = write(
        "import ipywidgets as widgets\nslider = widgets.IntSlider(3)\n"
        "image = widgets.Image(value=b'GIF89a', format='gif')\nwidgets.VBox([slider, image])",
        "slider.value",
    )
    notebook = opened(page, lab, name)
    notebook.run(0)
    step(page.locator(".widget-hslider"))
    expect(page.locator(".widget-readout")).to_have_text("4")
    notebook.is_idle()
    notebook.is_done(0)
    notebook.menu("File", "Save Notebook")
    expect(page.locator(".jp-mod-dirty")).to_have_count(0)
    page.reload()
    notebook.is_idle()
    expect(page.locator(".widget-readout")).to_have_text("4")
    expect(page.locator("img.widget-image")).to_have_count(1)
    step(page.locator(".widget-hslider"))
    expect(page.locator(".widget-readout")).to_have_text("5")
    notebook.run(1)
    expect(notebook.output(1)).to_contain_text("5")


@pytest.mark.usefixtures("comms_over_subshells")
def test_a_slider_is_heard_while_a_cell_runs(
    page: Page, lab: Server, write: Write, gate: Gate
) -> None:
    with page.expect_websocket(lambda socket: "/channels" in socket.url) as channels:
        notebook = opened(page, lab, write(SLIDER, gate.wait + "slider.value"))
    # JupyterLab sends what a widget says to the main shell until it has a subshell for it.
    with channels.value.expect_event(
        "framereceived", lambda frame: "create_subshell_reply" in frame_text(frame)
    ):
        notebook.run(0)
    slider = notebook.output(0).locator(".widget-hslider")
    expect(slider).to_be_visible()
    notebook.is_done(0)
    notebook.run(1)
    expect(notebook.prompt(1)).to_have_text("[*]:")
    step(slider)
    expect(notebook.output(0).get_by_text("moved to 31")).to_be_visible()
    expect(notebook.prompt(1)).to_have_text("[*]:")
    gate.open()
    expect(notebook.output(1)).to_contain_text("31")
