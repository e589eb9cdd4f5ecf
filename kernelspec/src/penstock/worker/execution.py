"""How a worker runs a cell and what it answers: ipykernel's ``do_execute`` without its overhead."""

from __future__ import annotations

import inspect
import sys
from typing import TYPE_CHECKING, Any

from IPython.core.async_helpers import _asyncio_runner
from IPython.core.interactiveshell import ExecutionInfo, ExecutionResult

from .interrupts import Interrupts, Phase
from .sharing import count_of
from .shells import Shell
from .stepper import run_interruptible
from .tracebacks import text_of

if TYPE_CHECKING:
    from .zmqshell import ZMQInteractiveShell


class Cell:
    """One cell's run in ``place``, main shell or subshell.

    ``options`` are those that this IPython's ``run_cell`` knows.
    """

    def __init__(self, shell: ZMQInteractiveShell, place: Shell, code: str, **options: Any) -> None:
        self._shell = shell
        self._place = place
        self._interrupts = place.interrupts
        self._code = place.code = code
        self._options = options

    async def run(self) -> ExecutionResult:
        """Run it. An interrupt anywhere between the user's statements ends it as an error."""
        count = self._shell.execution_count
        try:
            if "await" in self._code or "async" in self._code or self._transformed():
                asynchronous = self._asynchronous()
            else:
                asynchronous = None
            if asynchronous is not None:
                return await self._run_async(*asynchronous)
            with self._interrupts.user:
                return self._shell.run_cell(self._code, **self._options)
        except KeyboardInterrupt as error:
            # It hit IPython's own code before or after the user's.
            return self._interrupted(error, count)

    def _transformed(self) -> bool:
        """Whether transformers of the user's could make asynchronous code of any code."""
        return bool(self._shell.input_transformers_post)

    def _asynchronous(self) -> tuple[str, Any] | None:
        """The transformed code when it has to run in the event loop."""
        shell = self._shell
        failure = None
        try:
            transformed = shell.transform_cell(self._code)
        except Exception:  # noqa: BLE001
            # run_cell reports it as the cell's error.
            transformed, failure = self._code, sys.exc_info()
        if shell.loop_runner is _asyncio_runner and shell.should_run_async(
            self._code, transformed_cell=transformed, preprocessing_exc_tuple=failure
        ):
            return transformed, failure
        return None

    async def _run_async(self, transformed: str, failure: Any) -> ExecutionResult:
        shell = self._shell
        shell.begin_async()
        self._place.awaiting = True
        result = None
        try:
            result = await run_interruptible(
                shell.run_cell_async(
                    self._code,
                    transformed_cell=transformed,
                    preprocessing_exc_tuple=failure,
                    **self._options,
                ),
                self._interrupts,
                self._place.overtake,
            )
        finally:
            self._place.awaiting = False
            with self._interrupts.user:
                shell.events.trigger("post_execute")
                if not self._options["silent"]:
                    shell.events.trigger("post_run_cell", result)
        return result

    def _interrupted(self, error: KeyboardInterrupt, count: int) -> ExecutionResult:
        self._interrupts.phase = Phase.TEARDOWN
        shell = self._shell
        shell.end_interrupted()
        options = self._options
        result = ExecutionResult(
            ExecutionInfo(
                self._code, options["store_history"], options["silent"], True, **self._identity()
            )
        )
        result.error_in_exec = error
        if options["store_history"] and shell.execution_count == count:
            shell.execution_count += 1
        shell.showtraceback((type(error), error, error.__traceback__))
        return result

    def _identity(self) -> dict[str, Any]:
        known = inspect.signature(ExecutionInfo).parameters
        names = ("cell_id", "cell_meta")
        identity = {name: self._options.get(name) for name in names if name in known}
        if "transformed_cell" in known:
            identity["transformed_cell"] = self._code
        return identity


def reply_content(
    shell: ZMQInteractiveShell,
    result: ExecutionResult,
    engine: dict[str, Any],
    expressions: dict[str, str],
    interrupts: Interrupts,
) -> dict[str, Any]:
    """The content of the execute_reply, as ipykernel's ``do_execute`` makes it.

    ``engine`` is the deprecated ``engine_info`` that ipyparallel reads from an error.
    """
    failed = not result.success or shell.displayhook_failed
    content: dict[str, Any] = {"status": "error" if failed else "ok"}
    if failed:
        error = result.error_before_exec
        error = result.error_in_exec if error is None else error
        if error is None:
            # Showing the result failed; IPython keeps what it showed last where Python does.
            error = getattr(sys, "last_value", None)
        content.update(
            traceback=shell.last_traceback,
            ename=type(error).__name__,
            evalue=text_of(error),
            engine_info=engine,
        )
    content["execution_count"] = count_of(result, shell.execution_count - 1)
    content["user_expressions"] = {}
    if not failed and expressions:
        try:
            with interrupts.user:
                content["user_expressions"] = shell.user_expressions(expressions)
        except KeyboardInterrupt:
            # Between two expressions: those not evaluated are left out.
            interrupts.phase = Phase.TEARDOWN
    content["payload"] = shell.payload_manager.read_payload()
    shell.payload_manager.clear_payload()
    return content


def accepted_options(shell: ZMQInteractiveShell) -> frozenset[str]:
    """Which of the newer options this IPython's ``run_cell`` has."""
    parameters = inspect.signature(shell.run_cell_async).parameters
    return frozenset({"cell_id", "cell_meta"} & set(parameters))
