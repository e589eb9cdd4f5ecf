"""Group OUT: where the output of a cell's code goes, and what libraries find in a worker."""

from __future__ import annotations

import ast

import pytest

from tests.support.kernel import Kernel
from tests.support.wire import Client, Exchange

pytestmark = pytest.mark.beyond_reference

DEFAULTS = {
    "TERM": "xterm-color",
    "CLICOLOR": "1",
    "FORCE_COLOR": "1",
    "CLICOLOR_FORCE": "1",
    "PAGER": "cat",
    "GIT_PAGER": "cat",
}
SHOWS = {"print": "print('late')", "display": "display('late')"}


def shows_late(cell: Exchange) -> bool:
    """Whether the text of `SHOWS` was published for this cell."""
    shown = [data["data"]["text/plain"] for data in cell.of("display_data")]
    return "late\n" in cell.text() or "'late'" in shown


@pytest.mark.parametrize("how", SHOWS)
def test_a_task_shows_in_the_cell_that_made_it(client: Client, how: str) -> None:
    client.execute("import asyncio\ngo = asyncio.Event(); done = asyncio.Event()")
    first = client.execute(
        f"async def f():\n  await go.wait(); {SHOWS[how]}; done.set()\nt = asyncio.create_task(f())"
    )
    second = client.execute("go.set(); await done.wait(); print('mine')")
    assert shows_late(first), "also after its idle"
    assert not shows_late(second)
    assert second.text() == "mine\n"


@pytest.mark.parametrize("how", SHOWS)
def test_a_thread_shows_in_the_latest_cell(client: Client, how: str) -> None:
    client.execute("import threading\ngo = threading.Event()")
    first = client.execute(
        f"def f():\n  go.wait(); {SHOWS[how]}\nt = threading.Thread(target=f); t.start()"
    )
    second = client.execute("go.set(); t.join()")
    assert shows_late(second)
    assert not shows_late(first)


@pytest.mark.parametrize("how", SHOWS)
@pytest.mark.parametrize("setter", ["set_parent", "set_thread_parent"])
def test_a_thread_may_choose_its_cell(client: Client, how: str, setter: str) -> None:
    if client.execute(f"hasattr(get_ipython(), '{setter}')").value == "False":
        pytest.skip(f"this ipykernel has no {setter}")
    client.execute("import threading\ngo = threading.Event()")
    first = client.execute(
        "ip = get_ipython(); mine = ip.get_parent()\n"
        f"def f():\n  go.wait(); ip.{setter}(mine); {SHOWS[how]}\n"
        "t = threading.Thread(target=f); t.start()"
    )
    second = client.execute("go.set(); t.join()")
    assert shows_late(first)
    assert not shows_late(second)


def test_what_c_code_and_commands_write(client: Client) -> None:
    cell = client.execute(
        "import ctypes, os, subprocess, sys\n"
        "c = ctypes.CDLL(None); c.puts(b'c code'); c.fflush(None)\n"
        "os.system('echo command; echo trouble >&2')\n"
        "subprocess.run([sys.executable, '-c', 'print(\"child\")'])\n"
        "_ = os.write(1, b'\\xff\\xe6\\xb0\\xb4\\n')"
    )
    cell.until_text("\ufffd水\n")
    assert set(cell.text().splitlines()) == {"c code", "command", "child", "\ufffd水"}
    assert cell.text("stderr") == "trouble\n"


@pytest.mark.parametrize("how", ["fork", "spawn"])
def test_children_of_multiprocessing_print_into_the_cell(client: Client, how: str) -> None:
    # One by one: with PYTHONUNBUFFERED those of spawn write their lines in pieces.
    cell = client.execute(
        f"import multiprocessing\nc = multiprocessing.get_context('{how}')\n"
        "print('before', flush=True)\n"
        "ps = [c.Process(target=print, args=('child', n)) for n in range(3)]\n"
        "for p in ps: p.start(); p.join()\nprint('after')"
    )
    lines = cell.text().splitlines()
    assert sorted(lines) == ["after", "before", "child 0", "child 1", "child 2"]
    assert client.execute("1").value == "1"
    assert client.heartbeat([b"x"]) == [b"x"]


def test_output_is_shown_while_the_cell_runs(client: Client) -> None:
    cell = client.start("print('now')\nwhile True: pass")
    cell.until_text("now")
    assert not cell.replies
    client.request("interrupt_request", channel="control")
    cell.finish()


def test_streams_are_files(client: Client) -> None:
    code = "import sys; [(s.fileno(), s.isatty()) for s in (sys.stdout, sys.stderr)]"
    assert client.execute(code).value == "[(1, False), (2, False)]"


def test_faulthandler_writes_where_it_is_seen(client: Client) -> None:
    cell = client.execute(
        "import faulthandler; faulthandler.enable(); faulthandler.dump_traceback(2)"
    )
    cell.until_text("most recent call first", "stderr")
    assert cell.content["status"] == "ok"


@pytest.mark.parametrize("where", ["sys.stdout", "ip.display_pub"])
def test_hooks_see_and_keep_messages(client: Client, where: str) -> None:
    cell = client.execute(
        "import sys\nip = get_ipython(); kept = []\n"
        f"hook = lambda m: kept.append(m['header']['msg_type'])\n"
        f"{where}.register_hook(hook)\n"
        "print('a', end=''); display('a')\n"
        f"{where}.unregister_hook(hook)\nprint('b', end=''); display('b')"
    )
    texts = [d["data"]["text/plain"] for d in cell.of("display_data")]
    if where == "sys.stdout":
        assert (cell.text(), texts) == ("b", ["'a'", "'b'"])
    else:
        assert (cell.text(), texts) == ("ab", ["'b'"])
    assert client.execute("len(kept) >= 1").value == "True"


def test_libraries_know_a_notebook(client: Client) -> None:
    client.execute("ip = get_ipython(); import sys; from ipykernel.kernelbase import Kernel")
    for code, value in {
        "type(ip).__name__": "'ZMQInteractiveShell'",
        "'IPKernelApp' in ip.config": "True",
        "'ipykernel' in sys.modules": "True",
        "isinstance(ip.kernel, Kernel)": "True",
        "ip.kernel.get_parent()['header']['msg_type']": "'execute_request'",
        "type(ip.kernel._parent_ident['shell'] or []).__name__": "'list'",
        "ip.kernel.shell is ip": "True",
        "ip.kernel.comm_manager.targets is not None": "True",
    }.items():
        assert client.execute(code).value == value, code
    sent = client.execute(
        "k = ip.kernel\n"
        "_ = k.session.send(k.iopub_socket, 'display_data',"
        " {'data': {'text/plain': 'by hand'}, 'metadata': {}}, parent=k.get_parent())"
    )
    assert [d["data"]["text/plain"] for d in sent.of("display_data")] == ["by hand"]
    shown = client.execute(
        "k.send_response(k.iopub_socket, 'stream', {'name': 'stdout', 'text': 'sent'})"
    )
    assert shown.text() == "sent"


def test_environment_defaults(client: Client) -> None:
    client.execute("import os")
    for name, value in DEFAULTS.items():
        assert client.execute(f"os.environ['{name}']").value == repr(value)
    assert "inline" in client.execute("os.environ['MPLBACKEND']").value


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("%connect_info", '"shell_port"'),
        ("%autosave 60", "Autosaving every 60 seconds"),
        ("%clear", "\x1b[2J"),
        ("%gui", ""),
        ("%gui asyncio", ""),
        ("%matplotlib inline", ""),
        ("%subshell", ""),
    ],
)
def test_magics(client: Client, code: str, shown: str) -> None:
    cell = client.execute(code)
    assert shown in cell.text()
    if shown:
        assert cell.content["status"] == "ok"
    assert "Traceback" not in cell.text("stderr")


def test_the_kernel_knows_its_connection_file(client: Client, shared: Kernel) -> None:
    info = client.execute("from ipykernel import connect\nconnect.get_connection_info(unpack=True)")
    ports = {name: port for name, port in client.connection.items() if name.endswith("_port")}
    assert ports.items() <= ast.literal_eval(info.value).items()
    argv = client.execute("import sys; sys.argv[1:3]").value
    assert argv == repr(["-f", shared.manager.connection_file])


@pytest.mark.parametrize("magic", ["less", "more"])
def test_pager_magics(client: Client, magic: str, tmp_path: object) -> None:
    file = f"{tmp_path}/page.txt"
    client.execute(f"open({file!r}, 'w').write('a page')")
    cell = client.execute(f"%{magic} {file}")
    assert "a page" in str(cell.content["payload"][0]["data"]["text/plain"])


def test_fast_output_starves_nobody(client: Client) -> None:
    cell = client.start("for n in range(100_000): print(n)\nprint('x' * 50_000_000)")
    cell.until(lambda e: e.of("stream"), "output begins")
    answered = 0
    while not cell.replies:
        assert client.heartbeat([b"x"]) == [b"x"]
        client.request("kernel_info_request", channel="control")
        answered += 1
    cell.finish()
    assert answered > 0
    assert cell.text() == "".join(f"{n}\n" for n in range(100_000)) + "x" * 50_000_000 + "\n"


def test_values_that_json_does_not_know(client: Client) -> None:
    cell = client.execute(
        "import datetime, numpy as np\n"
        "display({'text/plain': '', 'application/json': {\n"
        "  'nan': float('nan'), 'set': {1}, 'int': np.int64(2**40), 'float': np.float64(0.5),\n"
        "  'day': datetime.datetime(2020, 1, 2, tzinfo=datetime.timezone.utc), 'raw': b'abc'}},"
        " raw=True)"
    )
    (shown,) = cell.of("display_data")
    values = shown["data"]["application/json"]
    assert values["set"] == [1]
    assert values["int"] == 2**40
    assert values["float"] == 0.5
    assert values["raw"] == "YWJj"
    assert values["day"].startswith("2020-01-02T00:00:00")
