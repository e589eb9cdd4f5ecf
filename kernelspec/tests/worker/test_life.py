"""Start, fork against fresh start, and all the ways to end."""

from __future__ import annotations

import ast
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from keeper.harness import wait_until
from testing_gateway import PATIENT, TIMEOUT, Gateway, Worker, Zygote

STATE = """
import os, sys, random, resource, signal, warnings, gc, asyncio, tempfile, threading, locale
ip = get_ipython()
dict(
    path=[p for p in sys.path], argv=sys.argv, env=dict(os.environ), cwd=os.getcwd(),
    dh=[str(p) for p in _dh],
    mask=open('/proc/self/status').read().partition('Umask:')[2].split()[0],
    config=repr(sorted((k, sorted(map(str, v.items()))) for k, v in ip.config.items() if v)),
    count=ip.execution_count, names=sorted(n for n in ip.user_ns if not n.startswith('_i')),
    hidden=sorted(ip.user_ns_hidden), leader=os.getsid(0) == os.getpgrp() == os.getpid(),
    fds=sorted(os.listdir('/proc/self/fd'))[:3], stdin=os.readlink('/proc/self/fd/0'),
    filters=len(warnings.filters), gc=gc.isenabled(), thresholds=gc.get_threshold(),
    sigs={s.name: str(signal.getsignal(s)).partition(' at ')[0] for s in signal.Signals
          if s.name not in ('SIGINT',)},
    nofile=resource.getrlimit(resource.RLIMIT_NOFILE),
    main=sys.modules['__main__'].__name__, magics=sorted(ip.magics_manager.magics['line']),
    hist=type(ip.history_manager.db).__name__, enabled=ip.history_manager.enabled,
    ext=sorted(ip.extension_manager.loaded), start=ip.starting_dir, tmp=tempfile.gettempdir(),
    loop=type(asyncio.get_running_loop()).__name__,
    threads=sorted(t.name for t in threading.enumerate() if not t.name.startswith('Thread')),
    out=[type(sys.stdout).__name__, sys.stdout.encoding, sys.stderr.name],
    name=ip.user_ns.get('__session__'), daemon=threading.main_thread().name,
)
"""


def _state(worker: Worker) -> dict:
    result = worker.execute(STATE)
    assert result.reply["status"] == "ok", result.reply
    return dict(ast.literal_eval(result.value))


def test_a_fork_equals_a_fresh_start(gateway: Gateway, tmp_path: Path) -> None:
    env = {**gateway.env, "X": "1", "JPY_SESSION_NAME": "/n.ipynb", "TZ": "Asia/Tokyo"}
    start = {
        "env": env,
        "cwd": str(tmp_path),
        "umask": 0o077,
        "args": ["-f", "/x/kernel-1.json", "--HistoryManager.hist_file=:memory:"],
        "rlimits": {"RLIMIT_NOFILE": [512, 1024]},
    }
    fork, fresh = (_state(gateway.start(mode, **start)) for mode in ("fork", "fresh"))
    assert {k: (v, fresh[k]) for k, v in fork.items() if v != fresh[k]} == {}
    assert fork["mask"] == "0077"
    assert fork["nofile"] == (512, 1024)
    assert fork["leader"]
    assert fork["cwd"] == fork["start"] == fork["dh"][0] == str(tmp_path)
    assert fork["path"].count("") == 1
    assert fork["name"] == "/n.ipynb"
    assert fork["argv"][0].endswith("ipykernel_launcher.py")
    assert fork["argv"][1:] == start["args"]
    assert fork["env"]["MPLBACKEND"] == "module://matplotlib_inline.backend_inline"
    assert fork["env"]["PAGER"] == "cat"
    assert fork["env"]["X"] == "1"


def test_a_worker_starts_like_ipykernel(gateway: Gateway, base_env: dict, tmp_path: Path) -> None:
    """The state a user can see equals that of ipykernel itself, started by jupyter_client."""
    from jupyter_client.manager import start_new_kernel

    manager, client = start_new_kernel(kernel_name="python3", env=base_env, cwd=str(tmp_path))
    try:
        replies = []
        client.execute_interactive(
            STATE,
            timeout=TIMEOUT,
            output_hook=lambda m: replies.append(m) if m["msg_type"] == "execute_result" else None,
        )
        theirs = ast.literal_eval(replies[0]["content"]["data"]["text/plain"])
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    ours = _state(gateway.start("fork", cwd=str(tmp_path)))
    for key in (
        "path",
        "cwd",
        "dh",
        "count",
        "names",
        "hidden",
        "filters",
        "gc",
        "thresholds",
        "main",
        "magics",
        "hist",
        "enabled",
        "ext",
        "start",
        "loop",
        "mask",
        "leader",
    ):
        assert ours[key] == theirs[key], key
    assert ours["argv"][0] == theirs["argv"][0]
    sent = {"JPY_PARENT_PID", "PYDEVD_USE_FRAME_EVAL", "TERM"}
    assert {k: v for k, v in ours["env"].items() if k not in sent} == {
        k: v for k, v in theirs["env"].items() if k not in sent
    }


def test_forks_differ_in_what_must_be_random(gateway: Gateway) -> None:
    code = "import random, uuid; random.random(), uuid.uuid4().hex, get_ipython().kernel.ident"
    values = [gateway.start("fork").execute(code).value for _ in range(3)]
    assert len(set(values)) == 3


def test_environment_that_is_not_utf8(gateway: Gateway, mode: str) -> None:
    worker = gateway.start(mode, env={**gateway.env, "B": "a\udcff"})
    assert worker.execute("import os; os.environb[b'B']").value == r"b'a\xff'"


def test_a_missing_directory_is_told(gateway: Gateway, mode: str) -> None:
    worker = gateway.start(mode, cwd="/no/such/dir")
    result = worker.execute("import os; os.getcwd()")
    assert result.value == repr(gateway.env["HOME"])
    assert "cannot start in /no/such/dir" in result.text("stderr")


def test_modules_of_the_current_directory(gateway: Gateway, mode: str, tmp_path: Path) -> None:
    (tmp_path / "beside.py").write_text("x = 5")
    assert gateway.start(mode, cwd=str(tmp_path)).execute("import beside; beside.x").value == "5"


def test_affinity(gateway: Gateway, mode: str) -> None:
    cpu = min(os.sched_getaffinity(0))
    worker = gateway.start(mode, affinity=[cpu])
    assert worker.execute("import os; os.sched_getaffinity(0)").value == str({cpu})


def test_startup_files_lines_and_extensions(
    base_env: dict, gateway: Gateway, mode: str, tmp_path: Path
) -> None:
    profile = tmp_path / "profile_default"
    (profile / "startup").mkdir(parents=True)
    (profile / "startup" / "10.py").write_text("started = 1; print('from startup')")
    (profile / "startup" / "20.ipy").write_text("%alias hey echo hey\nfailed = 1/0")
    (profile / "ipython_config.py").write_text(
        "c.InteractiveShellApp.exec_lines = ['line = started + 1']\n"
        "c.InteractiveShellApp.extensions = ['autoreload']\n"
        "c.InteractiveShell.ast_node_interactivity = 'all'\n"
    )
    env = {**base_env, "IPYTHONDIR": str(tmp_path)}
    gateway.zygote, shared = Zygote(env), gateway.zygote
    try:
        worker = gateway.start(mode, env=env)
        result = worker.execute("started\nline")
        assert [m.content["data"]["text/plain"] for m in result.of("execute_result")] == ["1", "2"]
        assert "from startup" in result.all_text()
        assert worker.execute("'autoreload' in get_ipython().extension_manager.loaded").value
        answer = gateway.zygote.fork(gateway.spec(env=env))
        assert answer["ok"]
        os.kill(answer["pid"], signal.SIGKILL)
        os.waitpid(answer["pid"], 0)
        (profile / "startup" / "10.py").write_text("started = 7")
        answer = gateway.zygote.fork(gateway.spec(env=env))
        assert (answer["ok"], answer["code"]) == (False, "stale")
        assert "10.py" in answer["error"]
    finally:
        assert gateway.zygote.close() == 0
        gateway.zygote = shared


def test_options_of_a_fresh_start(gateway: Gateway) -> None:
    worker = gateway.start(
        "fresh",
        args=[
            "-f",
            "/x.json",
            "--InteractiveShellApp.exec_lines=x=5",
            "--InteractiveShell.ast_node_interactivity=all",
            "--IPKernelApp.matplotlib=inline",
            "--profile=other",
            "--ProfileDir.location=" + gateway.env["IPYTHONDIR"] + "/p",
            "--BaseIPythonApplication.auto_create=True",
        ],
    )
    assert [m.type for m in worker.execute("x\nx").messages].count("execute_result") == 2
    assert worker.execute("get_ipython().profile_dir.location[-2:]").value == "'/p'"


def test_an_option_that_a_fork_cannot_take(gateway: Gateway, zygote: Zygote) -> None:
    spec = gateway.spec(args=["--InteractiveShell.colors=nocolor"])
    _, err = gateway._lanes
    answer = zygote.fork(spec)
    _, status = os.waitpid(answer["pid"], 0)
    assert os.waitstatus_to_exitcode(status) == 1
    assert "--InteractiveShell.colors=nocolor needs a fresh start" in err.rest().decode()


@pytest.mark.parametrize(
    "code",
    [
        "1",
        "while True: pass",
        "import time; time.sleep(60)",
        "import asyncio; await asyncio.sleep(60)",
        "input()",
        "import os; os.system('sleep 60 & sleep 60')",
    ],
)
def test_shutdown(worker: Worker, code: str, tmp_path: Path) -> None:
    mark = tmp_path / "end"
    worker.execute(
        f"{PATIENT}; import atexit, pathlib; atexit.register(pathlib.Path({str(mark)!r}).touch)"
    )
    worker.start(f"print('go', flush=True)\n{code}", allow_stdin=True)
    worker.until_text("go")
    assert worker.shutdown() == 0
    assert mark.exists()
    wait_until(lambda: not _group(worker.pid), "the end of the group")


def test_shutdown_while_c_code_holds_the_main_thread(worker: Worker) -> None:
    worker.start("import ctypes; print('go', flush=True); ctypes.PyDLL(None).poll(0, 0, 700)")
    worker.until_text("go")
    assert worker.shutdown() == 0


def test_shutdown_ends_children_that_do_not_listen(worker: Worker) -> None:
    worker.execute(
        "import subprocess\n"
        "p = subprocess.Popen(['sh', '-c', 'trap \"\" TERM; echo up; while :; do sleep 1; done'],"
        " stdout=subprocess.PIPE)\np.stdout.readline()"
    )
    assert worker.shutdown() == 0
    wait_until(lambda: not _group(worker.pid), "the end of the group")


@pytest.mark.parametrize("code", ["1", "while True: pass"])
def test_the_end_of_the_link_ends_the_worker(worker: Worker, code: str) -> None:
    worker.start(f"print('go', flush=True)\n{code}")
    worker.until_text("go")
    worker.data.close()
    worker.control.close()
    assert worker.wait() == 1


def test_another_link_version(gateway: Gateway, zygote: Zygote) -> None:
    from penstock.worker.frames import Frame, FrameType, encode

    spec = gateway.spec()
    lanes = gateway._lanes
    pid = zygote.fork(spec)["pid"]
    welcome = encode(Frame(FrameType.WELCOME, 0, 0, 0, [b'{"version": 2}']))
    connections = [gateway._listener.accept()[0] for _ in range(2)]
    for connection in connections:
        connection.sendall(welcome)
    _, status = os.waitpid(pid, 0)
    assert os.waitstatus_to_exitcode(status) == 70
    for closing in connections:
        closing.close()
    for lane in lanes:
        os.close(lane.fd)


def test_a_crash_leaves_its_python_stack(worker: Worker) -> None:
    worker.start("import faulthandler, ctypes\ndef deep(): ctypes.string_at(0)\ndeep()")
    assert worker.wait() == -signal.SIGSEGV
    stack = worker.lanes[1].rest().decode()
    assert "Segmentation fault" in stack
    assert "in deep" in stack


def test_a_gateway_that_is_not_there(gateway: Gateway, zygote: Zygote) -> None:
    answer = zygote.fork(gateway.spec(link="/no/such.sock"))
    _, status = os.waitpid(answer["pid"], 0)
    assert os.waitstatus_to_exitcode(status) == 1
    assert "cannot reach the gateway at /no/such.sock" in gateway._lanes[1].rest().decode()


def test_no_bad_request_ends_the_zygote(gateway: Gateway, zygote: Zygote) -> None:
    for spec in (None, {}, {"session": 1}, {**gateway.spec(), "nonce": "xx"}):
        answer = zygote.fork(spec)
        assert not answer["ok"]
        assert "spec" in answer["error"]


def test_a_fresh_worker_without_a_spec(base_env: dict) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "penstock.worker"],
        input=b"{}\n",
        env=base_env,
        capture_output=True,
        timeout=TIMEOUT,
    )
    assert done.returncode == 1
    assert b"no usable spec" in done.stderr
    assert b"Traceback" not in done.stderr


def test_preload_and_what_may_not_be_forked(
    base_env: dict, gateway: Gateway, tmp_path: Path
) -> None:
    (tmp_path / "threaded.py").write_text(
        "import threading, time\n"
        "threading.Thread(target=time.sleep, args=(60,), daemon=True).start()"
    )
    paths = f"{base_env['PYTHONPATH']}:{tmp_path}"
    env = {**base_env, "PYTHONPATH": paths, "PENSTOCK_PRELOAD": "colorsys, nonsuch"}
    process = Zygote(env)
    gateway.zygote, shared = process, gateway.zygote
    try:
        assert (
            gateway.start("fork").execute("import sys; 'colorsys' in sys.modules").value == "True"
        )
        # A module that would now shadow a loaded one makes the zygote stale.
        (tmp_path / "json.py").write_text("")
        assert gateway.zygote.fork(gateway.spec())["code"] == "stale"
        (tmp_path / "json.py").unlink()
    finally:
        gateway.zygote = shared
        process.close()
    process = Zygote({**env, "PENSTOCK_PRELOAD": "threaded"})
    try:
        answer = process.fork(gateway.spec())
        assert answer["code"] == "stale"
        assert "started a thread" in answer["error"]
    finally:
        process.close()


def test_the_worker_dies_with_its_keeper(base_env: dict, tmp_path: Path) -> None:
    """A keeper (a process of its own here) that is killed takes its workers along."""
    script = Path(__file__).parent / "testing_keeper.py"
    process = subprocess.Popen([sys.executable, str(script)], env=base_env, stdout=subprocess.PIPE)
    assert process.stdout is not None
    pids = json.loads(process.stdout.readline())
    process.kill()
    process.wait()
    process.stdout.close()
    deadline = time.monotonic() + TIMEOUT
    while any(_alive(pid) for pid in pids):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False  # there is none, or it has just been reaped


def _group(pgid: int) -> list[int]:
    members = []
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = entry.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[2]) == pgid and fields[0] != "Z":
            members.append(int(entry.parent.name))
    return members
