"""What IPython records of the outputs for `%notebook`: the beginning of each cell's, and the latest
cells'.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from testing_gateway import Worker

IPython = pytest.importorskip("IPython", minversion="9.0")
SIZE = "sum(len(t) for c in H.outputs.values() for o in c for t in o.bundle.get('stream', ()))"


@pytest.fixture
def recording(forked: Worker) -> Worker:
    """A worker with its history's manager as H."""
    forked.execute("H = get_ipython().history_manager")
    return forked


def size(worker: Worker) -> int:
    """Characters of text that are kept."""
    return int(worker.execute(SIZE).value)


def test_text_is_recorded(recording: Worker, tmp_path: Path) -> None:
    recording.execute("print('said'); 6 * 7")
    recording.execute("1 / 0")
    file = tmp_path / "all.ipynb"
    recording.execute(f"%notebook {file}")
    saved = file.read_text(encoding="utf-8")
    assert '"said\\n"' in saved
    assert '"42"' in saved
    assert "ZeroDivisionError" in saved


def test_of_much_text_the_beginning_is_kept(recording: Worker) -> None:
    cell = recording.execute("for n in range(3000): print(f'{n:04}' * 250)")
    assert len(cell.text()) == 3000 * 1001
    assert 900_000 < size(recording) <= 1 << 20
    count = int(recording.execute("min(H.outputs)").value)
    assert recording.execute(f"H.outputs[{count}][0].bundle['stream'][0][:8]").value == "'00000000'"


def test_of_many_cells_the_latest_are_kept(recording: Worker) -> None:
    for number in range(15):
        recording.execute(f"print('{number:02}' * 400_000)")
    assert 7 << 20 < size(recording) <= 9 << 20
    texts = (
        "[o.bundle['stream'][0][:2] for c in H.outputs.values() for o in c if 'stream' in o.bundle]"
    )
    kept = recording.execute(f"','.join({texts})").value.strip("'").split(",")
    assert kept == [f"{number:02}" for number in range(15 - len(kept), 15)]


def test_a_picture_that_is_too_large_is_not_kept_and_prints_go_on(recording: Worker) -> None:
    recording.execute("class Large:\n    def _repr_html_(self): return 'x' * 3_000_000")
    cell = recording.execute("Large()")
    assert cell.of("execute_result"), "it is shown"
    assert recording.execute("print('after'); 'ok'").value == "'ok'"
    assert recording.execute("get_ipython().history_manager.outputs.size < 1 << 20").value == "True"
