"""A tab is closed while its cell runs, and the notebook is opened again when that has ended
(docs/closed-tabs.md). JupyterLab's server has the pages and the files; the kernels are its own, or
those of `penstock serve` over the same folder.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.observe.serving import penstock_serve
from tests.pages import servers
from tests.pages.lab import opened, width
from tests.support import tab
from tests.support.waiting import eventually

Write = Callable[..., str]

CELL = """\
%matplotlib inline
import pathlib, time
import matplotlib.pyplot as plt
for second in range(10):
    print('line', second, flush=True)
    while second == 2 and not pathlib.Path('closed').exists():
        time.sleep(0.01)
plt.plot([3, 1, 4, 1, 5])
plt.show()
print('the end')"""


@pytest.fixture(params=["local", "gateway"])
def places(
    root: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[servers.Server, servers.Server]]:
    """A JupyterLab, and the server that knows who is at its kernels."""
    if request.param == "local":
        lab = request.getfixturevalue("lab")
        yield lab, lab
        return
    with penstock_serve(root) as served:
        monkeypatch.setenv("JUPYTER_GATEWAY_AUTH_TOKEN", served.token)
        log = root.with_name("gateway-lab.log")
        with servers.jupyter_lab(root, log, f"--gateway-url={served.url}") as lab:
            yield lab, served


def test_the_outputs_are_there_when_the_tab_comes_back(
    page: Page, places: tuple[servers.Server, servers.Server], root: Path, write: Write
) -> None:
    lab, kernels = places
    (root / "closed").unlink(missing_ok=True)
    name = write(CELL, "second")
    notebook = opened(page, lab, name)
    notebook.run(0)
    expect(notebook.output(0)).to_contain_text("line 2")
    context = page.context
    page.close()
    (session,) = (s for s in tab.rest(lab, "GET", "sessions") if s["path"] == name)
    path = f"kernels/{session['kernel']['id']}"
    eventually(lambda: tab.rest(kernels, "GET", path)["connections"] == 0, 20, "nobody is there")
    (root / "closed").touch()
    eventually(lambda: "the end" in outputs(root / name), 30, "the file has it")

    again = opened(context.new_page(), lab, name)
    expect(again.output(0)).to_contain_text("the end")
    assert [f"line {second}" for second in range(10)] == [
        line for line in again.text(0).splitlines() if line.startswith("line")
    ]
    picture = again.output(0).locator("img[src^='data:image/png']")
    assert width(picture) > 300
    expect(again.prompt(0)).to_have_text("[1]:")
    again.picture("lab-closed-tab")
    again.run(1)
    expect(again.output(1)).to_contain_text("9")  # the kernel and its variables are the same
    again.is_done(1)
    again.save()
    saved = json.loads((root / name).read_text("utf-8"))
    assert len(saved["cells"][0]["outputs"]) == 3


def outputs(file: Path) -> str:
    """What the file has of the first cell's outputs, as JSON."""
    return json.dumps(json.loads(file.read_text("utf-8"))["cells"][0]["outputs"])
