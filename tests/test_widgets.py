"""Widget libraries say through Penstock what they say through ipykernel, and hear what a page
answers.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from tests.support import comms, notebooks
from tests.support.gateway import Gateway
from tests.support.kernel import Cell, Kernel, started

#: For each library the cells of a session: what they say must be what they say on ipykernel.
SESSIONS = {
    "ipywidgets": [
        "import ipywidgets as widgets",
        "slider = widgets.IntSlider(value=3, description='flow')\nslider",
        "slider.value = 7\nslider.value",
        "widgets.Image(value=bytes(range(256)), format='png')",
        "print('before')\nbox = widgets.VBox([widgets.Text('a'), slider])\ndisplay(box)\nprint(1)",
        "slider.close()",
    ],
    "output": [
        "import ipywidgets as widgets\nout = widgets.Output()\nout",
        "print('outside')\nwith out:\n    print('inside')\n    display('shown')\nprint('outside')",
        "with out:\n    1 / 0\nprint('the error is in the widget')",
        "out.clear_output()\nout.append_stdout('appended')",
        "@out.capture(clear_output=True)\ndef talk(): print('captured')\ntalk()",
    ],
    "interact": [
        "from ipywidgets import interact, interactive",
        "interact(lambda x, on: print(x, on), x=(0, 9), on=True);",
        "w = interactive(lambda x: x ** 2, x=(0, 9)); display(w)",
        "w.children[0].value = 3",
    ],
    "anywidget": [
        "import anywidget, traitlets",
        """class Counter(anywidget.AnyWidget):
    _esm = "export default { render({ model, el }) { el.textContent = model.get('count') } }"
    count = traitlets.Int(0).tag(sync=True)
    data = traitlets.Bytes(b"").tag(sync=True)
counter = Counter(count=2, data=b"\\x00\\xff")
counter""",
        "counter.count += 1\ncounter.send({'hello': 1}, buffers=[b'abc'])",
    ],
    "ipympl": [
        "%matplotlib widget\nimport matplotlib.pyplot as plt",
        "figure, axis = plt.subplots(figsize=(3, 2))\naxis.plot([1, 2, 4])\nplt.show()",
        "axis.lines[0].set_ydata([4, 2, 1])\nfigure.canvas.draw()",
    ],
    "plotly": [
        "import plotly.graph_objects as go",
        "go.Figure(go.Scatter(y=[1, 2, 4])).show()",
        "figure = go.FigureWidget(go.Scatter(y=[1, 2, 4]))\nfigure",
        "figure.data[0].y = [4, 2, 1]",
    ],
    "bokeh": [
        """from bokeh.io import output_notebook, push_notebook, show
from bokeh.plotting import figure
output_notebook(hide_banner=True)""",
        """plot = figure(width=300, height=200)
line = plot.line([1, 2], [3, 4])
handle = show(plot, notebook_handle=True)""",
        """line.data_source.data = {"x": [1, 2], "y": [4, 3]}
push_notebook(handle=handle)""",
    ],
}


def told(kernel: Kernel, library: str) -> list[Any]:
    """What the cells of a library's session say, one story for each cell."""
    return [comms.story(kernel.run(code, within=60)) for code in SESSIONS[library]]


@cache
def reference(library: str) -> list[Any]:
    """The same on ipykernel."""
    with started("reference") as kernel:
        return told(kernel, library)


@pytest.mark.parametrize("library", SESSIONS)
def test_a_library_says_what_it_says_on_ipykernel(kernel: Kernel, library: str) -> None:
    for ours, theirs, code in zip(
        told(kernel, library), reference(library), SESSIONS[library], strict=True
    ):
        assert ours == theirs, code


def test_a_slider_that_the_page_moves_is_observed(kernel: Kernel) -> None:
    kernel.run("import ipywidgets as widgets\nmoves = []")
    cell = kernel.run("slider = widgets.IntSlider(3)\nslider")
    kernel.run("slider.observe(lambda change: moves.append(change['new']), 'value')")
    comm_id = comms.opened(cell, _view_name="IntSliderView", value=3)
    for value in (5, 8):
        comms.update(kernel, comm_id, value=value)
    assert kernel.value("moves, slider.value") == "([5, 8], 8)"


def test_bytes_of_a_page_become_a_widgets_state(kernel: Kernel) -> None:
    kernel.run("import ipywidgets as widgets")
    cell = kernel.run("image = widgets.Image(value=b'-')\nimage")
    data = {"method": "update", "state": {}, "buffer_paths": [["value"]]}
    pixels = bytes(range(256)) * 4096
    comms.tell(kernel, comms.opened(cell, _view_name="ImageView"), data, (pixels,))
    assert kernel.value("bytes(image.value) == bytes(range(256)) * 4096") == "True"


def test_interact_prints_into_its_output_when_the_page_moves_it(kernel: Kernel) -> None:
    kernel.run("from ipywidgets import interact")
    cell = kernel.run("interact(lambda x: print('x is', x), x=(0, 9));")
    output = comms.opened(cell, _view_name="OutputView")
    moved = comms.update(kernel, comms.opened(cell, _view_name="IntSliderView"), value=6)
    routes = [
        m["content"]["data"]["state"]["msg_id"]
        for m in moved.messages
        if m["msg_type"] == "comm_msg"
        and m["content"]["comm_id"] == output
        and "msg_id" in m["content"]["data"].get("state", {})
    ]
    # Between the two the page takes what has this parent for the widget's.
    assert routes == [moved.msg_id, ""]
    kinds = [m["msg_type"] for m in moved.messages if m["msg_type"] != "status"]
    assert kinds.index("clear_output") < kinds.index("stream")
    assert moved.text() == "x is 6\n"


def test_an_anywidget_hears_its_page(kernel: Kernel) -> None:
    for code in SESSIONS["anywidget"][:2]:
        cell = kernel.run(code)
    kernel.run(
        "said = []\ncounter.on_msg(lambda w, content, buffers: said.append((content, buffers)))"
    )
    comm_id = comms.opened(cell, count=2)
    comms.update(kernel, comm_id, count=9)
    comms.tell(kernel, comm_id, {"method": "custom", "content": {"a": 1}}, (b"\x00\x01",))
    assert kernel.value("counter.count") == "9"
    assert kernel.value("[(c, [bytes(b) for b in bs]) for c, bs in said]") == (
        "[({'a': 1}, [b'\\x00\\x01'])]"
    )


def test_a_plot_of_ipympl_sends_its_picture(kernel: Kernel) -> None:
    canvas: Cell | None = None
    for code in SESSIONS["ipympl"][:2]:
        canvas = kernel.run(code, within=60)
    assert canvas is not None
    comm_id = comms.opened(canvas, _view_name="MPLCanvasView")
    answers = [
        comms.tell(kernel, comm_id, {"method": "custom", "content": {"type": kind}})
        for kind in ("send_image_mode", "refresh", "initialized", "draw")
    ]
    pictures = [b for cell in answers for m in cell.messages for b in comms.buffers(m)]
    assert any(picture.startswith(b"\x89PNG") for picture in pictures)


def test_a_client_that_answers_outputs_gets_its_reply(via: str, gateway: Gateway) -> None:
    """For each output in an Output widget nbclient sends on shell; a reply that comes at that
    moment is never seen by it (jupyter_client#1059), and it would wait for ever.
    """
    notebook = notebooks.of_cells(
        "import ipywidgets\nout = ipywidgets.Output()\nout",
        *["with out:\n    print('inside')\nout.outputs"] * 60,
        "out.outputs[0]['text'].count('inside')",
    )
    notebooks.execute(notebook, via)
    assert notebook.cells[-1].outputs[0].data["text/plain"] == "60"
