"""The argv launcher: ``python -m penstock.launcher -f FILE [kernel arguments]``.

For clients that know only kernel.json's argv. It is alive exactly as long as its worker and ends as
that one did: with the same exit code, or by the same signal. Its imports are few: a person waits
for them.
"""

from __future__ import annotations

import os
import sys


def _open_standard_descriptors() -> None:
    """A client may start it with 0, 1 or 2 closed; then the next file would become "stdout"."""
    for fd in range(3):
        try:
            os.fstat(fd)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest free number: this one


_open_standard_descriptors()

from .platforms import unsupported  # noqa: E402  (first of all the descriptors)

if problem := unsupported():  # the imports below need what only other systems have
    sys.exit(f"penstock: {problem}")

from . import connection_file as files  # noqa: E402  (first of all the descriptors)
from .arguments import KernelArguments, parse_arguments  # noqa: E402
from .client.errors import GatewayError  # noqa: E402
from .client.gateway import start_kernel  # noqa: E402
from .client.request import start_request  # noqa: E402
from .echo import targets  # noqa: E402
from .launched import Launched, Signals  # noqa: E402

USAGE = """\
usage: python -m penstock.launcher -f CONNECTION_FILE [kernel arguments]

Starts a Penstock kernel and lives as long as it does. Jupyter clients run this; people use
"penstock kernel start". The file may also be a registration file (JEP 66). Kernel arguments
are those of ipykernel, such as --HistoryManager.hist_file=:memory: or
--IPKernelApp.matplotlib=inline.
"""


def main(argv: list[str] | None = None) -> None:
    """Runs the launcher; does not return."""
    signals = Signals()
    try:
        arguments = parse_arguments(sys.argv[1:] if argv is None else argv)
        if arguments.help:
            _say(USAGE, sys.stdout)
            sys.exit(0)
        launched, created = _launch(arguments, signals)
    except (GatewayError, ValueError) as error:
        _say(f"penstock: {error}\n", sys.stderr)
        sys.exit(1)
    try:
        ending = launched.wait()
    finally:
        if created is not None:
            _remove(created)
    ending.die()


def _launch(arguments: KernelArguments, signals: Signals) -> tuple[Launched, str | None]:
    """Starts the kernel; also returns the connection file if it was made here."""
    path = _path(arguments.connection_file)
    known = files.read(path)
    wanted = {**(known or {}), **arguments.connection}
    if files.is_registration(wanted):
        # That file stays as it is; other clients find the kernel by one of its own.
        path, known = _new_path(), None
    copied = targets(None, None)
    request = start_request(
        name=str(wanted.get("kernel_name") or "penstock"),
        via="launcher",
        python=sys.executable,
        flags=_own_flags(),
        args=arguments.rest,
        env=dict(os.environ),
        cwd=os.getcwd(),
        connection=wanted,
        connection_file=path,
        echo=bool(copied),
        in_environment=arguments.environment,
    )
    answer, directory = start_kernel(request)
    launched = Launched(directory, answer["id"], answer["worker_pid"], signals, copied)
    if known is None or not files.has_all_ports(known):
        # A file that was there keeps what else is in it; the gateway's choice fills in the rest.
        files.write(path, {**(known or {}), **answer["connection"]})
    return launched, path if known is None else None


def _path(named: str | None) -> str:
    if named is None:
        path = files.default_path(f"kernel-{os.getpid()}.json")
        _say(f'To connect another client, use:\n    --existing "{path}"\n', sys.stderr)
        return path
    if not os.path.dirname(named) and not os.path.exists(named):
        return files.default_path(
            named
        )  # a bare name is looked for here, then belongs to Jupyter's own directory
    return os.path.abspath(named)


def _new_path() -> str:
    import uuid

    return files.default_path(f"kernel-{uuid.uuid4()}.json")


def _own_flags() -> list[str]:
    """Options of the interpreter that this process was started with, for its worker: -X dev, -W
    error, ...
    """
    return sys.orig_argv[1 : sys.orig_argv.index("-m")] if "-m" in sys.orig_argv else []


def _say(text: str, stream: object) -> None:
    try:
        print(text, end="", file=stream, flush=True)  # type: ignore[call-overload]
    except (OSError, ValueError):
        pass  # nobody listens any more


def _remove(path: str) -> None:
    try:
        os.unlink(path)
    except OSError:
        pass  # its client was tidier


if __name__ == "__main__":
    main()
