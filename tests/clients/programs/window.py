"""Jupyter's Qt console and somebody at its keyboard: `window.py OPTION ...`, with the options of
`jupyter qtconsole`, then one JSON object per line: see ../driven.py, and "restart" and "picture".
It leaves by `quit()` when stdin ends.
"""

from __future__ import annotations

import base64
import json
import os
import sys
import time
import traceback
from collections.abc import Callable
from typing import Any

from qtconsole.call_tip_widget import CallTipWidget
from qtconsole.qtconsoleapp import JupyterQtConsoleApp
from qtpy import QtCore, QtGui, QtTest, QtWidgets

PATIENCE = 60 * float(os.environ.get("PENSTOCK_TEST_PATIENCE", "1"))
"""Seconds."""
NOTHING_HELD = QtCore.Qt.NoModifier
CONTROL = QtCore.Qt.ControlModifier
SHIFT = QtCore.Qt.ShiftModifier


def as_png(image: Any) -> str:
    """A picture as Qt writes it, in base64."""
    buffer = QtCore.QBuffer()
    buffer.open(QtCore.QIODevice.WriteOnly)
    assert image.save(buffer, "PNG")
    return base64.b64encode(buffer.data().data()).decode()


class Window:
    """The console's window, its one tab, and what the kernel told it."""

    def __init__(self, application: JupyterQtConsoleApp) -> None:
        self.application = application
        self.frontend = application.widget
        self.editor = self.frontend._control
        self.replied: set[str] = set()
        self.idle: set[str] = set()
        self.questions = 0
        client = application.kernel_client
        client.iopub_channel.message_received.connect(self._on_iopub)
        client.stdin_channel.message_received.connect(self._on_stdin)
        self.frontend.executed.connect(self._on_executed)

    def _on_iopub(self, message: dict[str, Any]) -> None:
        if message["content"].get("execution_state") == "idle":
            self.idle.add(message["parent_header"].get("msg_id", ""))

    def _on_stdin(self, _message: dict[str, Any]) -> None:
        self.questions += 1

    def _on_executed(self, reply: dict[str, Any]) -> None:
        self.replied.add(reply["parent_header"]["msg_id"])

    @property
    def screen(self) -> str:
        """All text of the window."""
        return str(self.editor.toPlainText())

    def wait(self, condition: Callable[[], object], what: str) -> None:
        """Lets the window live until the condition holds."""
        end = time.monotonic() + PATIENCE
        while not condition():
            if time.monotonic() > end:
                raise TimeoutError(f"not within {PATIENCE:g} s: {what}: {self.screen[-2000:]}")
            QtTest.QTest.qWait(10)  # handles events meanwhile

    def prompt(self) -> None:
        """Waits for a prompt with nothing behind it."""
        self.wait(lambda: self.screen.rstrip(" ").endswith("]:"), "a prompt")

    def press(self, key: Any, held: Any = NOTHING_HELD) -> None:
        """One key."""
        QtTest.QTest.keyClick(self.editor, key, held)

    def paste(self, text: str) -> None:
        """From the clipboard: QTest has keys for Latin letters alone."""
        QtWidgets.QApplication.clipboard().setText(text)
        self.press(QtCore.Qt.Key_V, CONTROL)

    def pictures(self) -> list[str]:
        """All pictures of the window."""
        found = []
        block = self.editor.document().begin()
        while block.isValid():
            for span in block:
                shown = span.fragment().charFormat()
                if shown.isImageFormat():
                    name = QtCore.QUrl(shown.toImageFormat().name())
                    kind = QtGui.QTextDocument.ImageResource
                    found.append(as_png(self.editor.document().resource(kind, name)))
            block = block.next()
        return found

    def run(self, code: str, answer: str, interrupt_at: str) -> dict[str, Any]:
        """Runs a cell in an empty window."""
        self.press(QtCore.Qt.Key_L, CONTROL)
        self.paste(code)
        self.replied.clear()
        questions = self.questions
        # Return alone asks the kernel for 0.1 s whether the code is complete.
        self.press(QtCore.Qt.Key_Return, SHIFT)
        if answer:
            self.wait(lambda: self.questions > questions, "a question")
            self.paste(answer)
            self.press(QtCore.Qt.Key_Return)
        if interrupt_at:
            self.wait(lambda: interrupt_at in self.screen, interrupt_at)
            self.press(QtCore.Qt.Key_C, CONTROL)
        self.wait(lambda: self.replied and self.replied <= self.idle, "the cell's end")
        self.prompt()
        screen = dict.fromkeys(("stdout", "stderr", "result", "error", "traceback"), self.screen)
        return {**screen, "images": self.pictures()}

    def complete(self, text: str) -> str:
        """By the tab key: with one name that fits, it is filled in."""
        self.paste(text)
        self.press(QtCore.Qt.Key_Tab)
        self.wait(lambda: self.frontend.input_buffer != text, "a completion")
        filled = str(self.frontend.input_buffer)
        self.frontend.input_buffer = ""
        return filled

    def inspect(self, name: str) -> str:
        """The tip that comes up at an opening parenthesis."""
        windows = QtWidgets.QApplication.topLevelWidgets
        tip = next(window for window in windows() if isinstance(window, CallTipWidget))
        self.paste(name)
        QtTest.QTest.keyClicks(self.editor, "(")
        self.wait(tip.isVisible, "a tip")
        text = str(tip.text())
        self.frontend.input_buffer = ""
        return text

    def death(self, code: str) -> str:
        """What is in the window when the kernel was started anew."""
        self.paste(code)
        self.press(QtCore.Qt.Key_Return, SHIFT)
        self.wait(lambda: "restarting" in self.screen, "news of the death")
        self.prompt()
        return self.screen

    def restart(self) -> str:
        """By Ctrl-. alone."""
        self.frontend.confirm_restart = False  # as by its menu
        self.press(QtCore.Qt.Key_Period, CONTROL)
        self.prompt()
        return self.screen

    def quit(self) -> None:
        """Types it; the window closes."""
        self.paste("quit()")
        self.press(QtCore.Qt.Key_Return, SHIFT)

    def obey(self, order: dict[str, Any]) -> dict[str, Any]:
        """Carries out one order."""
        code = order["code"]
        self.prompt()
        if order["do"] == "run":
            return self.run(code, order["answer"], order["interrupt_at"])
        if order["do"] == "picture":
            return {"text": as_png(QtGui.QImage.fromData(base64.b64decode(code)))}
        if order["do"] == "restart":
            return {"text": self.restart()}
        told = {"complete": self.complete, "inspect": self.inspect, "death": self.death}
        return {"text": told[order["do"]](code)}


def main() -> None:
    """Obeys until stdin ends or something does not happen."""
    application = JupyterQtConsoleApp.instance()
    application.initialize(sys.argv[1:])
    window = Window(application)
    failures: list[str] = []
    orders = QtCore.QSocketNotifier(sys.stdin.fileno(), QtCore.QSocketNotifier.Read)

    def on_order() -> None:
        line = sys.stdin.readline()
        try:
            if line:
                print(json.dumps(window.obey(json.loads(line))), flush=True)
            else:
                orders.setEnabled(False)
                window.quit()
        except Exception:  # noqa: BLE001 - Qt would go on, and nobody would get an answer
            traceback.print_exc()
            failures.append(line)
            application.app.quit()

    orders.activated.connect(on_order)
    application.start()
    sys.exit(bool(failures))


if __name__ == "__main__":
    main()
