"""Runs a piece of the user's code for a verb: interruptible, within a time limit, never fatal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..errors import error_content
from ..interrupts import Phase
from ..tracebacks import hide_worker
from .sources import Sources
from .values import to_json

if TYPE_CHECKING:
    from ..kernel import WorkerKernel


@dataclass
class Outcome:
    """What came of it: a value, or the error that ended it."""

    value: Any = None
    error: BaseException | None = None

    @property
    def interrupted(self) -> bool:
        """Whether the user's interrupt ended it."""
        return isinstance(self.error, KeyboardInterrupt)

    def content(self) -> dict[str, Any]:
        """The error as ``{status, ename, evalue, traceback}``."""
        assert self.error is not None
        return error_content(self.error)


class Running:
    """Runs code in the namespace of ``kernel``, one piece at a time for each of its shells."""

    def __init__(self, kernel: WorkerKernel) -> None:
        self._kernel = kernel
        self._sources = Sources()

    @property
    def namespace(self) -> dict[str, Any]:
        """The user's."""
        return self._kernel.shell.user_ns

    def execute(self, code: str, seconds: float | None, allow_stdin: bool = False) -> Outcome:
        """Execute ``code``."""

        def work(compiled: Any) -> None:
            exec(compiled, self.namespace)

        return self._compiled(code, "exec", work, seconds, allow_stdin)

    def evaluate(
        self, expression: str, seconds: float | None, allow_stdin: bool = False
    ) -> Outcome:
        """Evaluate ``expression``; the outcome's value is the object and its JSON text."""

        def work(compiled: Any) -> tuple[Any, str]:
            namespace = self.namespace
            value = eval(compiled, namespace)
            return value, to_json(value, namespace)

        # As on the right of an assignment: it may begin with spaces.
        return self._compiled(expression.strip(), "eval", work, seconds, allow_stdin)

    def _compiled(
        self,
        text: str,
        mode: str,
        work: Callable[[Any], Any],
        seconds: float | None,
        allow_stdin: bool,
    ) -> Outcome:
        try:
            compiled = self._sources.compile(text, mode)
        except Exception as error:  # noqa: BLE001
            # SyntaxError and its kin tell where by themselves; the frames are the worker's.
            return Outcome(error=error.with_traceback(None))
        kernel = self._kernel
        kernel._forward_input(allow_stdin)  # noqa: SLF001
        try:
            outcome = self._limited(lambda: work(compiled), seconds)
        finally:
            kernel._restore_input()  # noqa: SLF001
        return self._stay(outcome)

    def _limited(self, work: Callable[[], Any], seconds: float | None) -> Outcome:
        interrupts = self._kernel.shells.current.interrupts
        with self._kernel.patience.within(seconds) as limit:
            try:
                with interrupts.user:
                    outcome = Outcome(work())
            except BaseException as error:  # noqa: BLE001
                # Whatever it is, SystemExit too: it ends this piece of code and nothing else.
                interrupts.phase = Phase.TEARDOWN
                outcome = Outcome(error=error)
        if limit.passed:
            # Also where the code caught what ended it: its client was promised the limit.
            late = TimeoutError(f"Execution timed out after {seconds:g}s")
            trace = outcome.error.__traceback__ if outcome.error is not None else None
            outcome = Outcome(error=late.with_traceback(trace))
        if outcome.error is not None:
            hide_worker(outcome.error)
        return outcome

    def _stay(self, outcome: Outcome) -> Outcome:
        """IPython's ``exit()`` is an error as ``sys.exit()`` is: sessions end by their doors."""
        shell = self._kernel.shell
        shell.payload_manager.clear_payload()
        if not self._kernel.shells.current.number and shell.exit_now:
            shell.exit_now = False
            if outcome.error is None:
                return Outcome(error=SystemExit("exit() ends this code, not the kernel"))
        return outcome
