"""A page that is loaded again while a cell runs goes on showing its outputs."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.pages.lab import Notebook, opened
from tests.pages.servers import Server, jupyter_lab
from tests.support.served import TOKEN, serving
from tests.support.tab import rest
from tests.support.waiting import eventually

Write = Callable[..., str]

LINES = [f"line {n}" for n in range(80)]
#: Prints while the page is there, while it is away, and when it is there again.
PRINTS = """
import pathlib, time
import matplotlib.pyplot as plt
for n in range(80):
    print('line', n)
    while n == 60 and not pathlib.Path({gate!r}).exists():
        time.sleep(0.05)
    time.sleep(0.05)
plt.plot([1, 4, 9])
plt.show()
"""
WAITS = """
import pathlib, time
print('in', flush=True)
while not pathlib.Path({gate!r}).exists():
    time.sleep(0.05)
"""


@pytest.fixture(scope="module")
def gateway_lab(root: Path) -> Iterator[Server]:
    """A JupyterLab whose kernels are those of `penstock serve`."""
    with serving(f"--root-dir={root}") as remote, pytest.MonkeyPatch.context() as patch:
        patch.setenv("JUPYTER_GATEWAY_AUTH_TOKEN", TOKEN)
        log = root.with_name("gateway-lab.log")
        with jupyter_lab(root, log, f"--gateway-url={remote.url}") as server:
            yield server


def reloaded(notebook: Notebook) -> None:
    """Loads the page again and waits until the first cell is known to run."""
    notebook.page.reload()
    expect(notebook.prompt(0)).to_have_text("[*]:", use_inner_text=True)


def numbered(notebook: Notebook, *prompts: str) -> None:
    """Waits until this stands beside the first cells."""
    for cell, prompt in enumerate(prompts):
        expect(notebook.prompt(cell)).to_have_text(prompt, use_inner_text=True)


@pytest.mark.parametrize("server", ["lab", "gateway_lab"])
def test_all_lines_and_the_plot_are_there_once_and_in_order(
    page: Page, server: str, write: Write, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    gate = tmp_path / "gate"
    notebook = opened(page, request.getfixturevalue(server), write(PRINTS.format(gate=str(gate))))
    notebook.run(0)
    expect(notebook.output(0)).to_contain_text("line 20\n")
    reloaded(notebook)
    expect(notebook.output(0)).to_contain_text("line 60\n")
    gate.touch()
    notebook.is_done(0)
    picture = notebook.output(0).locator("img[src^='data:image/png']")
    expect(picture).to_have_count(1)
    notebook.shows(0, "\n".join(LINES))
    numbered(notebook, "[1]:")
    notebook.save()
    notebook.picture(f"reload-{server}")


def test_in_notebook_7(page: Page, lab: Server, write: Write, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    name = write(WAITS.format(gate=str(gate)) + "print('out')")
    page.goto(lab.page(f"notebooks/{name}"))
    notebook = Notebook(page)
    notebook.is_idle()
    notebook.run(0)
    expect(notebook.output(0)).to_contain_text("in")
    reloaded(notebook)
    expect(notebook.output(0)).to_contain_text("in")
    gate.touch()
    notebook.is_done(0)
    notebook.shows(0, "in\nout\n")


def test_cells_that_wait_are_shown_in_their_turn(
    page: Page, lab: Server, write: Write, tmp_path: Path
) -> None:
    gate = tmp_path / "gate"
    updated = "shown = display('before', display_id=True)\nshown.update('after')"
    cleared = (
        "from IPython.display import clear_output\nprint('gone'); clear_output(); print('kept')"
    )
    notebook = opened(
        page,
        lab,
        write(WAITS.format(gate=str(gate)), updated, cleared, "6 * 7", "1 / 0", "'never'"),
    )
    notebook.run_all()
    expect(notebook.output(0)).to_contain_text("in")
    expect(notebook.prompt(5)).to_have_text("[*]:", use_inner_text=True)
    reloaded(notebook)
    expect(notebook.prompt(5)).to_have_text("[*]:", use_inner_text=True)
    gate.touch()
    expect(notebook.prompt(5)).to_have_text("[ ]:", use_inner_text=True)
    for cell, text in enumerate(["in", "'after'", "kept", "42"]):
        notebook.shows(cell, text)
    numbered(notebook, "[1]:", "[2]:", "[3]:", "[4]:", "[5]:", "[ ]:")
    expect(notebook.output(4)).to_contain_text("ZeroDivisionError: division by zero")
    assert notebook.text(4).count("ZeroDivisionError: division by zero") == 1
    assert notebook.text(5) == ""


@pytest.mark.parametrize("again", [False, True])
def test_a_second_view_shows_it_once(
    page: Page, lab: Server, write: Write, tmp_path: Path, again: bool
) -> None:
    gate = tmp_path / "gate"
    notebook = opened(page, lab, write(WAITS.format(gate=str(gate)) + "print('out')"))
    notebook.run(0)
    expect(notebook.output(0)).to_contain_text("in")
    if again:
        reloaded(notebook)
        expect(notebook.output(0)).to_contain_text("in")
    notebook.menu("File", "New View for Notebook")
    expect(notebook.panel).to_have_count(2)
    gate.touch()
    notebook.is_done(0)
    for view in notebook.panel.all():
        areas = view.locator(".jp-OutputArea-output")
        expect(areas).to_have_text(["in\nout\n"])
        assert areas.all_text_contents() == ["in\nout\n"]


def test_a_closed_view_leaves_it_to_the_next(
    page: Page, lab: Server, write: Write, tmp_path: Path
) -> None:
    gate = tmp_path / "gate"
    name = write(WAITS.format(gate=str(gate)) + "print('out')")
    notebook = opened(page, lab, name)
    close = page.locator(".lm-DockPanel-tabBar .lm-TabBar-tabCloseIcon")
    notebook.run(0)
    expect(notebook.output(0)).to_contain_text("in")
    notebook.save()
    reloaded(notebook)
    expect(notebook.output(0)).to_contain_text("in")
    notebook.menu("File", "New View for Notebook")
    expect(notebook.panel).to_have_count(2)
    close.first.click()
    expect(notebook.panel).to_have_count(1)
    expect(notebook.prompt(0)).to_have_text("[*]:", use_inner_text=True)
    notebook.save()
    close.click()
    expect(notebook.panel).to_have_count(0)
    page.locator(".jp-DirListing-item", has_text=name).dblclick()
    expect(notebook.prompt(0)).to_have_text("[*]:", use_inner_text=True)
    gate.touch()
    notebook.is_done(0)
    notebook.shows(0, "in\nout\n")


def test_what_ended_while_no_page_was_there(
    page: Page, lab: Server, write: Write, tmp_path: Path
) -> None:
    gate = tmp_path / "gate"
    name = write(WAITS.format(gate=str(gate)) + "print('out')", "6 * 7")
    notebook = opened(page, lab, name)
    notebook.run_all()
    expect(notebook.output(0)).to_contain_text("in")
    page.goto("about:blank")
    gate.touch()
    kernel = next(
        one["kernel"]["id"] for one in rest(lab, "GET", "sessions") if one["path"] == name
    )
    eventually(lambda: is_idle(lab, kernel), 30, "the cells have run")
    notebook = opened(page, lab, name)
    notebook.is_done(0)
    notebook.is_done(1)
    notebook.shows(0, "in\nout\n")
    notebook.shows(1, "42")
    notebook.menu("Edit", "Clear Outputs of All Cells")
    notebook.save()
    with page.expect_response(re.compile("/executions")) as asked:
        page.reload()
    assert len(asked.value.json()["ended"]) == 2
    notebook.is_idle()
    assert [notebook.text(cell) for cell in range(2)] == ["", ""]


def is_idle(server: Server, kernel: str) -> bool:
    """Whether the server says that nothing runs there."""
    return bool(rest(server, "GET", f"kernels/{kernel}")["execution_state"] == "idle")


def test_what_runs_is_trusted_and_what_the_file_had_is_not(
    page: Page, lab: Server, write: Write, root: Path, tmp_path: Path
) -> None:
    """Scripts in outputs."""
    html = "<script>document.body.dataset.{} = 'yes'</script>"
    gate = tmp_path / "gate"
    shows = f"from IPython.display import HTML\nprint('in')\ndisplay(HTML({html.format('ran')!r}))"
    file = root / write(shows + WAITS.format(gate=str(gate)))
    notebook = json.loads(file.read_text(encoding="utf-8"))
    data = {"text/html": html.format("read")}
    old = {"output_type": "display_data", "metadata": {}, "data": data}
    notebook["cells"][0]["outputs"] = [old]
    file.write_text(json.dumps(notebook), encoding="utf-8")
    shown = opened(page, lab, file.name)
    expect(page.locator("body[data-read=yes]")).to_have_count(0)
    shown.run(0)
    expect(shown.output(0)).to_contain_text("in")
    reloaded(shown)
    expect(page.locator("body[data-ran=yes]")).to_have_count(1)
    expect(page.locator("body[data-read=yes]")).to_have_count(0)
    gate.touch()
    shown.is_done(0)


def test_a_restart_ends_it(page: Page, lab: Server, write: Write, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    notebook = opened(page, lab, write(WAITS.format(gate=str(gate)), "print('again')"))
    notebook.run(0)
    expect(notebook.output(0)).to_contain_text("in")
    reloaded(notebook)
    expect(notebook.output(0)).to_contain_text("in")
    notebook.restart()
    expect(notebook.prompt(0)).not_to_have_text("[*]:", use_inner_text=True)
    notebook.run(1)
    notebook.is_done(1)
    notebook.shows(1, "again\n")
