"""Command line of `penstock`: what can be asked for, and how errors come out.

Exit codes: 0 done; 1 it failed, or `doctor` found a problem; 2 the command line is wrong; 3 no
gateway is running. With --json every command prints one JSON value, for an error `{"error":
{"code", "message", "hint"}}`.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from typing import Any

from .. import __version__
from ..client.errors import GatewayError
from ..platforms import unsupported
from .env_options import add_env
from .printing import print_error
from .serve_reading import add_options

Command = Callable[[argparse.Namespace], int]


def main(argv: list[str] | None = None) -> int:
    """Runs one command and returns its exit code."""
    words = sys.argv[1:] if argv is None else argv
    options = build_parser().parse_args(words)
    if options.version:
        from .status import version

        return version(options)
    if options.command is None:
        build_parser().print_help()
        return 2
    try:
        _check_platform()
        return int(_load(options.command)(options))
    except GatewayError as error:
        print_error(error, options.json)
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # the reader of our output has enough (`| head`)
        sys.stdout = None
        return 0


def _check_platform() -> None:
    if problem := unsupported():
        raise GatewayError("platform", problem)


def build_parser() -> argparse.ArgumentParser:
    """The whole command line. `command` names the function that does it, as "module.function"."""
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "--json", action="store_true", help="print JSON, for programs", default=argparse.SUPPRESS
    )
    parser = argparse.ArgumentParser(
        prog="penstock",
        description="Python kernels on the Penstock gateway.",
        epilog="Exit codes: 0 done, 1 failed, 2 wrong command line, 3 no gateway is running.",
    )
    parser.add_argument(
        "--version", action="store_true", help=f"print the version ({__version__}) and exit"
    )
    parser.add_argument("--json", action="store_true", help="print JSON, for programs")
    parser.set_defaults(command=None)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")

    def add(group: Any, name: str, command: str, help_text: str) -> argparse.ArgumentParser:
        added: argparse.ArgumentParser = group.add_parser(
            name,
            parents=[common],
            help=help_text,
            description=help_text[0].upper() + help_text[1:] + ".",
        )
        added.set_defaults(command=command)
        return added

    kernel = commands.add_parser("kernel", help="start, list and stop kernels")
    kernels = kernel.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _start_options(
        add(kernels, "start", "kernels.start", "start a kernel that lives until it is stopped")
    )
    add(kernels, "list", "kernels.list_kernels", "list the kernels of the gateway")
    stop = add(kernels, "stop", "kernels.stop", "end kernels")
    stop.add_argument("ids", nargs="*", metavar="ID", help="kernel id, or its beginning")
    stop.add_argument("--all", action="store_true", help="end all kernels")
    stop.add_argument("--now", action="store_true", help="kill, do not ask")
    logs = add(kernels, "logs", "logs.logs", "print what the gateway logged about a kernel")
    logs.add_argument("id", metavar="ID", help="kernel id, or its beginning")
    logs.add_argument("--output", action="store_true", help="print the kernel's own output instead")

    add_env(commands, add)
    serve = add(commands, "serve", "serve.serve", "serve Jupyter's REST and WebSocket over HTTP")
    add_options(serve)
    _top_options(
        add(commands, "top", "top.top", "show what a server's kernels do, again and again")
    )
    add(commands, "status", "status.status", "tell whether the gateway runs, and what it does")
    add(commands, "doctor", "doctor.doctor", "check this installation and say how to mend it")
    gateway = commands.add_parser("gateway", help="end the gateway")
    gateways = gateway.add_subparsers(title="commands", metavar="COMMAND", required=True)
    add(gateways, "stop", "status.stop_gateway", "end all kernels and the gateway")
    _install_options(
        add(commands, "install", "install.install", "make the kernel known to Jupyter")
    )
    return parser


def _start_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "-f", "--connection-file", metavar="FILE", help="where the connection file is written"
    )
    parser.add_argument(
        "--cwd", metavar="DIR", help="directory to start in (default: the current one)"
    )
    parser.add_argument("--env", nargs=2, action="append", metavar=("NAME", "VALUE"), default=[])
    parser.add_argument(
        "--environment", metavar="NAME", help="environment to run in, of `penstock env create`"
    )
    parser.add_argument(
        "--fresh", action="store_true", help="start a new Python process instead of a fork"
    )
    parser.add_argument("args", nargs="*", metavar="ARG", help="kernel arguments, after --")


def _top_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--url", default="", help="the server's address (default: the gateway of local clients)"
    )
    parser.add_argument(
        "--token", help="its token (better in $PENSTOCK_TOKEN: others can read command lines)"
    )
    parser.add_argument(
        "--interval",
        type=_seconds,
        default=2.0,
        metavar="S",
        help="time between looks (default: 2)",
    )
    parser.add_argument("--once", action="store_true", help="look once")


def _seconds(text: str) -> float:
    value = float(text)
    if not 0.1 <= value <= 3600:
        raise argparse.ArgumentTypeError("must be from 0.1 to 3600 seconds")
    return value


def _install_options(parser: argparse.ArgumentParser) -> None:
    where = parser.add_mutually_exclusive_group()
    where.add_argument(
        "--user", action="store_true", help="for this user, in every environment's Jupyter"
    )
    where.add_argument("--sys-prefix", action="store_true", help="for this Python environment")
    where.add_argument("--prefix", metavar="DIR", help="below DIR/share/jupyter")
    parser.add_argument(
        "--name", default="penstock", help="name of the kernelspec (default: %(default)s)"
    )
    parser.add_argument("--display-name", metavar="TEXT", help="what people see")
    parser.add_argument("--env", nargs=2, action="append", metavar=("NAME", "VALUE"), default=[])
    parser.add_argument("--profile", help="IPython profile that the kernel uses")


def _load(command: str) -> Command:
    from importlib import import_module

    module, function = command.split(".")
    loaded: Command = getattr(import_module(f"{__package__}.{module}"), function)
    return loaded
