"""What a cell writes arrives whole and in the order in which it was written."""

from __future__ import annotations

import pytest

from tests.support.kernel import Cell, Kernel

SHOWN = ("stream", "clear_output")


def pieces(cell: Cell) -> list[tuple[str, str]]:
    """(stream, text) in order, neighbours of one stream joined."""
    joined: list[tuple[str, str]] = []
    for part in cell.of("stream"):
        if joined and joined[-1][0] == part["name"]:
            joined[-1] = (part["name"], joined[-1][1] + part["text"])
        else:
            joined.append((part["name"], part["text"]))
    return joined


@pytest.mark.beyond_reference
@pytest.mark.parametrize("first", ["python", "child"])
def test_prints_and_children_keep_their_order(kernel: Kernel, first: str) -> None:
    steps = ["print('python {n}', flush=True)", "os.system('echo child {n}')"]
    order = steps if first == "python" else steps[::-1]
    lines = [step.format(n=n) for n in range(50) for step in order]
    cell = kernel.run("import os\n" + "\n".join(f"_ = {line}" for line in lines))
    words = ["python", "child"] if first == "python" else ["child", "python"]
    assert cell.text() == "".join(f"{word} {n}\n" for n in range(50) for word in words)


@pytest.mark.beyond_reference
def test_stdout_and_stderr_keep_their_order(kernel: Kernel) -> None:
    cell = kernel.run(
        "import sys\nfor n in range(30):\n    print('out', n)\n    print('err', n, file=sys.stderr)"
    )
    expected = [(name, f"{name[3:]} {n}\n") for n in range(30) for name in ("stdout", "stderr")]
    assert pieces(cell) == expected


@pytest.mark.beyond_reference
def test_displays_stand_between_the_lines_around_them(kernel: Kernel) -> None:
    cell = kernel.run(
        "import os\n"
        "for n in range(10):\n"
        "    print('before', n)\n"
        "    display(n)\n"
        "    _ = os.system(f'echo after {n}')"
    )
    assert "|".join(cell.told()).replace("\n|", "\n").replace("|", "") == "".join(
        f"before {n}\n{n}after {n}\n" for n in range(10)
    )


def test_a_hundred_thousand_lines_arrive(kernel: Kernel) -> None:
    cell = kernel.run("for n in range(100_000): print(n)", within=60)
    assert cell.text() == "".join(f"{n}\n" for n in range(100_000))


def test_flushed_prints_arrive(kernel: Kernel) -> None:
    cell = kernel.run("for n in range(3_000): print(n, flush=True)", within=60)
    assert cell.text() == "".join(f"{n}\n" for n in range(3_000))


@pytest.mark.beyond_reference
def test_flushed_prints_are_merged_to_at_most_a_hundred_messages_a_second(kernel: Kernel) -> None:
    cell = kernel.run("for n in range(20_000): print(n, flush=True)", within=60)
    assert cell.text() == "".join(f"{n}\n" for n in range(20_000))
    dates = [m["header"]["date"] for m in cell.messages if m["msg_type"] == "stream"]
    # A message's date is that of its first line; the clock of dates is not the one that merges.
    assert len(dates) <= 100 * 1.1 * (dates[-1] - dates[0]).total_seconds() + 5


@pytest.mark.beyond_reference
def test_text_that_is_held_for_merging_arrives_while_the_cell_runs(kernel: Kernel) -> None:
    cell = kernel.send("for n in range(9): print(n, flush=True)\nimport time\ntime.sleep(1000)")
    cell.until_text("8\n")
    kernel.manager.interrupt_kernel()
    assert cell.finish().ename == "KeyboardInterrupt"


@pytest.mark.beyond_reference
def test_text_is_never_merged_across_another_message(kernel: Kernel) -> None:
    code = "for n in range(50):\n    print(n, flush=True)\n    clear_output(wait=True)"
    cell = kernel.run(f"from IPython.display import clear_output\n{code}")
    seen = [m["content"].get("text", "clear") for m in cell.messages if m["msg_type"] in SHOWN]
    assert seen == [part for n in range(50) for part in (f"{n}\n", "clear")]


@pytest.mark.beyond_reference
def test_many_lines_of_a_child_arrive(kernel: Kernel) -> None:
    cell = kernel.run("import os; _ = os.system('seq 1 100000')", within=60)
    cell.until_text("\n100000\n")
    assert cell.text() == "".join(f"{n}\n" for n in range(1, 100_001))


def test_one_huge_print_arrives(kernel: Kernel) -> None:
    cell = kernel.run("print('0123456789' * 2_000_000)", within=60)
    assert cell.text() == "0123456789" * 2_000_000 + "\n"


def test_text_outside_ascii_is_never_cut_in_two(kernel: Kernel) -> None:
    cell = kernel.run("print('ρ水🌊' * 200_000)", within=60)
    assert cell.text() == "ρ水🌊" * 200_000 + "\n"


@pytest.mark.beyond_reference
def test_bytes_that_are_no_text_do_no_harm(kernel: Kernel) -> None:
    cell = kernel.run(
        "import os; _ = os.write(1, b'before \\xff\\xfe after\\n'); print(chr(0xD800))"
    )
    cell.until_text("after")
    assert cell.text().startswith("before ")
    kernel.assert_healthy()


def test_all_output_comes_before_idle(kernel: Kernel) -> None:
    for n in range(20):
        cell = kernel.run(f"print('a' * 1000, end=''); print({n})")
        assert cell.text() == "a" * 1000 + f"{n}\n"


@pytest.mark.beyond_reference
def test_a_forked_child_prints_into_the_cell(kernel: Kernel) -> None:
    cell = kernel.run(
        "import os\n"
        "print('parent')\n"
        "pid = os.fork()\n"
        "if pid == 0:\n"
        "    print('child', flush=True)\n"
        "    os._exit(0)\n"
        "_ = os.waitpid(pid, 0)\n"
        "print('parent again')"
    )
    assert cell.text() == "parent\nchild\nparent again\n"
    kernel.assert_healthy()
