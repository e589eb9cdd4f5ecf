"""One worker's life, the same for a fork and a fresh start: :func:`prepare`, :func:`serve`."""

from __future__ import annotations

import asyncio
import faulthandler
import gc
import os
import sys
import threading
import time
from collections.abc import Callable, Sequence
from functools import partial

from . import forking
from .app import IPKernelApp
from .build import join_build
from .control import ControlThread
from .debugger.service import DebugService
from .ending import EXIT_LINK_LOST, EXIT_SHUTDOWN, Ending, exit_code
from .environment import enter_directory, renew_random_state, replace_environment
from .intake import Intake
from .kernel import WorkerKernel
from .lanes import Lanes
from .link import Link, LinkClosed
from .processes import apply_limits, die_with_parent, lead_session
from .service import Service
from .spec import Spec
from .subshells import Subshells
from .warmup import warm_up

#: Seconds between the reply to a cell that called `exit()` and the end. A terminal that finds its
#: kernel dead does not look for the reply any more, which tells it to leave; ipykernel takes 0.1 s
#: and the time to end the interpreter.
_PARTING = 0.25


def prepare(argv: Sequence[str] = ()) -> IPKernelApp:
    """Make the kernel and its shell, and freeze what they consist of against collection."""
    app: IPKernelApp = IPKernelApp.instance()
    app.build(argv)
    warm_up(app)
    app.freeze()
    gc.collect()
    gc.freeze()
    return app


def serve(app: IPKernelApp, spec: Spec, start: str, parent: int | None) -> None:
    """Be the worker of ``spec``; does not return.

    ``start`` is ``fork`` or ``fresh``, ``parent`` the pid of the keeper that a fork waits to be
    handed to.
    """
    lead_session()
    # Before Python 3.13 a fork's main thread keeps its parent's number; Matplotlib compares it.
    threading.main_thread()._set_native_id()  # type: ignore[attr-defined]  # noqa: SLF001
    lanes = Lanes(spec.lanes, spec.nonce)
    # The thread that crashed: what the worker's own threads did meanwhile would only hide it.
    faulthandler.enable(file=lanes.err, all_threads=False)
    warnings = apply_limits(spec.umask, spec.affinity, spec.rlimits)
    replace_environment(spec.env)
    join_build()
    renew_random_state()
    warnings.append(enter_directory(spec.cwd) or "")
    if start == "fork":
        app.apply_late(spec.args)
    app.init_signal()
    try:
        link = Link(spec, lanes, app.interrupts, app.outbox.lock)
        link.hello(start, app.kernel.kernel_info)
    except OSError as error:
        print(f"penstock worker: cannot reach the gateway at {spec.link}: {error}", file=sys.stderr)
        os._exit(EXIT_LINK_LOST)
    die_with_parent(parent)
    # The gateway goes on with the client's start meanwhile: opening the history takes a while.
    app.begin(spec.kernel_session, spec.env.get("JPY_SESSION_NAME"), spec.args)
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    app.session.link = app.kernel.shell_stream.link = link
    app.open_streams()
    forking.install(app, link)
    for warning in filter(None, warnings):
        print(f"penstock worker: {warning}", file=sys.stderr)
    _run(app, link, loop)


def _run(app: IPKernelApp, link: Link, loop: asyncio.AbstractEventLoop) -> None:
    """Serve requests until the end is decided; does not return."""
    ending = Ending(loop, app.interrupts)
    kernel = app.kernel
    intake = kernel.intake = Intake(link, app.interrupts)
    kernel.shells.main.loop = loop
    kernel.subshells = kernel.shell_channel_thread = Subshells(kernel, link.control)
    debug = DebugService(kernel, link.control)
    inboxes = kernel.verbs.inboxes
    inboxes.interrupt = app.interrupts.aim
    inboxes.wake = app.interrupts.kept = partial(loop.call_soon_threadsafe, intake.wake)
    ControlThread(link.control, ending, debug, kernel.subshells, inboxes, app.interrupts).start()
    loop.add_reader(link.data.fileno(), _reader(kernel, link, loop, ending))

    async def work() -> None:
        try:
            app.run_startup()
            await Service(kernel, intake, kernel.shells.main).run()
            ending.decide(EXIT_SHUTDOWN)
        except LinkClosed:
            ending.decide(EXIT_LINK_LOST)
        except SystemExit as error:
            # A start-up file ended the process, as it would with ipykernel.
            ending.decide(error.code if isinstance(error.code, int) else 1)
        except Exception:
            # No request can be served any more: a worker that hangs would be worse.
            app.log.exception("worker cannot go on")
            ending.decide(EXIT_LINK_LOST)

    service = loop.create_task(work())
    while not ending.begun:
        try:
            if ending.code is None:
                loop.run_forever()
            ending.begin()
        except (KeyboardInterrupt, SystemExit):
            # Raised by a task that the user's code left in the loop, or to end the worker.
            continue
        except BaseException:
            # The loop itself is broken: without it no request can be served.
            app.log.exception("worker's event loop failed")
            ending.decide(EXIT_LINK_LOST)
    del service
    debug.release()
    if kernel.shell.exit_now:
        time.sleep(_PARTING)
    ending.finish()


def _reader(
    kernel: WorkerKernel, link: Link, loop: asyncio.AbstractEventLoop, ending: Ending
) -> Callable[[], None]:
    """What takes in requests whenever the loop runs."""
    main = kernel.shells.main

    def readable() -> None:
        try:
            kernel.intake.pull()
            if main.awaiting:
                main.overtake()
        except LinkClosed as error:
            loop.remove_reader(link.data.fileno())
            ending.decide(exit_code(error))

    return readable
