"""What became of a session when its gateway cannot be asked any more."""

from __future__ import annotations

import json
import os

from ..procstat import start_time


def exit_code(
    directory: str, session: str, worker_pid: int, worker_start: int | None
) -> int | None:
    """Exit code (minus the signal's number) of a session, from the files and processes alone: what
    exit.json says, else None while the worker lives, else -9, since nobody was left to see how it
    ended.
    """
    told = read_exit(directory, session)
    if told is not None:
        return told
    actual = start_time(worker_pid) if worker_pid else None
    if actual is not None and worker_start in (actual, None):
        return None
    # It may have been written between the two looks.
    told = read_exit(directory, session)
    return -9 if told is None else told


def read_exit(directory: str, session: str) -> int | None:
    """`exit` of the session's exit.json, None when there is none."""
    try:
        with open(os.path.join(_folder(directory, session), "exit.json"), encoding="utf-8") as file:
            return int(json.load(file)["exit"])
    except (OSError, ValueError, KeyError, TypeError):
        return None  # not there (the usual case), or not by the keeper


def forget(directory: str, session: str) -> None:
    """Removes the folder of a session that has ended."""
    folder = _folder(directory, session)
    try:
        os.unlink(os.path.join(folder, "exit.json"))
        os.rmdir(folder)
    except OSError:
        pass  # it is gone already, or the keeper still holds the FIFOs in it and removes it later


def _folder(directory: str, session: str) -> str:
    return os.path.join(directory, "sessions", os.path.basename(session))
