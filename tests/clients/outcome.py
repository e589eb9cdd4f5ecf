"""What a client showed of a cell."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass, field
from typing import Any

_ANSI = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]|\x1b[()][A-Z0-9]|\x1b[=>]")


def plain(text: str) -> str:
    """Text without colours and cursor movements, with newlines alone as ends of lines."""
    return _ANSI.sub("", text).replace("\r\n", "\n")


@dataclass
class Outcome:
    """What a client showed of one cell. A terminal cannot tell streams, results and errors apart:
    there each field holds the whole screen.
    """

    stdout: str = ""
    stderr: str = ""
    result: str = ""
    images: list[bytes] = field(default_factory=list)
    error: str = ""  # the exception's name
    traceback: str = ""

    @classmethod
    def of_screen(cls, text: str, images: list[bytes]) -> Outcome:
        """The outcome on a terminal or in a text window."""
        screen = plain(text)
        return cls(screen, screen, screen, images, screen, screen)

    @classmethod
    def of_outputs(cls, outputs: list[Any]) -> Outcome:
        """The outcome in a notebook file (nbformat 4: stream, display_data, execute_result,
        error).
        """
        outcome = cls()
        for output in outputs:
            kind = output["output_type"]
            if kind == "stream" and output["name"] == "stdout":
                outcome.stdout += output["text"]
            elif kind == "stream":
                outcome.stderr += output["text"]
            elif kind == "error":
                outcome.error = output["ename"]
                outcome.traceback += plain("\n".join(output["traceback"]))
            else:
                outcome._shown(output["data"], is_result=kind == "execute_result")
        return outcome

    @classmethod
    def of_answer(cls, answer: dict[str, Any]) -> Outcome:
        """The outcome that one of the programs in programs/ wrote as JSON."""
        images = [base64.b64decode(image) for image in answer["images"]]
        return cls(
            stdout=answer["stdout"],
            stderr=answer["stderr"],
            result=answer["result"],
            images=images,
            error=answer["error"],
            traceback=plain(answer["traceback"]),
        )

    def _shown(self, data: dict[str, str], is_result: bool) -> None:
        if is_result:
            self.result += data["text/plain"]
        if "image/png" in data:
            self.images.append(base64.b64decode(data["image/png"]))
