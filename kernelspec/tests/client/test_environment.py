"""The environment object and the facts of the client."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from penstock.client import environment
from penstock.client.errors import GatewayError
from penstock.procstat import start_time

PYTHON = "/venv/bin/python"


def key(env: dict[str, str], flags: list[str] | None = None, python: str = PYTHON) -> str:
    return environment.describe_environment(python, flags or [], env)["key"]


def test_the_commands() -> None:
    described = environment.describe_environment(PYTHON, ["-X", "dev"], {})
    assert described["zygote_argv"] == [PYTHON, "-X", "dev", "-m", "penstock.worker.zygote"]
    assert described["fresh_argv"] == [PYTHON, "-X", "dev", "-m", "penstock.worker"]


def test_the_key_tells_what_a_zygote_has_loaded() -> None:
    base = key({"HOME": "/h"})
    assert key({"HOME": "/h", "PATH": "/other", "OMP_NUM_THREADS": "2"}) == base
    others = [
        key({"HOME": "/other"}),
        key({"HOME": "/h", "IPYTHONDIR": "/i"}),
        key({"HOME": "/h", "PENSTOCK_PRELOAD": "pandas"}),
        key({"HOME": "/h"}, flags=["-O"]),
        key({"HOME": "/h"}, python="/other/python"),
    ]
    assert len({base, *others}) == 6
    assert bytes.fromhex(base)


@pytest.mark.parametrize(
    "name",
    [
        "LD_PRELOAD",
        "DYLD_LIBRARY_PATH",
        "PYTHONHASHSEED",
        "PYTHONPATH",
        "OMP_NUM_THREADS",
        "MKL_NUM_THREADS",
        "OPENBLAS_NUM_THREADS",
        "MALLOC_ARENA_MAX",
        "GLIBC_TUNABLES",
        "LANG",
        "LC_ALL",
    ],
)
def test_start_only_variables(name: str) -> None:
    assert environment.start_only({name: "1", "OTHER": "x"}) == {name: "1"}
    assert environment.start_only({name: ""}) == {}


@pytest.mark.parametrize(
    "name", ["PYTHONSTARTUP", "TZ", "PATH", "HOME", "CUDA_VISIBLE_DEVICES", "TMPDIR", "OLD_LANG"]
)
def test_variables_that_act_later(name: str) -> None:
    assert environment.start_only({name: "1"}) == {}


def test_facts_are_those_of_this_process() -> None:
    code = (
        "import json; from penstock.client.environment import client_facts;"
        "print(json.dumps(client_facts()))"
    )
    source = str(Path(__file__).parents[2] / "src")
    limited = f"umask 027; ulimit -S -n 77; exec {sys.executable} -c '{code}'"
    output = subprocess.check_output(["sh", "-c", limited], env={"PYTHONPATH": source})
    facts = __import__("json").loads(output)
    assert facts["umask"] == 0o027
    assert facts["rlimits"]["RLIMIT_NOFILE"][0] == 77
    assert facts["affinity"] == sorted(os.sched_getaffinity(0))


def test_a_lease_names_this_process() -> None:
    lease = environment.lease()
    assert lease["pid"] == os.getpid()
    assert lease["start"] == start_time(os.getpid())
    assert start_time(2**22 + 5) is None


@pytest.mark.parametrize(
    ("text", "size"),
    [("300M", 300 << 20), ("2g", 2 << 30), ("1.5GiB", 3 << 29), ("4096", 4096), ("64kb", 65536)],
)
def test_memory_limits(text: str, size: int) -> None:
    limit = environment.memory_limit({"PENSTOCK_MEMORY_LIMIT": text})
    assert limit == {"limits": {"memory": size}}


def test_no_memory_limit() -> None:
    assert environment.memory_limit({}) == {}
    assert environment.memory_limit({"PENSTOCK_MEMORY_LIMIT": " "}) == {}


@pytest.mark.parametrize("text", ["much", "-1M", "0", "12X", "M", "1e999"])
def test_a_limit_that_is_no_size_is_an_error(text: str) -> None:
    with pytest.raises(GatewayError, match="is not a size"):
        environment.memory_limit({"PENSTOCK_MEMORY_LIMIT": text})


def test_bytes_that_are_not_utf8_reach_the_gateway_as_lone_surrogates() -> None:
    """In any locale: in the C locale of an old Python the strings themselves look different."""
    code = (
        "import json, os, sys; from penstock.client.environment import wire_env;"
        "print(json.dumps(wire_env(dict(os.environ))['ODD']))"
    )
    source = str(Path(__file__).parents[2] / "src")
    for locale in ({"LC_ALL": "C.UTF-8"}, {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0"}):
        for mode in ("0", "1"):
            env = {"PYTHONPATH": source, "PYTHONUTF8": mode, **locale, b"ODD": b"caf\xe9 \xc3\xa9"}
            output = subprocess.check_output(
                [sys.executable, "-c", code],
                env={os.fsencode(k): os.fsencode(v) for k, v in env.items()},
            )
            assert __import__("json").loads(output) == "caf\udce9 é"
