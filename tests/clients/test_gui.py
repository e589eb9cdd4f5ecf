"""`%gui qt` and `%matplotlib qt` with a real Qt, which draws into memory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.gateway import Gateway
from tests.support.kernel import Kernel, started
from tests.support.waiting import eventually

pytest.importorskip("PySide6", reason="no Qt is here: run `make clients`")

#: ipykernel 7.4 does not answer every cell that is sent behind `%gui qt`.
pytestmark = pytest.mark.beyond_reference

TIMER = """
from pathlib import Path
from PySide6.QtCore import QTimer
timer = QTimer()
"""


@pytest.fixture
def qt(via: str, gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> Iterator[Kernel]:
    """A kernel with Qt's event loop and a timer that has not been started."""
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    with started(via) as kernel:
        assert kernel.run("%gui qt").ename == ""
        assert kernel.run(TIMER).ename == ""
        yield kernel


def test_a_timer_ticks_while_the_kernel_is_idle_and_cells_run_on(
    qt: Kernel, tmp_path: Path
) -> None:
    told = tmp_path / "told"
    qt.run(
        "ticks = []\n"
        "def tick():\n"
        "    ticks.append(1)\n"
        f"    if len(ticks) == 20: Path({str(told)!r}).touch()\n"
        "timer.timeout.connect(tick); timer.start(5)"
    )
    eventually(told.exists, 30, "twenty ticks while no cell runs")
    for number in range(20):
        assert qt.value(f"{number} + 1") == str(number + 1)
    before = int(qt.value("len(ticks)"))
    eventually(lambda: int(qt.value("len(ticks)")) > before, 30, "ticks between cells")


def test_asyncio_goes_on(qt: Kernel, tmp_path: Path) -> None:
    """A cell that awaits, and a task while the kernel is idle."""
    told = tmp_path / "told"
    assert qt.run("import asyncio; await asyncio.sleep(0.01); print('slept')").text() == "slept\n"
    qt.run(
        "async def later():\n"
        "    for _ in range(3): await asyncio.sleep(0.01)\n"
        f"    Path({str(told)!r}).touch()\n"
        "task = asyncio.ensure_future(later())"
    )
    eventually(told.exists, 30, "the task's end while no cell runs")


def test_a_cell_is_interrupted_and_the_next_one_runs(qt: Kernel) -> None:
    cell = qt.send("print('go', flush=True)\nwhile True: pass").until_text("go")
    qt.interrupt()
    assert cell.finish().ename == "KeyboardInterrupt"
    assert qt.value("6 * 7") == "42"


def test_a_callback_that_never_ends_is_interrupted(qt: Kernel, tmp_path: Path) -> None:
    told = tmp_path / "told"
    qt.run(
        "def stuck():\n"
        f"    Path({str(told)!r}).touch()\n"
        "    while True: pass\n"
        "timer.timeout.connect(stuck); timer.setSingleShot(True); timer.start(1)"
    )
    eventually(told.exists, 30, "the callback")
    cell = qt.send("6 * 7")

    def answered() -> bool:
        qt.interrupt()  # again: it may come before the cell
        return bool(qt.client.shell_channel.msg_ready())

    eventually(answered, 30, "an answer")
    assert cell.finish().ename in ("", "KeyboardInterrupt")
    assert qt.value("6 * 7") == "42"


def test_a_matplotlib_window(qt: Kernel) -> None:
    shown = qt.run(
        "%matplotlib qt\n"
        "import matplotlib.pyplot as plt\n"
        "figure = plt.figure(); plt.plot([1, 2]); plt.pause(0.01)\n"
        "print(plt.get_backend(), figure.canvas.isVisible())"
    )
    assert shown.ename == ""
    assert shown.text() == "qtagg True\n"
    assert "main thread" not in shown.text("stderr")


def test_exit_functions_run_at_the_end(qt: Kernel, tmp_path: Path) -> None:
    told = tmp_path / "told"
    # The worker's own limit is shorter than the 1.5 s that the gateway gives it in any case.
    assert qt.run("import penstock.worker.ending as _e; _e._LEAVE = _e._CLEAN = 20").ename == ""
    qt.run(f"import atexit; atexit.register(Path({str(told)!r}).touch)")
    qt.manager.shutdown_kernel()
    assert told.exists()
