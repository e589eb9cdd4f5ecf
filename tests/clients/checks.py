"""The table of checks. Each is a function of a client; its docstring is its title on the page."""

from __future__ import annotations

import base64
from collections.abc import Callable

from tests.clients.client import Client
from tests.clients.outcome import Outcome

PNG = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk"
    "+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
#: One cell each, on one line, because terminals take lines. What has to be seen is not in the code,
#: because terminals show that, too.
CELLS = {
    "stdout": "print('crates:', 6 * 7)",
    "stderr": "import sys; print('spilled:', 6 * 7, file=sys.stderr)",
    "result": "6 * 7 * 1000",
    "image": f"from base64 import b64decode; from IPython.display import Image, display; "
    f"display(Image(b64decode('{PNG}')))",
    "unicode": "print('🧪 力水 ивилс'[::-1])",
    "megabyte": "print('\\n'.join(f'{n:07}' for n in range(131_072)))",
    "error": "[1 / parts for parts in (2, 0)]",
}
LOOP = "print('round', 6 * 7, flush=True); any(False for _ in iter(int, 1))"
LOOP_RUNS = "round 42"
QUESTION = "name = input('who? '); print('hello', name[::-1])"
KEPT = "kept = 42"
IS_KEPT = "print('kept:', 'kept' in globals())"
DEATH = "import os; os._exit(3)"


def stdout(client: Client) -> None:
    """Text on stdout"""
    assert "crates: 42" in client.shown("stdout").stdout


def stderr(client: Client) -> None:
    """Text on stderr"""
    assert "spilled: 42" in client.shown("stderr").stderr


def result(client: Client) -> None:
    """The value of an expression"""
    assert "42000" in client.shown("result").result


def image(client: Client) -> None:
    """A picture, byte for byte"""
    assert client.shown("image").images == [client.kept_picture(base64.b64decode(PNG))]


def unicode(client: Client) -> None:
    """Letters of many scripts, both ways"""
    assert "сливи 水力 🧪" in client.shown("unicode").stdout


def megabyte(client: Client) -> None:
    """A mebibyte of text, complete and in order"""
    lines = client.shown("megabyte").stdout.split()
    numbers = [line for line in lines if len(line) == 7 and line.isdigit()]
    wanted = [f"{n:07}" for n in range(131_072)]
    if "megabyte" in client.OTHERWISE:
        assert len(numbers) >= client.LAST_LINES
        wanted = wanted[-len(numbers) :]
    assert numbers == wanted


def error(client: Client) -> None:
    """An exception with its traceback"""
    seen = client.shown("error")
    assert "ZeroDivisionError" in seen.error
    assert "Traceback (most recent call last)" in seen.traceback
    assert "division by zero" in seen.traceback


def question(client: Client) -> None:
    """input() is asked and answered"""
    assert "hello Celine" in client.answer(QUESTION, "enileC").stdout


def interrupt(client: Client) -> None:
    """A loop is interrupted, and the next cell runs"""
    seen, after = client.interrupt(LOOP, LOOP_RUNS, CELLS["result"])
    assert "KeyboardInterrupt" in seen.error
    assert "42000" in after.result


def death(client: Client) -> None:
    """The kernel's death is told"""
    told = client.death(DEATH)
    assert client.TOLD_OF_DEATH in told


def restart(client: Client) -> None:
    """A restart by its user, to an empty namespace"""
    assert "kept: False" in client.restart(KEPT, IS_KEPT).stdout


def completion(client: Client) -> None:
    """Completion of a name"""
    assert "sorted" in client.complete("sorte")


def inspection(client: Client) -> None:
    """Inspection of a name"""
    assert "Return the number of items in a container." in client.inspect("len")


def parameters(client: Client) -> None:
    """Parameters from outside"""
    outcome: Outcome = client.parametrised("crates = 1", {"crates": 1400}, "crates * 30")
    assert "42000" in outcome.result


def exit_code(client: Client) -> None:
    """Exit code 0 when all went well, else not"""
    assert client.exit_code(CELLS["result"]) == 0
    if "exit_code" not in client.OTHERWISE:
        assert client.exit_code(CELLS["error"]) not in (0, None)


CHECKS: tuple[Callable[[Client], None], ...] = (
    stdout,
    stderr,
    result,
    image,
    unicode,
    megabyte,
    error,
    question,
    interrupt,
    death,
    restart,
    completion,
    inspection,
    parameters,
    exit_code,
)
