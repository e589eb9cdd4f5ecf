"""A zygote that speaks the protocol and is told by its environment how to misbehave
(TESTING_ZYGOTE).
"""

from __future__ import annotations

import json
import os
import socket
import sys
import time
from typing import Any, TextIO


def main() -> None:
    """Answers fork requests: the worker runs the code in `spec["code"]`."""
    mode = os.environ.get("TESTING_ZYGOTE", "")
    if mode == "dies-at-start":
        sys.exit("no module named nonsense")
    sock = socket.socket(fileno=int(sys.argv[sys.argv.index("--fd") + 1]))
    if mode == "never-ready":
        time.sleep(600)
    # Two files: one that reads and writes would drop what it has read ahead at each write.
    lines, answers = sock.makefile("r", encoding="utf-8"), sock.makefile("w", encoding="utf-8")
    send(answers, {"event": "ready", "pid": os.getpid(), "python": sys.executable, "version": "3"})
    for line in lines:
        request = json.loads(line)
        if mode == "stale":
            send(answers, {"id": request["id"], "ok": False, "code": "stale", "error": "changed"})
        elif mode == "dies-at-fork":
            os._exit(7)
        else:
            send(
                answers, {"id": request["id"], "ok": True, "pid": fork_twice(request["spec"], mode)}
            )


def send(answers: TextIO, message: dict[str, Any]) -> None:
    answers.write(json.dumps(message) + "\n")
    answers.flush()


def fork_twice(spec: dict[str, Any], mode: str) -> int:
    """Forks a worker that is nobody's child but the keeper's; returns its pid."""
    read, write = os.pipe()
    middle = os.fork()
    if middle == 0:
        worker = os.fork()
        if worker:
            os.write(write, b"%d" % worker)
            os._exit(0)
        os.setsid()
        for target, lane in zip((1, 2), spec["lanes"], strict=True):
            os.dup2(os.open(lane, os.O_WRONLY), target)
        exec(spec["code"], {})
        os._exit(0)
    os.waitpid(middle, 0)
    pid = int(os.read(read, 32))
    if mode == "slow-answer":  # the worker is gone before its pid is told
        while True:
            try:
                os.kill(pid, 0)
            except ProcessLookupError:
                break
            time.sleep(0.01)
    return pid


main()
