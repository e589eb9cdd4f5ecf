"""Runs the program that its arguments name, and ends it with all its children when stdin ends. Run
by its path, as leader of a session of its own; its exit code is the program's.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading

GRACE = 5.0
"""Seconds that the program has to tidy up."""


def main(argv: list[str]) -> int:
    """Waits for the program's end."""
    try:
        process = subprocess.Popen(argv, stdin=subprocess.DEVNULL)
    except OSError as error:
        print(f"error: {argv[0]} cannot be started: {error.strerror}")
        return 127
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # ours to send, below
    ended, asked = threading.Event(), threading.Event()

    def watch() -> None:
        while os.read(0, 4096):
            pass  # nobody writes
        asked.set()
        os.killpg(0, signal.SIGINT)
        ended.wait(GRACE)
        os.killpg(0, signal.SIGKILL)  # what the program left, and this process

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    code = process.wait()
    ended.set()
    if asked.is_set():
        watcher.join()
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
