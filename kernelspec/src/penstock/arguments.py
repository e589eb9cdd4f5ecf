"""The kernel's command line, as clients build it from kernel.json: what is for the launcher, what
for the kernel.
"""

from __future__ import annotations

from collections.abc import Iterator

MODULE = "penstock.launcher"

ENVIRONMENT = "--environment"
"""Option with the folder of an environment (docs/environments.md): its Python runs the kernel."""

FILE_OPTIONS = ("-f", "--f", "--IPKernelApp.connection_file")
CONNECTION_OPTIONS = {
    "transport": "transport",
    "ip": "ip",
    "shell": "shell_port",
    "iopub": "iopub_port",
    "stdin": "stdin_port",
    "control": "control_port",
    "hb": "hb_port",
}
"""Short options of ipykernel, and `--IPKernelApp.<field>`, that name a field of the connection
file.
"""


class KernelArguments:
    """A parsed command line: `connection_file` (None if not named), `connection` (fields that are
    given in the command line itself), `environment` (a folder, None for the launcher's own
    Python), `rest` (in order, for the kernel) and `help` (it was asked for).
    """

    def __init__(self) -> None:
        self.connection_file: str | None = None
        self.connection: dict[str, str | int] = {}
        self.environment: str | None = None
        self.rest: list[str] = []
        self.help = False


def parse_arguments(argv: list[str]) -> KernelArguments:
    """Takes the launcher's own options out of `argv`, wherever they are. Raises ValueError with
    what is wrong.
    """
    parsed = KernelArguments()
    words = iter(argv)
    for word in words:
        name, equals, value = word.partition("=")
        if word in ("-h", "--help"):
            parsed.help = True
        elif name in FILE_OPTIONS:
            parsed.connection_file = value if equals else _next(words, name)
        elif name == ENVIRONMENT:
            parsed.environment = value if equals else _next(words, name)
        elif _field(name) is not None:
            _set_field(parsed, name, value if equals else _next(words, name))
        else:
            parsed.rest.append(word)
    return parsed


def interpreter_flags(command: list[str]) -> list[str]:
    """The interpreter's own options in `[python, *flags, "-m", "penstock.launcher", ...]`."""
    if MODULE in command and command[command.index(MODULE) - 1] == "-m":
        return command[1 : command.index(MODULE) - 1]
    return []


def launcher_arguments(command: list[str]) -> list[str]:
    """What follows the launcher's name in a whole command; all after the program when it is not
    named.
    """
    return command[command.index(MODULE) + 1 :] if MODULE in command else command[1:]


def _field(name: str) -> str | None:
    if name.startswith("--IPKernelApp."):
        field = name.removeprefix("--IPKernelApp.")
        return field if field in CONNECTION_OPTIONS.values() else None
    return CONNECTION_OPTIONS.get(name[2:]) if name.startswith("--") else None


def _set_field(parsed: KernelArguments, name: str, value: str) -> None:
    field = _field(name)
    assert field is not None
    if field.endswith("_port"):
        if not value.isdigit():
            raise ValueError(f"{name} needs a port number, not {value!r}")
        parsed.connection[field] = int(value)
    else:
        parsed.connection[field] = value


def _next(words: Iterator[str], name: str) -> str:
    value = next(words, None)
    if value is None:
        raise ValueError(f"{name} needs a value")
    return value
