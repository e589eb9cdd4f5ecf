"""JupyterLab with `--gateway-url` at `penstock serve`, in Chromium: what a person does with kernels
that are elsewhere.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, WebSocket, expect

from tests.pages.lab import KILLED, Notebook, frame_text, killed, opened, toured
from tests.pages.servers import Server, jupyter_lab
from tests.pages.test_widgets import drawn, pixels
from tests.support.served import Served, serving
from tests.support.waiting import eventually

Write = Callable[..., str]

#: Every byte there is, and a length that no encoding of text keeps; the page answers backwards.
MIRROR = """\
import anywidget, traitlets
SENT = bytes(range(256)) * 5 + b'\\xff\\xfe'

class Mirror(anywidget.AnyWidget):
    _esm = '''
    export default { render({ model, el }) {
      const turn = () => {
        const view = model.get("sent");
        const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
        model.set("turned", new DataView(Uint8Array.from(bytes).reverse().buffer));
        model.save_changes();
      };
      const button = document.createElement("button");
      button.textContent = "turn";
      button.onclick = turn;
      el.append(button);
      const shown = document.createElement("output");
      const show = () => { shown.textContent = `${model.get("sent").byteLength} bytes`; };
      model.on("change:sent", show);
      show();
      el.append(shown);
    } };
    '''
    sent = traitlets.Bytes().tag(sync=True)
    turned = traitlets.CBytes().tag(sync=True)

mirror = Mirror(sent=SENT)
mirror"""
FIGURE = """\
%matplotlib widget
import matplotlib.pyplot as plt
figure, axis = plt.subplots(figsize=(5, 3))
axis.plot([3, 1, 4, 1, 5])
figure.canvas.toolbar.pan()
plt.show()"""
SIMULATION = """\
import time
n, speed = 0, 1
def step():
    global n
    time.sleep(0.01)
    n += 1
    return {"result": n, "speed": speed}"""
GATED = """\
import pathlib, time
kept = 'still here'
for n in range(80):
    print('line', n, flush=True)
    while n == 40 and not pathlib.Path({gate!r}).exists():
        time.sleep(0.01)
    time.sleep(0.02)"""


@pytest.fixture(scope="module")
def served(root: Path) -> Iterator[Served]:
    """The server that has the kernels."""
    with serving(f"--root-dir={root}") as running:
        yield running


@pytest.fixture(scope="module")
def gateway_lab(root: Path, served: Served) -> Iterator[Server]:
    """The server that has pages and files."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JUPYTER_GATEWAY_AUTH_TOKEN", served.token)
        log = root.with_name("gateway-url.log")
        with jupyter_lab(root, log, f"--gateway-url={served.url}") as server:
            yield server


@pytest.fixture(autouse=True)
def no_kernels_stay(served: Served) -> Iterator[None]:
    """Each test has the kernels to itself."""
    yield
    for kernel in kernels(served):
        assert served.call("DELETE", f"api/kernels/{kernel['id']}").status == 204


def kernels(served: Served) -> list[dict[str, str]]:
    """What the server says of its kernels."""
    return list(served.call("GET", "api/kernels").json)


def test_the_tour_runs_and_shows_its_pictures(
    page: Page, gateway_lab: Server, served: Served
) -> None:
    refused: list[str] = []
    page.on("websocket", lambda socket: socket.on("socketerror", lambda why: refused.append(why)))
    notebook = opened(page, gateway_lab, "tour.ipynb")
    assert [kernel["name"] for kernel in kernels(served)] == ["penstock"]
    toured(notebook)
    notebook.picture("gateway-url-tour")
    assert not refused, "the page and the server agree on a protocol"


def test_a_notebook_is_connected_to_a_simulation_of_a_program(
    page: Page, gateway_lab: Server, served: Served, write: Write
) -> None:
    session = served.call("POST", "api/v1/sessions", {}).json["id"]
    path = f"api/v1/sessions/{session}"
    body = {"code": SIMULATION, "mode": "exec", "wait_s": 60}
    assert served.call("POST", f"{path}/executions", body).json["state"] == "ok"
    stream = served.call("POST", f"{path}/streams", {"expr": "step()"}).json["id"]
    notebook = opened(page, gateway_lab, write("speed = 0", "n > 0, speed"))
    notebook.menu("Kernel", "Change Kernel…")
    dialog = page.locator(".jp-Dialog")
    dialog.get_by_role("combobox").select_option(f'{{"id":"{session}"}}')
    # A cell that is run before the page has changed over is the old kernel's.
    with page.expect_websocket(lambda socket: session in socket.url):
        dialog.get_by_role("button", name="Select").click()
    expect(dialog).to_have_count(0)
    notebook.is_idle()
    notebook.run(0)
    notebook.is_done(0)
    notebook.run(1)
    expect(notebook.output(1)).to_contain_text("(True, 0)")
    notebook.picture("gateway-url-session")
    model = served.call("POST", f"{path}/streams/{stream}/stop?wait_s=60", {}).json
    assert model["state"] == "ok", "the notebook has steered it, not ended it"
    said = served.call("GET", f"{path}/streams/{stream}/data", Accept="application/x-ndjson").body
    assert json.loads(said.splitlines()[-2])["value"]["speed"] == 0


def test_a_widgets_bytes_go_both_ways(page: Page, gateway_lab: Server, write: Write) -> None:
    name = write(
        MIRROR,
        "mirror.turned == SENT[::-1], len(mirror.turned)",
        "mirror.sent = SENT * 1000  # 1.3 MB",
        "mirror.turned == (SENT * 1000)[::-1], len(mirror.turned)",
    )
    notebook = opened(page, gateway_lab, name)
    for cell, count in ((0, 1282), (2, 1282000)):
        notebook.run(cell)
        notebook.is_done(cell)
        expect(notebook.output(0)).to_contain_text(f"{count} bytes")
        notebook.output(0).get_by_role("button", name="turn").click()
        notebook.run(cell + 1)
        expect(notebook.output(cell + 1)).to_contain_text(f"(True, {count})")
    notebook.picture("gateway-url-anywidget")


def test_a_figure_is_dragged(page: Page, gateway_lab: Server, write: Write) -> None:
    notebook = opened(page, gateway_lab, write(FIGURE, "axis.get_xlim()[0] > 0"))
    notebook.run(0)
    canvas = notebook.output(0).locator(".jupyter-matplotlib-canvas-div canvas").first
    canvas.scroll_into_view_if_needed()
    before = drawn(canvas)
    box = canvas.bounding_box()
    assert box
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.move(*middle)
    page.mouse.down()
    # Of fast moves ipympl sends the first at once and the last one later, maybe behind the button.
    page.mouse.move(middle[0] - 100, middle[1])
    eventually(lambda: pixels(canvas) != before, 30, "the figure is drawn anew")
    page.mouse.up()
    notebook.run(1)
    expect(notebook.output(1)).to_contain_text("True")
    notebook.picture("gateway-url-ipympl")


def test_a_loop_is_interrupted(page: Page, gateway_lab: Server, write: Write) -> None:
    notebook = opened(
        page, gateway_lab, write("import time\nprint('in')\nwhile True: time.sleep(9)", "6*7")
    )
    notebook.run(0)
    expect(notebook.output(0)).to_contain_text("in")
    notebook.interrupt()
    expect(notebook.output(0)).to_contain_text("KeyboardInterrupt")
    notebook.run(1)
    expect(notebook.output(1)).to_contain_text("42")


def test_a_restart_forgets(page: Page, gateway_lab: Server, served: Served, write: Write) -> None:
    notebook = opened(page, gateway_lab, write("x = 1", "'x' in globals()"))
    (before,) = kernels(served)
    notebook.run(0)
    notebook.is_done(0)
    notebook.restart()
    notebook.run(1)
    expect(notebook.output(1)).to_contain_text("False")
    assert [kernel["id"] for kernel in kernels(served)] == [before["id"]]


def test_a_segfault_is_told_and_the_next_cell_runs(
    page: Page, gateway_lab: Server, write: Write
) -> None:
    killed(opened(page, gateway_lab, write(*KILLED)), "gateway-url-segfault")


def test_a_page_that_is_loaded_again_in_mid_cell_has_its_kernel(
    page: Page, gateway_lab: Server, served: Served, write: Write, tmp_path: Path
) -> None:
    gate = tmp_path / "gate"
    name = write(GATED.format(gate=str(gate)), "kept")
    notebook = opened(page, gateway_lab, name)
    (before,) = kernels(served)
    notebook.run(0)
    expect(notebook.output(0)).to_contain_text("line 40\n")
    came: list[str] = []
    page.on("websocket", lambda socket: listen(socket, came))
    page.reload()
    expect(
        notebook.panel.locator(".jp-Notebook-ExecutionIndicator[data-status=busy]")
    ).to_be_visible()
    notebook.run(1)
    gate.touch()
    notebook.is_done(1)
    expect(notebook.output(1)).to_contain_text("still here")
    texts = "".join(came)
    assert [n for n in range(41, 80) if f"line {n}\\n" not in texts] == []
    assert [kernel["id"] for kernel in kernels(served)] == [before["id"]]


def listen(socket: WebSocket, came: list[str]) -> None:
    """Notes what comes from a kernel."""
    if "/channels" in socket.url:
        socket.on("framereceived", lambda frame: came.append(frame_text(frame)))


def test_twenty_thousand_flushed_prints_arrive(
    page: Page, gateway_lab: Server, write: Write
) -> None:
    notebook: Notebook = opened(
        page, gateway_lab, write("for n in range(20_000): print(n, flush=True)")
    )
    notebook.run(0)
    notebook.is_done(0, within=120)
    notebook.shows(0, "".join(f"{n}\n" for n in range(20_000)))
